import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Scene } from '../fault.ts';

/** Time limit for the start of a proxy, milliseconds. */
const START_LIMIT = 60_000;

/**
 * Starts a proxy and waits until it listens. It is killed after the scene.
 *
 * @throws Error if it exits before, or does not start in time
 */
export async function startProxyProcess(scene: Scene, port: number, argv: readonly [string, ...string[]]) {
  const [command, ...args] = argv;
  const child = spawn(command, args, { stdio: 'ignore' });
  const exit = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  scene.after(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const limit = performance.now() + START_LIMIT;
  while (!(await listens(port))) {
    if (child.exitCode !== null || performance.now() > limit) {
      throw new Error(`${command} did not start on port ${port}`);
    }
    await wait(50);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
