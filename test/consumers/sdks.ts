/** AWS CLI and SDKs that run here. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmPackage } from '../support/heavy-packages.ts';
import { findTool, MissingTool, printSkip } from '../support/tools.ts';
import type { Consumer, World } from './consumer.ts';
import { buildGoProgram, goPackages, programFile } from './go-program.ts';

export const JS_V3_CALLER = fileURLToPath(new URL('../e2e/who-am-i.mjs', import.meta.url));
const SDK_V2_FOR_JAVASCRIPT = 'aws-sdk@2.1693.0';
const DEBIAN_PYTHON = '/usr/bin/python3';
export const DEBIAN_CLI = '/usr/bin/aws';

const quoted = (word: string) => `'${word}'`;
const ask = (cli: string, sts: string) =>
  `${cli} --endpoint-url ${sts} sts get-caller-identity --query Arn --output text`;

/** Version that a command prints; undefined if it cannot be run. */
export function versionBy(command: string, ...args: string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? /\d+\.\d+(?:\.\d+)?/.exec(`${stdout}${stderr}`)?.[0] : undefined;
}

/** The AWS CLI v1 that a machine may have next to Debian's v2. */
function cliV1(): string | undefined {
  const program = findTool('aws');
  return program !== undefined && program !== DEBIAN_CLI && versionBy(program, '--version')?.startsWith('1.')
    ? program
    : undefined;
}

/** Versions fetched in this run; undefined for those that are not available. */
const fetched = new Map<string, string | undefined>();

/** Returns the version if its packages can be fetched, otherwise prints the reason. Tries it once. */
function versionIfFetched(version: string, fetch: () => unknown): string | undefined {
  if (!fetched.has(version)) {
    try {
      fetch();
      fetched.set(version, version);
    } catch (error) {
      if (!(error instanceof MissingTool)) throw error;
      printSkip(error.message);
      fetched.set(version, undefined);
    }
  }
  return fetched.get(version);
}

const goVersion = (version: string) => versionIfFetched(version, goPackages);

function goCaller(name: string): (world: World) => string {
  return ({ sts, region, buildFolder }) =>
    `${region} ${quoted(buildGoProgram({ source: programFile(`${name}/main.go`) }, buildFolder))} ${sts}`;
}

const DEBIAN = { ciInstallsIt: true } as const;
const GO_SDKS = 'Go with its SDKs, from the packages of Debian 13,';

export const SDKS: readonly Consumer[] = [
  {
    name: 'AWS CLI v1',
    version: () => {
      const cli = cliV1();
      return cli === undefined ? undefined : versionBy(cli, '--version');
    },
    missing: { tool: 'AWS CLI v1 (Debian has only v2)', ciInstallsIt: false },
    command: ({ sts }) => ask(quoted(cliV1() ?? ''), sts),
  },
  {
    name: 'AWS CLI v2',
    version: () => versionBy(DEBIAN_CLI, '--version'),
    missing: { tool: 'awscli', ...DEBIAN },
    // Older than AWS_ENDPOINT_URL_STS.
    command: ({ sts, region }) => `${region} ${ask(DEBIAN_CLI, sts)}`,
  },
  {
    name: 'boto3',
    version: () => versionBy(DEBIAN_PYTHON, '-c', 'import boto3; print(boto3.__version__)'),
    missing: { tool: 'python3-boto3', ...DEBIAN },
    // Debian's version is older than AWS_ENDPOINT_URL_STS.
    command: ({ sts, region }) => `${region} ${DEBIAN_PYTHON} ${quoted(programFile('boto3_caller.py'))} ${sts}`,
  },
  {
    name: 'SDK for JavaScript v2',
    version: () =>
      versionIfFetched(SDK_V2_FOR_JAVASCRIPT.split('@').at(-1) ?? '', () => npmPackage(SDK_V2_FOR_JAVASCRIPT)),
    missing: { tool: SDK_V2_FOR_JAVASCRIPT, ...DEBIAN },
    command: ({ sts }) =>
      `${quoted(process.execPath)} ${quoted(programFile('js-v2.cjs'))} ${quoted(npmPackage(SDK_V2_FOR_JAVASCRIPT))} ${sts}`,
  },
  {
    name: 'SDK for JavaScript v3',
    version: () => {
      const main = createRequire(import.meta.url).resolve('@aws-sdk/client-sts');
      const manifest: { version: string } = JSON.parse(readFileSync(path.join(main, '../../package.json'), 'utf8'));
      return manifest.version;
    },
    missing: { tool: '@aws-sdk/client-sts', ...DEBIAN },
    command: ({ sts }) => `AWS_ENDPOINT_URL_STS=${sts} ${quoted(process.execPath)} ${quoted(JS_V3_CALLER)}`,
  },
  {
    name: 'SDK for Go v1',
    version: () => goVersion('1.49'),
    missing: { tool: GO_SDKS, ...DEBIAN },
    command: goCaller('go-v1'),
  },
  {
    name: 'SDK for Go v2 (Terraform, eksctl)',
    version: () => goVersion('1.30'),
    missing: { tool: GO_SDKS, ...DEBIAN },
    command: goCaller('go-v2'),
  },
  {
    name: 'SDK for Ruby',
    version: () => versionBy('ruby', '-e', 'require "aws-sdk-core"; puts Aws::CORE_GEM_VERSION'),
    missing: { tool: 'ruby-aws-sdk-core', ...DEBIAN },
    command: ({ sts, region }) => `${region} ruby ${quoted(programFile('caller.rb'))} ${sts}`,
  },
];
