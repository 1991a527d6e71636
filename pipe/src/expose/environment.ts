import { awsEnvironment, conflictsWith } from '@aws-oidc-assume/shared';
import type { StepContext, StepMode } from './step-mode.ts';

const variables = ({ sessions: [session], options }: StepContext) => awsEnvironment(session, options);

/** `EXPOSE=environment`: the credentials themselves as variables. */
export const environment: StepMode<'environment'> = {
  name: 'environment',
  files: () => [],
  variables,
  conflicts: (context) => conflictsWith(variables(context)),
  lines: () => [],
  hasProfiles: false,
  canBeReadOnce: true,
  isAssumedLater: false,
  unsupported: [],
};
