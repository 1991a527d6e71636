import { spawnSync } from 'node:child_process';
import { skipBecause } from '../tools.ts';

/** Reason why no Docker engine can be used here, and a fix; undefined if one answers. */
function engineProblem(): string | undefined {
  const { error, status, stderr } = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (error !== undefined) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return missing ? 'there is no docker command: install docker.io' : `docker info does not answer: ${error.message}`;
  }
  if (status === 0) return undefined;
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  return `no Docker engine answers (${reason}): start one, e.g. dockerd --iptables=false --bridge=none`;
}

export function engineAnswers(): boolean {
  return engineProblem() === undefined;
}

/**
 * Skips a suite that needs the engine on a machine without one, with a printed reason, never under CI. Call it in a
 * `before` hook.
 */
export function needsEngine(context: Mocha.Context): void {
  const problem = engineProblem();
  if (problem !== undefined) skipBecause(context, problem);
}
