import { awsEnvironment, CREDENTIAL_VARIABLES, revealed } from '@aws-oidc-assume/shared';
import { clearedBeside, type Exposure, profileVariablesIn, type ToExpose } from './exposure.ts';

/** `expose: secret-variables`: nothing reaches a later step that does not map it by `env:` or `$(NAME)`. */
export function exposeSecretVariables(what: ToExpose): Exposure {
  const { options, sessions, later } = what;
  const prefix = options.variablePrefix;
  const variables = awsEnvironment(sessions[0], options).map(({ name, value }) => ({
    name,
    value: revealed(value),
    // The key's id is none, but a key id without its key in the environment breaks every AWS tool.
    secret: typeof value !== 'string' || name.endsWith('AWS_ACCESS_KEY_ID'),
  }));
  const names = variables.filter(({ secret }) => secret).map(({ name }) => name);
  const profiles = prefix === '' ? profileVariablesIn(later).filter((name) => later.environment[name]) : [];
  const ofAgent = CREDENTIAL_VARIABLES.filter(
    (name) => prefix === '' && later.environment[name] && !later.secretNames.has(name),
  );
  return {
    files: [],
    variables,
    clears: clearedBeside(variables, what),
    lines: [
      'Steps that need them map them by hand:',
      '  env:',
      ...names.map((name) => `    ${name.slice(prefix.length)}: $(${name})`),
    ],
    warnings: [
      ...(profiles.length === 0
        ? []
        : [
            `${profiles.join(' and ')} ${profiles.length === 1 ? 'is' : 'are'} set in this job and cannot be taken away: later steps that use the AWS SDK for JavaScript will take that profile, not the variables mapped with env:. Unset it, or use expose: profile.`,
          ]),
      ...(ofAgent.length === 0
        ? []
        : [
            `${ofAgent.join(', ')} stood in the environment before. Where that comes from the agent's own machine, later steps that map nothing still find it there.`,
          ]),
    ],
  };
}
