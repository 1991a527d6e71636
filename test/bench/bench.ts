/**
 * `pnpm bench`: whole-process times against the emulator. Subjects run in turns, so that changes of the machine affect
 * all equally. Prints a table; with `--write` also puts it into docs/performance.md. PEER_DIR=<checkout of
 * aws-actions/configure-aws-credentials> adds that subject. ROUNDS=<n> (default 15).
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import {
  buildPipeImage,
  type EmulatorProcess,
  engineAnswers,
  jobOf,
  NODE_20,
  NODE_24,
  startEmulatorProcess,
} from '../support/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const rounds = Number(process.env['ROUNDS'] ?? 15);

interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Row {
  readonly name: string;
  /** Milliseconds of each round. */
  readonly times: number[];
  /** Token calls and STS calls in one run. */
  calls: string;
}

/**
 * Milliseconds from start to end.
 *
 * @throws Error if the subject fails, because the time of a failure is meaningless
 */
function time({ name, command: [file = '', ...args], env }: Subject): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      const elapsed = performance.now() - begin;
      if (status === 0 && !output.includes('result=Failed')) resolve(elapsed);
      else reject(new Error(`${name} failed:\n${output.slice(-2000)}`));
    });
  });
}

async function subjects(emulator: EmulatorProcess, node: string): Promise<Subject[]> {
  const { ready } = emulator;
  const token = await emulator.control.mint('bitbucket');
  const base = { PATH: process.env['PATH'] ?? '', HOME: folder };
  const pipe = {
    ...base,
    BITBUCKET_CLONE_DIR: folder,
    BITBUCKET_WORKSPACE: 'acme',
    BITBUCKET_REPO_SLUG: 'shop',
    BITBUCKET_BUILD_NUMBER: '1',
    BITBUCKET_STEP_OIDC_TOKEN: token,
    AWS_OIDC_ROLE_ARN: ROLE,
    AWS_DEFAULT_REGION: 'eu-west-1',
    STS_ENDPOINT: ready.sts,
    FLOOR_FILE: path.join(folder, 'floor'),
  };
  const sdk = path.join(folder, 'bare-sdk.mjs');
  await build({
    entryPoints: [path.join(root, 'test/bench/bare-sdk.mjs')],
    outfile: sdk,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    logLevel: 'error',
  });
  const cli = path.join(root, 'packages/cli/dist/aws-oidc.mjs');
  const all: Subject[] = [
    { name: 'floor: node:http, no checks', command: [node, path.join(root, 'test/bench/floor.mjs')], env: pipe },
    { name: 'bare SDK, bundled', command: [node, sdk], env: pipe },
    { name: 'pipe', command: [node, path.join(root, 'pipe/dist/pipe.mjs')], env: pipe },
    {
      name: 'task (token call + STS call)',
      command: [node, path.join(root, 'ado-extension/dist/AwsOidcAssume/AwsOidcAssumeV1/index.js')],
      env: taskEnvironment(emulator, base),
    },
  ];
  if (existsSync(cli)) {
    all.push({
      name: 'aws-oidc exec -- true',
      command: [
        node,
        cli,
        'exec',
        '--role-arn',
        ROLE,
        '--region',
        'eu-west-1',
        '--sts-endpoint',
        ready.sts,
        '--',
        'true',
      ],
      env: pipe,
    });
  }
  if (spawnSync('/usr/bin/aws', ['--version']).status === 0) {
    all.push({
      name: 'AWS CLI v2 (Debian)',
      command: [
        '/usr/bin/aws',
        'sts',
        'assume-role-with-web-identity',
        '--endpoint-url',
        ready.sts,
        '--region',
        'eu-west-1',
        '--role-arn',
        ROLE,
        '--role-session-name',
        'bench',
        '--web-identity-token',
        token,
      ],
      env: base,
    });
  }
  const peer = process.env['PEER_DIR'];
  if (peer !== undefined) {
    const files = Object.fromEntries(
      ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'].map((name) => [
        name,
        path.join(folder, name),
      ]),
    );
    for (const file of Object.values(files)) writeFileSync(file, '');
    all.push({
      name: 'configure-aws-credentials (GitHub)',
      command: [node, path.join(peer, 'dist/index.js')],
      env: {
        ...base,
        ...files,
        ACTIONS_ID_TOKEN_REQUEST_URL: ready.github.requestUrl,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: ready.github.requestToken,
        GITHUB_REPOSITORY: 'acme/shop',
        GITHUB_WORKFLOW: 'bench',
        GITHUB_ACTION: 'bench',
        GITHUB_ACTOR: 'bench',
        GITHUB_SHA: '0'.repeat(40),
        GITHUB_WORKSPACE: folder,
        'INPUT_ROLE-TO-ASSUME': ROLE,
        'INPUT_AWS-REGION': 'eu-west-1',
        INPUT_AUDIENCE: 'sts.amazonaws.com',
        'INPUT_STS-ENDPOINT': ready.sts,
      },
    });
  }
  return all;
}

function taskEnvironment({ ready }: EmulatorProcess, base: Record<string, string>): Record<string, string> {
  const { variables = {}, systemConnection } = jobOf(ready);
  mkdirSync(path.join(folder, 'temp'), { recursive: true });
  const parameters = { AccessToken: systemConnection.accessToken };
  return {
    ...base,
    ...Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name.replace(/\./g, '_').toUpperCase(), value]),
    ),
    AGENT_TEMPDIRECTORY: path.join(folder, 'temp'),
    AGENT_VERSION: '4.265.1',
    ENDPOINT_URL_SYSTEMVSSCONNECTION: systemConnection.url,
    ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({ parameters, scheme: 'OAuth' }),
    INPUT_ROLEARN: ROLE,
    INPUT_REGION: 'eu-west-1',
    INPUT_STSENDPOINT: ready.sts,
    INPUT_SERVICECONNECTION: '8c7b6a59-4837-4261-8504-f3e2d1c0b999',
  };
}

/** The pipe with a number of roles, each with a profile, all from one token. STS is as far away as a real one. */
async function growing(emulator: EmulatorProcess, node: string): Promise<Subject[]> {
  const [, , pipe] = await subjects(emulator, node);
  if (pipe === undefined) throw new Error('there is no pipe to measure');
  const { AWS_OIDC_ROLE_ARN: _, ...env } = pipe.env;
  await emulator.control.setFaults([{ match: { endpoint: 'sts' }, fault: { delayMs: 200 } }]);
  return [1, 5, 20].map((count) => ({
    ...pipe,
    name: `pipe, ${count} ${count === 1 ? 'role' : 'roles'}, STS takes 200 ms`,
    env: {
      ...env,
      ROLES: Array.from({ length: count }, (_, index) => `profile-${index}=${ROLE}`).join(','),
      OUTPUT_DIR: `.aws-oidc-${count}`,
    },
  }));
}

async function measure(node: string, measured: typeof subjects): Promise<Row[]> {
  const emulator = await startEmulatorProcess();
  try {
    const all = await measured(emulator, node);
    const rows = all.map(({ name }): Row => ({ name, times: [], calls: '' }));
    for (let round = -1; round < rounds; round++) {
      for (const [index, subject] of all.entries()) {
        const row = rows[index];
        if (round < 0) await emulator.control.clearRequests();
        const elapsed = await time(subject);
        // The first round warms up the file system's cache, and counts the calls.
        if (round >= 0) row?.times.push(elapsed);
        else if (row !== undefined) row.calls = await callsOf(emulator);
      }
    }
    return rows;
  } finally {
    await emulator.stop();
  }
}

async function callsOf(emulator: EmulatorProcess): Promise<string> {
  const requests = await emulator.control.requests();
  const count = (pattern: RegExp) => requests.filter(({ endpoint }) => pattern.test(endpoint)).length;
  return `${count(/-token$/)} + ${count(/^sts$/)}`;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Median of the ratios of each round to its own floor. */
function ratio(row: Row, base: Row): string {
  return median(row.times.map((value, index) => value / (base.times[index] ?? Number.NaN))).toFixed(2);
}

function table(rows: readonly Row[], node: string, relative = '× floor'): string {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const [floor] = rows;
  const lines = rows.map((row) => {
    const [least, most] = [Math.min(...row.times), Math.max(...row.times)];
    return `| ${row.name} | ${median(row.times).toFixed(0)} | ${least.toFixed(0)}–${most.toFixed(0)} | ${floor ? ratio(row, floor) : ''} | ${row.calls} |`;
  });
  return [
    `Node ${version}, ${rounds} rounds, ${cpus().length} cores:`,
    '',
    `| whole process | median ms | least–most ms | ${relative} | token + STS calls |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

function sizes(): string {
  const extension = path.join(root, 'ado-extension/dist');
  const files = [
    'pipe/dist/pipe.mjs',
    'ado-extension/dist/AwsOidcAssume/AwsOidcAssumeV1/index.js',
    ...readdirSync(extension)
      .filter((name) => name.endsWith('.vsix'))
      .map((name) => `ado-extension/dist/${name}`),
    'packages/cli/dist/aws-oidc.mjs',
    'packages/emulator/dist/aws-oidc-emulator.mjs',
  ];
  return [
    '| file | bytes |',
    '| --- | ---: |',
    ...files
      .filter((file) => existsSync(path.join(root, file)))
      .map((file) => `| ${file} | ${statSync(path.join(root, file)).size} |`),
    ...imageSize(),
  ].join('\n');
}

/** Size of the pipe's image as a registry would send it, if a Docker engine answers. */
function imageSize(): string[] {
  if (!engineAnswers()) return [];
  const image = buildPipeImage();
  const { stdout } = spawnSync(process.execPath, [path.join(root, 'scripts/image/size.mjs'), image], {
    encoding: 'utf8',
  });
  const [, megabytes] = /^ *([\d.]+ MB).*compressed$/m.exec(stdout) ?? [];
  if (megabytes === undefined) throw new Error('scripts/image/size.mjs told no size');
  return [`| the pipe's image, compressed | ${megabytes} |`];
}

try {
  const parts = [sizes()];
  for (const node of process.env['BENCH_NODE'] === '24' ? [NODE_24] : [NODE_24, NODE_20]) {
    parts.push(table(await measure(node, subjects), node));
  }
  parts.push(table(await measure(NODE_24, growing), NODE_24, '× one role'));
  const text = parts.join('\n\n');
  console.log(text);
  if (process.argv.includes('--write')) {
    const file = path.join(root, 'docs/performance.md');
    const [begin, end] = ['<!-- bench -->', '<!-- /bench -->'];
    const present = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      `${present.slice(0, present.indexOf(begin) + begin.length)}\n\n${text}\n\n${present.slice(present.indexOf(end))}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
