/** Independent programs that this cloud starts: fauxqs from npm, docker-registry from Debian. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { debianPackages, npmPackage } from '../../../support/heavy-packages.ts';
import { NODE_24 } from '../../../support/nodes.ts';

export interface Program {
  readonly port: number;
  readonly child: ChildProcess;
}

/** Starts S3 and SQS in memory. */
export async function startFauxqs(): Promise<Program> {
  const folder = npmPackage('fauxqs@2.4.1');
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'] ?? '',
    FAUXQS_PORT: String(port),
    FAUXQS_LOGGER: 'false',
    FAUXQS_DEFAULT_REGION: 'eu-west-1',
  };
  const child = spawn(NODE_24, [path.join(folder, 'dist/cli.js')], { env, stdio: 'ignore' });
  await answers(`http://127.0.0.1:${port}/health`);
  return { port, child };
}

/**
 * Starts a registry for images.
 *
 * @param folder for its data
 */
export async function startRegistry(folder: string): Promise<Program> {
  const root = debianPackages({ suite: 'bookworm', names: ['docker-registry'] });
  const port = await freePort();
  const file = path.join(folder, 'registry.yml');
  const settings = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: path.join(folder, 'registry') } },
    http: { addr: `127.0.0.1:${port}`, relativeurls: true },
  };
  writeFileSync(file, JSON.stringify(settings));
  const child = spawn(path.join(root, 'usr/bin/docker-registry'), ['serve', file], { env: {}, stdio: 'ignore' });
  await answers(`http://127.0.0.1:${port}/v2/`);
  return { port, child };
}

/** @throws Error if no server answers within a minute */
async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const there = await fetch(url).catch(() => undefined);
    if (there?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within a minute`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
