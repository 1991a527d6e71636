import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Environment } from './variables.ts';

export interface RunOptions {
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly cwd: string;
  /** User of the process; by default the owner of this process. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Ends it with SIGTERM. `kill` ends surviving processes ten seconds later. */
  readonly signal: AbortSignal;
  readonly kill?: (() => void) | undefined;
  readonly onOutput?: ((text: string) => void) | undefined;
}

export interface RunResult {
  /** Null if a signal ended the process. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order of arrival. */
  readonly log: string;
  readonly argv: readonly string[];
}

/** Milliseconds from SIGTERM to SIGKILL, as in `docker stop`. */
const GRACE_MS = 10_000;

export function run(options: RunOptions): Promise<RunResult> {
  const [command = '', ...args] = options.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.environment,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.user,
    });
    const collected = { stdout: '', stderr: '', log: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      const decoder = new StringDecoder('utf8');
      child[name].on('data', (chunk: Buffer) => {
        const text = decoder.write(chunk);
        collected[name] += text;
        collected.log += text;
        options.onOutput?.(text);
      });
    }
    let timer: NodeJS.Timeout | undefined;
    const terminate = () => {
      child.kill('SIGTERM');
      timer = setTimeout(() => {
        options.kill?.();
        child.kill('SIGKILL');
      }, GRACE_MS);
    };
    options.signal.addEventListener('abort', terminate);
    if (options.signal.aborted) terminate();
    child.once('error', reject);
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', terminate);
      resolve({ exitCode, ...collected, argv: options.argv });
    });
  });
}
