import type { TaskHost } from './task-host.ts';

/**
 * Variables with keys for the tasks of the AWS Toolkit, which prefer them to the environment (AWS Toolkit,
 * awsConnectionParameters.ts).
 */
const TOOLKIT_VARIABLES = ['AWS.AccessKeyID', 'AWS.SecretAccessKey', 'AWS.SessionToken'];

/**
 * Beginning of key ids of IAM users. Those of temporary credentials begin with `ASIA` (IAM user guide, unique
 * identifiers).
 */
const STORED_KEY = /^AKIA/;

type Job = Pick<TaskHost, 'plainNames' | 'secretNames' | 'secretVariable'>;

/** Returns a warning about stored keys in the variables of the job, without their values. Undefined without such keys. */
export function storedKeysWarning(job: Job): string | undefined {
  const isSet = (name: string) => job.plainNames.has(name.toUpperCase()) || job.secretNames.has(name.toUpperCase());
  const toolkit = TOOLKIT_VARIABLES.filter(isSet);
  const name = 'AWS_ACCESS_KEY_ID';
  const isStored = isSet(name) && STORED_KEY.test(job.secretVariable(name) ?? '');
  if (toolkit.length === 0 && !isStored) return undefined;
  return [
    `Stored AWS keys are in the variables of this job: ${[...toolkit, ...(isStored ? [name] : [])].join(', ')}.`,
    ...(toolkit.length === 0
      ? []
      : ['Tasks of the AWS Toolkit use AWS.AccessKeyID rather than the credentials of this task.']),
    ...(isStored
      ? [
          `In a step that sets ${name} with env:, the AWS CLI and most SDKs use the stored key, whatever this task sets.`,
        ]
      : []),
    "Remove the keys from the pipeline's variables, its variable groups and env: lines, then delete them in IAM.",
  ].join(' ');
}
