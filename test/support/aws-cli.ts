import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OF_DEBIAN = '/usr/bin/aws';

/** Whether the AWS CLI of the distribution is here. */
export const HAS_AWS_CLI = existsSync(OF_DEBIAN);

/**
 * The start of a shell line that asks STS who a step is: the AWS CLI, or on machines without it the SDK for JavaScript, which
 * reads credentials in its own way. Under `CI=true` always the CLI, which `.ci/run` installs.
 */
export const AWS_CLI =
  HAS_AWS_CLI || process.env['CI'] === 'true'
    ? OF_DEBIAN
    : `'${process.execPath}' '${fileURLToPath(new URL('aws-stand-in.mjs', import.meta.url))}'`;
