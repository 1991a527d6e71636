import { awsEnvironment, profileFiles, profileOf } from '@aws-oidc-assume/shared';
import { type JobContext, type JobMode, jobConflicts, plainVariable, profileVariablesIn } from './job-mode.ts';
import { filesIn, profileVariables } from './profile.ts';

/** Names of the variables that choose a profile; none with a prefix, because they then do not matter. */
const chosenBy = ({ options, later }: JobContext) => (options.variablePrefix === '' ? profileVariablesIn(later) : []);

const variables = (context: JobContext) => [
  ...awsEnvironment(context.sessions[0], context.options).map(plainVariable),
  ...(chosenBy(context).length > 0 ? profileVariables(context, profileOf(context.sessions[0])) : []),
];

/**
 * `expose: environment`: plain job variables, masked first. The agent exports only plain variables to the environment
 * of later steps. A secret variable would reach only steps that map it. A variable that chooses a profile would
 * override the environment in the SDK for JavaScript, and cannot be removed. Therefore it gets the name of a profile
 * with the same credentials.
 */
export const environment: JobMode<'environment'> = {
  name: 'environment',
  summary: 'environment variables of all later steps',
  files: (context) => (chosenBy(context).length > 0 ? profileFiles([context.sessions[0]], context.options) : []),
  variables,
  conflicts: (context) => jobConflicts(variables(context), context),
  lines: (context) => {
    const names = chosenBy(context);
    if (names.length === 0) return [];
    const [session] = context.sessions;
    return [
      `${names.join(' and ')} ${names.length === 1 ? 'was' : 'were'} set and cannot be removed. Now set to profile ${profileOf(session)} in ${filesIn(context.folder).credentials}, with the same credentials.`,
    ];
  },
  warnings: otherAccount,
};

/**
 * SDKs treat `AWS_ACCOUNT_ID` as the account of the credentials and build addresses from it. Other tools use it for
 * their own purpose, so it stays.
 */
function otherAccount({ options, sessions: [{ credentials }], later }: JobContext): string[] {
  const name = 'AWS_ACCOUNT_ID';
  const value = later.environment[name];
  if (options.variablePrefix !== '' || !value || later.secretNames.has(name) || value === credentials.accountId)
    return [];
  return [
    `${name} is ${value} for later steps, and the credentials are of ${credentials.accountId}: SDKs that make addresses of it (DynamoDB) would ask for the wrong account.`,
  ];
}
