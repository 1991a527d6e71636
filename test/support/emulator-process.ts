/** Starts the built emulator as a separate process, as a user would, and talks to it over its sockets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Ready } from '../../packages/emulator/src/index.ts';

export type ReadyLine = Ready;

export interface ListedRequest {
  readonly id: number;
  /** ISO 8601. */
  readonly time: string;
  readonly endpoint: 'sts' | 'azure-token' | 'github-token' | 'jwks' | 'discovery';
  readonly method: string;
  readonly action?: string;
  /** Parameters as sent, without secrets. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly userAgent?: string;
  readonly faulted: boolean;
  /** 0 without an answer. */
  readonly status: number;
  readonly code?: string;
}

/** Members of a fault rule: see packages/emulator/README.md. */
export interface FaultRule {
  readonly match?: {
    readonly endpoint?: ListedRequest['endpoint'];
    readonly action?: string;
    readonly nth?: number;
    readonly times?: number;
  };
  readonly fault: {
    readonly delayMs?: number;
    readonly dropConnection?: 'before' | 'mid-body';
    readonly hang?: boolean;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly code?: string;
    readonly message?: string;
    readonly throttleRatePerSecond?: number;
    readonly slowBytesPerSecond?: number;
    readonly truncateBodyAt?: number;
  };
}

export interface IssuedSecret {
  readonly kind: 'access-token' | 'request-token' | 'identity-token' | 'secret-access-key' | 'session-token';
  readonly value: string;
}

export interface ListedSession {
  readonly action: 'AssumeRoleWithWebIdentity' | 'AssumeRole';
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
  readonly roleArn: string;
  readonly durationSeconds: number;
  readonly expiration: string;
  readonly expired: boolean;
  readonly policy?: unknown;
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

export interface MintOptions {
  /** Seconds from now until `exp`. */
  readonly expiresInSeconds?: number;
  readonly signWith?: 'issuer-key' | 'wrong-key';
  /** Changed members of the JWT's header; null removes one. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Claims to write as JSON's null. */
  readonly nullClaims?: readonly string[];
  /** Bitbucket: name or UUID of the deployment environment. */
  readonly environment?: string;
  /** Bitbucket. */
  readonly stepUuid?: string;
  /** Azure DevOps; null for the pipeline's own token. */
  readonly serviceConnectionId?: string | null;
  /** GitHub. */
  readonly audience?: string;
}

export interface EmulatorControl {
  readonly requests: () => Promise<readonly ListedRequest[]>;
  readonly clearRequests: () => Promise<void>;
  readonly setFaults: (rules: readonly FaultRule[]) => Promise<void>;
  readonly clearFaults: () => Promise<void>;
  /** Negative to set the clock back. */
  readonly advanceClock: (seconds: number) => Promise<void>;
  /** Every secret issued so far, to search outputs for. */
  readonly secrets: () => Promise<readonly IssuedSecret[]>;
  /** Sessions, without their secrets. */
  readonly secretValues: () => Promise<string[]>;
  readonly sessions: () => Promise<readonly ListedSession[]>;
  /** @param claims replace the usual ones; null removes one */
  readonly mint: (
    provider: 'bitbucket' | 'azure-devops' | 'github',
    claims?: Readonly<Record<string, unknown>>,
    options?: MintOptions,
  ) => Promise<string>;
}

export interface EmulatorProcess {
  readonly ready: ReadyLine;
  readonly control: EmulatorControl;
  /** Ends the emulator with SIGTERM. Rejects if it does not exit with 0. */
  readonly stop: () => Promise<void>;
  readonly stderr: () => string;
}

export interface EmulatorProcessOptions {
  /** The configuration; by default the emulator's defaults. */
  readonly config?: unknown;
  readonly https?: boolean;
  /** Further arguments of the command line. */
  readonly args?: readonly string[];
}

const emulatorFolder = fileURLToPath(new URL('../../packages/emulator/', import.meta.url));

/** Path of the built emulator. Builds it if it is missing or older than its sources. */
export async function emulatorBundle(): Promise<string> {
  const bundle = join(emulatorFolder, 'dist', 'aws-oidc-emulator.mjs');
  const built = (await stat(bundle).catch(() => undefined))?.mtimeMs ?? 0;
  if (built > (await newestSource())) return bundle;
  // Several test processes may run this at the same time. Each builds for itself, and the last result stays.
  const own = `${bundle}.${process.pid}.tmp`;
  await build({
    entryPoints: [join(emulatorFolder, 'src', 'main.ts')],
    outfile: own,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // CommonJS code in the bundle needs a `require`.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    logLevel: 'error',
  });
  await rename(own, bundle);
  return bundle;
}

/** Time of the latest change of a source, milliseconds since 1970. */
async function newestSource(): Promise<number> {
  const folders = ['src', '../trust-policy/src'].map((folder) => join(emulatorFolder, folder));
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder, { recursive: true })).map((file) => stat(join(folder, file)))),
  );
  return Math.max(...(await Promise.all(files.flat())).map(({ mtimeMs }) => mtimeMs));
}

export async function startEmulatorProcess(options: EmulatorProcessOptions = {}): Promise<EmulatorProcess> {
  const { config, https = false, args = [] } = options;
  const bundle = await emulatorBundle();
  const folder = await mkdtemp(join(tmpdir(), 'emulator-'));
  const configFile = join(folder, 'configuration.json');
  if (config !== undefined) await writeFile(configFile, JSON.stringify(config));
  const child = spawn(
    process.execPath,
    [
      bundle,
      '--port',
      '0',
      ...(config === undefined ? [] : ['--config', configFile]),
      ...(https ? ['--https'] : []),
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  try {
    const ready = JSON.parse(await firstLine(child, () => stderr)) as ReadyLine;
    return { ready, control: controlOf(ready), stop: () => stop(child, () => stderr), stderr: () => stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function firstLine(child: ChildProcess, stderr: () => string): Promise<string> {
  if (child.stdout === null) throw new Error('The emulator has no output.');
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error(`The emulator ended before it was ready: ${stderr()}`);
}

async function stop(child: ChildProcess, stderr: () => string): Promise<void> {
  const code = await new Promise<number | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
  if (code !== 0) throw new Error(`The emulator ended with ${code}: ${stderr()}`);
}

function controlOf({ control, mint }: ReadyLine): EmulatorControl {
  const list = async <T>(name: string): Promise<readonly T[]> => {
    const answer = (await call(`${control}/${name}`, 'GET')) as Readonly<Record<string, readonly T[]>>;
    return answer[name] ?? [];
  };
  return {
    requests: () => list('requests'),
    secrets: () => list('secrets'),
    secretValues: async () => (await list<IssuedSecret>('secrets')).map(({ value }) => value),
    sessions: () => list('sessions'),
    clearRequests: async () => void (await call(`${control}/requests`, 'DELETE')),
    setFaults: async (faults) => void (await call(`${control}/faults`, 'PUT', { faults })),
    clearFaults: async () => void (await call(`${control}/faults`, 'DELETE')),
    advanceClock: async (advanceSeconds) => void (await call(`${control}/clock`, 'POST', { advanceSeconds })),
    mint: async (provider, claims = {}, options = {}) => {
      const { token } = (await call(mint, 'POST', { provider, claims, ...options })) as { token: string };
      return token;
    },
  };
}

async function call(url: string, method: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
