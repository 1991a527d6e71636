/**
 * A separate Docker engine for the step, like that of `services: docker`. It reaches registries through the proxy of
 * the cloud.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { skipBecause, skipWithout } from '../../../support/tools.ts';
import type { Cloud } from './cloud.ts';

export interface Docker {
  /** Value of DOCKER_HOST. */
  readonly host: string;
  /** Lists the files in an image of this engine. */
  filesOf(image: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/**
 * Skips the test if no engine can be started.
 *
 * @throws Error under `CI=true`
 */
export function needsDocker(context: Context): void {
  skipWithout(context, 'docker', 'dockerd');
  if (process.getuid?.() !== 0) skipBecause(context, 'dockerd needs root');
}

export async function startDocker({ folder, cloud }: { folder: string; cloud: Cloud }): Promise<Docker> {
  mkdirSync(folder);
  const pathOf = (name: string) => path.join(folder, name);
  const host = `unix://${pathOf('docker.sock')}`;
  const options = ['--storage-driver=vfs', '--iptables=false', '--bridge=none', `--pidfile=${pathOf('pid')}`];
  const folders = [`--data-root=${pathOf('data')}`, `--exec-root=${pathOf('exec')}`];
  const { HTTPS_PROXY = '', SSL_CERT_FILE = '' } = cloud.network;
  const log = pathOf('log');
  const child = spawn(
    'sh',
    ['-c', `exec dockerd "$@" >'${log}' 2>&1`, 'dockerd', `--host=${host}`, ...folders, ...options],
    {
      env: { PATH: process.env['PATH'] ?? '', HTTPS_PROXY, SSL_CERT_FILE },
      stdio: 'ignore',
    },
  );
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const deadline = Date.now() + 60_000;
  while (spawnSync('docker', ['--host', host, 'info'], { stdio: 'ignore' }).status !== 0) {
    if (Date.now() > deadline || child.exitCode !== null)
      throw new Error(`dockerd did not start:\n${readFileSync(log, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    host,
    filesOf: async (image) => {
      const script = 'docker create --name files "$1" none >&2 && docker export files | tar -t';
      const env = { PATH: process.env['PATH'] ?? '', DOCKER_HOST: host };
      const { stdout } = await promisify(execFile)('sh', ['-c', script, 'files', image], { env });
      return stdout.trim().split('\n');
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exit;
    },
  };
}
