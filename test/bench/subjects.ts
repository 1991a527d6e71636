/** The programs whose start is compared: pipe, task and command line, their floors, and programs of others. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type EmulatorProcess, jobOf } from '../support/index.ts';
import type { Subject } from './measure.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';
const AWS_CLI = '/usr/bin/aws';

/** Shared parts of the subjects with one emulator. */
export interface Scene {
  readonly emulator: EmulatorProcess;
  /** Node for the subjects. */
  readonly node: string;
  /** Working folder and clone. */
  readonly folder: string;
}

/** @returns the environment of a step, as the pipe sees it */
export async function stepEnvironment({ emulator, folder }: Scene): Promise<Record<string, string>> {
  return {
    ...baseEnvironment(folder),
    BITBUCKET_CLONE_DIR: folder,
    BITBUCKET_WORKSPACE: 'acme',
    BITBUCKET_REPO_SLUG: 'shop',
    BITBUCKET_BUILD_NUMBER: '1',
    BITBUCKET_STEP_OIDC_TOKEN: await emulator.control.mint('bitbucket'),
    AWS_OIDC_ROLE_ARN: ROLE,
    AWS_DEFAULT_REGION: 'eu-west-1',
    STS_ENDPOINT: emulator.ready.sts,
  };
}

function baseEnvironment(folder: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: folder };
}

/** The pipe in a new step, whose clone has no files of an earlier call. */
export function pipeSubject({ node, folder }: Scene, name: string, env: Readonly<Record<string, string>>): Subject {
  return {
    name,
    command: [node, path.join(ROOT, 'pipe/dist/pipe.mjs')],
    env,
    prepare: () => rmSync(path.join(folder, '.aws-oidc'), { recursive: true, force: true }),
  };
}

/** Subjects in pairs of rows: a row whose name begins with `floor` is the base of the rows after it. */
export async function startUps(scene: Scene): Promise<Subject[]> {
  const { node, folder } = scene;
  const step = await stepEnvironment(scene);
  const job = jobEnvironment(scene);
  const floorFile = { ...step, FLOOR_FILE: path.join(folder, 'floor') };
  const bench = (name: string) => path.join(ROOT, 'test/bench', name);
  const bareSdk = await bundledSdk(folder);
  return [
    { name: 'floor of one request', command: [node, bench('floor.mjs')], env: floorFile },
    pipeSubject(scene, 'pipe', step),
    { name: 'AWS SDK alone, bundled', command: [node, bareSdk], env: floorFile },
    commandLine(scene, step),
    ...debianCli(scene, step),
    { name: 'floor of two requests', command: [node, bench('task-floor.mjs')], env: job },
    {
      name: 'task',
      command: [node, path.join(ROOT, 'ado-extension/dist/AwsOidcAssume/AwsOidcAssumeV1/index.js')],
      env: job,
    },
    ...configureAwsCredentials(scene),
  ];
}

async function bundledSdk(folder: string): Promise<string> {
  const outfile = path.join(folder, 'bare-sdk.mjs');
  await build({
    entryPoints: [path.join(ROOT, 'test/bench/bare-sdk.mjs')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}

function commandLine({ node, emulator }: Scene, env: Readonly<Record<string, string>>): Subject {
  const options = ['--role-arn', ROLE, '--region', 'eu-west-1', '--sts-endpoint', emulator.ready.sts];
  return {
    name: 'aws-oidc exec -- true',
    command: [node, path.join(ROOT, 'packages/cli/dist/aws-oidc.mjs'), 'exec', ...options, '--', 'true'],
    env,
  };
}

/** The AWS CLI of the distribution, if this machine has it. */
function debianCli({ emulator, folder }: Scene, step: Readonly<Record<string, string>>): Subject[] {
  const { status, stdout } = spawnSync(AWS_CLI, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return [];
  const options = ['--endpoint-url', emulator.ready.sts, '--region', 'eu-west-1', '--role-arn', ROLE];
  const token = step['BITBUCKET_STEP_OIDC_TOKEN'] ?? '';
  return [
    {
      name: `AWS CLI ${/\/(\S+)/.exec(stdout)?.[1]}`,
      command: [
        AWS_CLI,
        'sts',
        'assume-role-with-web-identity',
        ...options,
        ...['--role-session-name', 'bench', '--web-identity-token', token],
      ],
      env: baseEnvironment(folder),
    },
  ];
}

export function jobEnvironment({ emulator, folder }: Scene): Record<string, string> {
  const { variables = {}, systemConnection } = jobOf(emulator.ready);
  mkdirSync(path.join(folder, 'temp'), { recursive: true });
  const parameters = { AccessToken: systemConnection.accessToken };
  return {
    ...baseEnvironment(folder),
    ...Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name.replace(/\./g, '_').toUpperCase(), value]),
    ),
    AGENT_TEMPDIRECTORY: path.join(folder, 'temp'),
    AGENT_VERSION: '4.265.1',
    ENDPOINT_URL_SYSTEMVSSCONNECTION: systemConnection.url,
    ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({ parameters, scheme: 'OAuth' }),
    INPUT_ROLEARN: ROLE,
    INPUT_REGION: 'eu-west-1',
    INPUT_STSENDPOINT: emulator.ready.sts,
    INPUT_SERVICECONNECTION: CONNECTION,
  };
}

/** AWS's own action for GitHub, if `PEER_DIR` is a checkout of it. It also makes two requests. */
function configureAwsCredentials({ node, emulator, folder }: Scene): Subject[] {
  const peer = process.env['PEER_DIR'];
  if (peer === undefined) return [];
  const files = Object.fromEntries(
    ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'].map((name) => [
      name,
      path.join(folder, name),
    ]),
  );
  for (const file of Object.values(files)) writeFileSync(file, '');
  const job = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_WORKFLOW: 'bench', GITHUB_ACTION: 'bench' };
  return [
    {
      name: 'configure-aws-credentials (GitHub)',
      command: [node, path.join(peer, 'dist/index.js')],
      env: {
        ...baseEnvironment(folder),
        ...files,
        ...job,
        GITHUB_ACTOR: 'bench',
        GITHUB_SHA: '0'.repeat(40),
        GITHUB_WORKSPACE: folder,
        ACTIONS_ID_TOKEN_REQUEST_URL: emulator.ready.github.requestUrl,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: emulator.ready.github.requestToken,
        'INPUT_ROLE-TO-ASSUME': ROLE,
        'INPUT_AWS-REGION': 'eu-west-1',
        INPUT_AUDIENCE: 'sts.amazonaws.com',
        'INPUT_STS-ENDPOINT': emulator.ready.sts,
      },
    },
  ];
}
