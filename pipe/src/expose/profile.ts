import path from 'node:path';
import {
  CONFIG_NAME,
  CREDENTIALS_NAME,
  conflictsWith,
  profileFiles,
  profileFileVariables,
  profileOf,
  regionVariables,
} from '@aws-oidc-assume/shared';
import type { StepContext, StepMode } from './step-mode.ts';

const filesIn = (folder: string) => ({
  config: path.join(folder, CONFIG_NAME),
  credentials: path.join(folder, CREDENTIALS_NAME),
});

const variables = ({ sessions: [first], options, folder }: StepContext) => [
  ...profileFileVariables(filesIn(folder), profileOf(first), options),
  ...regionVariables(options),
];

/** `EXPOSE=profile`: AWS `config` and `credentials` files in the output folder, one profile for each role. */
export const profile: StepMode<'profile'> = {
  name: 'profile',
  files: ({ sessions, options }) => profileFiles(sessions, options),
  variables,
  conflicts: (context) => conflictsWith(variables(context)),
  lines: ({ sessions }) => {
    const names = sessions.map(profileOf);
    return names.length === 1 ? [] : [`AWS_PROFILE is ${names[0]}. Select another profile with --profile.`];
  },
  hasProfiles: true,
  canBeReadOnce: false,
  isAssumedLater: false,
  unsupported: [],
};
