import { spawnSync } from 'node:child_process';

/** Whether a Docker engine answers here. */
export function engineAnswers(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * For a suite that needs the engine: skips it with a printed reason on a machine without one, never under CI.
 * Call it in a `before` hook.
 */
export function needsEngine(context: Mocha.Context): void {
  if (engineAnswers()) return;
  const reason = 'no Docker engine answers (install docker.io and start dockerd)';
  if (process.env['CI'] === 'true') throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  context.skip();
}
