import { awsEnvironment } from '@aws-oidc-assume/shared';
import { profileFiles, profileOf, profileVariables } from './expose-profile.ts';
import { clearedBeside, type Exposure, plain, profileVariablesIn, type ToExpose } from './exposure.ts';

/**
 * `expose: environment`: plain job variables, masked before. The agent exports only plain variables to the environment of
 * later steps; a secret variable would reach none of them unasked.
 *
 * Where later steps have a variable that chooses a profile, it would win over the environment in the SDK for JavaScript,
 * and it cannot be taken away: so it is made to name a profile with the same credentials.
 */
export function exposeEnvironment(what: ToExpose): Exposure {
  const { options, sessions, folder, later } = what;
  const [session] = sessions;
  const inEnvironment = awsEnvironment(session, options).map(plain);
  const profileIsChosen = options.variablePrefix === '' ? profileVariablesIn(later) : [];
  const isChosen = profileIsChosen.length > 0;
  const variables = [...inEnvironment, ...(isChosen ? profileVariables(what, profileOf(session)) : [])];
  return {
    files: isChosen ? profileFiles([session], options, folder) : [],
    variables,
    clears: clearedBeside(variables, what),
    lines: isChosen
      ? [
          `${profileIsChosen.join(' and ')} ${profileIsChosen.length === 1 ? 'was' : 'were'} set and cannot be taken away: now naming profile ${profileOf(session)} in ${folder.credentials}, with the same credentials.`,
        ]
      : [],
    warnings: otherAccount(what),
  };
}

/** SDKs take it for the account of the credentials, and make addresses of it. Others use it as their own: it stays. */
function otherAccount({ options, sessions: [{ credentials }], later }: ToExpose): string[] {
  const name = 'AWS_ACCOUNT_ID';
  const value = later.environment[name];
  if (options.variablePrefix !== '' || !value || later.secretNames.has(name) || value === credentials.accountId)
    return [];
  return [
    `${name} is ${value} for later steps, and the credentials are of ${credentials.accountId}: SDKs that make addresses of it (DynamoDB) would ask for the wrong account.`,
  ];
}
