import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { demandTool } from '../../support/tools.ts';
import type { Scene } from '../fault.ts';
import { temporaryFolder } from '../scene.ts';
import { deadPort } from './servers.ts';

/**
 * A real forward proxy, Debian's tinyproxy.
 * @param lines further lines of its configuration
 * @returns host and port
 * @throws MissingTool
 */
export async function tinyproxy(scene: Scene, lines: readonly string[] = []): Promise<string> {
  demandTool('tinyproxy');
  const port = await deadPort();
  const folder = temporaryFolder({ add: scene.after });
  const configuration = path.join(folder, 'tinyproxy.conf');
  writeFileSync(
    configuration,
    [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 30', 'MaxClients 20', 'Allow 127.0.0.1', ...lines, ''].join('\n'),
  );
  const child = spawn('tinyproxy', ['-d', '-c', configuration], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  scene.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`tinyproxy did not start on port ${port}`);
    await wait(50);
  }
  return `127.0.0.1:${port}`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
