import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { skipBecause } from './tools.ts';

const INSTALL = fileURLToPath(new URL('../../packages/cdk/scripts/install.mjs', import.meta.url));

/**
 * Prepares a suite about the constructs: installs their libraries, or skips the suite with a printed reason, never
 * under CI. Call it in a `before` hook.
 */
export function needsCdk(context: Mocha.Context): void {
  const { status, stderr } = spawnSync(process.execPath, [INSTALL], { encoding: 'utf8' });
  if (status !== 0) skipBecause(context, stderr.trim());
}
