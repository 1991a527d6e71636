import { awsEnvironment, CREDENTIAL_VARIABLES, OLD_KEY_VARIABLES, plainText } from '@aws-oidc-assume/shared';
import { type JobContext, type JobMode, type JobVariable, jobConflicts, profileVariablesIn } from './job-mode.ts';

/**
 * Marks the key id as secret too, because a key id without its key in the environment breaks every AWS tool. Leaves out
 * the expiration. As a plain variable it would reach steps that map nothing, and end their own keys. As a secret one it
 * would hide its value in the log.
 */
function variables({ options, sessions: [session] }: JobContext): JobVariable[] {
  return awsEnvironment(session, options)
    .filter(({ name }) => !name.endsWith('AWS_CREDENTIAL_EXPIRATION'))
    .map(({ name, value }) => ({
      name,
      value: plainText(value),
      secret: typeof value !== 'string' || name.endsWith('AWS_ACCESS_KEY_ID'),
    }));
}

/** `expose: secret-variables`: a later step gets only variables that it maps with `env:` or `$(NAME)`. */
export const secretVariables: JobMode<'secret-variables'> = {
  name: 'secret-variables',
  summary: 'secret variables, mapped by hand',
  files: () => [],
  variables,
  conflicts: (context) => jobConflicts(variables(context), context),
  lines: (context) => [
    'Steps that need the credentials must map them:',
    '  env:',
    ...variables(context)
      .filter(({ secret }) => secret)
      .map(({ name }) => `    ${name.slice(context.options.variablePrefix.length)}: $(${name})`),
  ],
  warnings: ({ options, later }) => {
    if (options.variablePrefix !== '') return [];
    const profiles = profileVariablesIn(later).filter((name) => later.environment[name]);
    const plainVariables = [...CREDENTIAL_VARIABLES, ...OLD_KEY_VARIABLES].filter(
      (name) => later.environment[name] && !later.secretNames.has(name),
    );
    return [
      ...(profiles.length === 0
        ? []
        : [
            `${profiles.join(' and ')} ${profiles.length === 1 ? 'is' : 'are'} set in this job and cannot be removed: later steps that use the AWS SDK for JavaScript will take that profile, not the variables mapped with env:. Unset it, or use expose: profile.`,
          ]),
      ...(plainVariables.length === 0
        ? []
        : [
            `${plainVariables.join(', ')} were set before this step. If they come from the agent's own machine, later steps that map nothing still see them.`,
          ]),
    ];
  },
};
