import path from 'node:path';
import {
  CONFIG_NAME,
  CREDENTIALS_NAME,
  profileFiles,
  profileFileVariables,
  profileOf,
  regionVariables,
} from '@aws-oidc-assume/shared';
import {
  type JobContext,
  type JobMode,
  type JobVariable,
  jobConflicts,
  plainVariable,
  profileVariablesIn,
} from './job-mode.ts';

const variables = (context: JobContext) => [
  ...profileVariables(context, profileOf(context.sessions[0])),
  ...regionVariables(context.options).map(plainVariable),
];

/** `expose: profile`: AWS `config` and `credentials` files in the temporary directory, one profile for each role. */
export const profile: JobMode<'profile'> = {
  name: 'profile',
  summary: 'AWS profiles',
  files: ({ sessions, options }) => profileFiles(sessions, options),
  variables,
  conflicts: (context) => jobConflicts(variables(context), context),
  lines: ({ sessions }) => {
    const names = sessions.map(profileOf);
    return names.length === 1 ? [] : [`AWS_PROFILE is ${names[0]}. Select another profile with --profile.`];
  },
  warnings: emptyIsSet,
};

export function filesIn(folder: string): { config: string; credentials: string } {
  return { config: path.join(folder, CONFIG_NAME), credentials: path.join(folder, CREDENTIALS_NAME) };
}

/** Variables that point AWS tools to the files and to that profile. */
export function profileVariables({ options, folder, later }: JobContext, name: string): JobVariable[] {
  // botocore reads AWS_DEFAULT_PROFILE first, so an existing one must agree.
  const isOther = options.variablePrefix === '' && profileVariablesIn(later).includes('AWS_DEFAULT_PROFILE');
  return [
    ...profileFileVariables(filesIn(folder), name, options),
    ...(isOther ? [{ name: 'AWS_DEFAULT_PROFILE', value: name }] : []),
  ].map(plainVariable);
}

/** No task can remove a variable, and the SDK for Ruby treats an empty one as set. */
export function emptyIsSet({ later, options }: JobContext): string[] {
  const names = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
  const isTrap = names.every((name) => later.environment[name] !== undefined && !later.secretNames.has(name));
  if (options.variablePrefix !== '' || !isTrap) return [];
  return [
    `${names.join(' and ')} are empty for later steps, but not unset: no task can remove a variable. The AWS SDK for Ruby then looks for a token file and fails. In steps that use it, first run: unset ${names.join(' ')}`,
  ];
}
