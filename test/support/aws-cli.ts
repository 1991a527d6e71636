import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findTool, isCi } from './tools.ts';

const DEBIAN_CLI = '/usr/bin/aws';

/** The AWS CLI of the distribution, otherwise the one on the `PATH`; undefined without either. */
export const AWS_CLI_PROGRAM: string | undefined = existsSync(DEBIAN_CLI) ? DEBIAN_CLI : cliOnPath();

/** Whether there is an AWS CLI. */
export const HAS_AWS_CLI = AWS_CLI_PROGRAM !== undefined;

/**
 * The beginning of a shell line that asks STS for the identity of a step. It uses the AWS CLI, otherwise the SDK for
 * JavaScript, which reads credentials in its own way. Under `CI=true` it always uses the CLI, which `.ci/run` installs.
 */
export const AWS_CLI =
  AWS_CLI_PROGRAM ??
  (isCi(process.env['CI'])
    ? DEBIAN_CLI
    : `'${process.execPath}' --no-warnings '${fileURLToPath(new URL('aws-stand-in.mjs', import.meta.url))}'`);

/** An `aws` that needs more than a `PATH` is a wrapper, which the steps of the tests could not run. */
function cliOnPath(): string | undefined {
  const program = findTool('aws');
  if (program === undefined) return undefined;
  const { status } = spawnSync(program, ['--version'], { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
  return status === 0 ? program : undefined;
}
