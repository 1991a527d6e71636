/**
 * Tools other than the SDKs: programs built on one, containers, shells, and models of SDKs that are not available here.
 */
import { fileURLToPath } from 'node:url';
import { AWS_CLI } from '../support/aws-cli.ts';
import { canBuildImages, ensureBaseImages, NODE_24 } from '../support/index.ts';
import { findTool } from '../support/tools.ts';
import type { Consumer, Limit, World } from './consumer.ts';
import { programFile } from './go-program.ts';
import { JS_V3_CALLER, versionBy } from './sdks.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Passes on the step's AWS variables by name, so that no value is in an argument. */
const BY_NAME = `$(env | sed -n 's/^\\(AWS_[A-Z_]*\\)=.*/--env=\\1/p')`;

function containerCommand(folder: string): (world: World) => string {
  return ({ sts }) => {
    const mounts = `--volume='${ROOT}:${ROOT}:ro' --volume="${folder}:${folder}:ro"`;
    const image = ensureBaseImages().BASE_IMAGE;
    return `docker run --rm --network=host ${BY_NAME} --env=AWS_ENDPOINT_URL_STS=${sts} ${mounts} ${image} '${NODE_24}' '${JS_V3_CALLER}'`;
  };
}

const rclone: Consumer = {
  name: 'rclone',
  version: () => versionBy('rclone', 'version'),
  missing: { tool: 'rclone', ciInstallsIt: true },
  command: ({ s3 }) =>
    `RCLONE_CONFIG=/dev/null RCLONE_CONFIG_X_TYPE=s3 RCLONE_CONFIG_X_PROVIDER=AWS RCLONE_CONFIG_X_ENV_AUTH=true RCLONE_CONFIG_X_ENDPOINT=${s3} rclone lsf X:`,
  limits: {
    'pipe web-identity': {
      result: 'not run',
      reason: 'rclone asks the STS of AWS, and cannot be told of another one. It is built on the SDK for Go v1.',
    },
  },
};

const docker: Consumer = {
  name: 'docker run',
  version: () => (canBuildImages() ? versionBy('docker', 'version', '--format', '{{.Client.Version}}') : undefined),
  missing: { tool: 'a Docker engine', ciInstallsIt: true },
  command: containerCommand('$PWD'),
  limits: {
    'task profile': {
      result: 'needs',
      reason:
        'Mount the folder of the profile files: `--volume="$(dirname "$AWS_CONFIG_FILE"):$(dirname "$AWS_CONFIG_FILE"):ro"`.',
      command: containerCommand('$(dirname "$AWS_CONFIG_FILE")'),
    },
    'task credential-process': {
      result: 'does not',
      reason:
        "The program that renews the credentials runs on the agent's own Node and by a shell, and an image has neither in the same place. Use another mode for containers.",
    },
  },
};

// This version is older than AWS_ENDPOINT_URL_STS.
const cli = ({ sts, region }: World) =>
  `${region} ${AWS_CLI} --endpoint-url ${sts} sts get-caller-identity --query Arn --output text`;

const shellWord = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Other profiles in the step's initial environment, which the pipe's file must clear. */
const STALE = 'AWS_DEFAULT_PROFILE=stale AWS_ROLE_ARN=stale AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1';

/** fish has `export`, but not `unset`. */
const STARTED_BY_SH: Limit = {
  result: 'needs',
  reason:
    "fish does not read the language of POSIX shells: other profiles would not be cleared. Start it from one: `sh -c '. ./.aws-oidc/env; exec fish …'`.",
  command: (world) =>
    `${STALE} sh -c ${shellWord(`. ./.aws-oidc/env; exec fish -c ${shellWord(`env ${cli(world)}`)}`)}`,
};

function shell(name: string, ...command: string[]): Consumer {
  const [program = name] = command.length === 0 ? [name] : command;
  return {
    name,
    side: 'pipe',
    version: () => (findTool(program) === undefined ? undefined : ''),
    missing: { tool: program, ciInstallsIt: true },
    sourcesByItself: true,
    command: (world) =>
      `${STALE} ${(command.length === 0 ? [name] : command).join(' ')} -c ${shellWord(`. ./.aws-oidc/env; ${cli(world)}`)}`,
  };
}

const fish: Consumer = {
  ...shell('fish'),
  limits: Object.fromEntries(
    (['pipe environment', 'pipe profile', 'pipe web-identity'] as const).map((mode) => [mode, STARTED_BY_SH]),
  ),
};

function model(name: string, chain: string, more: Partial<Consumer> = {}): Consumer {
  return {
    name: `${name} (model)`,
    version: () => '',
    missing: { tool: 'Node', ciInstallsIt: true },
    command: ({ sts }) => `'${process.execPath}' '${programFile('documented-chain.mjs')}' ${chain} ${sts}`,
    ...more,
  };
}

/** .NET 3 reads the default profile before the environment. */
const DOTNET_3: Consumer = model('SDK for .NET 3, AWS Tools for PowerShell 4', 'dotnet3');
const NO_DEFAULT_PROFILE: Limit = {
  result: 'needs',
  reason:
    'This version takes a `[default]` in `~/.aws` of the machine before the environment. Remove it, use a mode with profiles, or set `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` to an empty file in the step.',
  command: (world) => `AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null ${DOTNET_3.command(world)}`,
};

export const OTHERS: readonly Consumer[] = [
  model('SDK for Java v2', 'java'),
  {
    ...DOTNET_3,
    limits: {
      'pipe environment': NO_DEFAULT_PROFILE,
      'task environment': NO_DEFAULT_PROFILE,
      'task secret-variables': NO_DEFAULT_PROFILE,
    },
  },
  model('SDK for .NET 4', 'dotnet4'),
  model('SDK for C++', 'cpp'),
  model('SDK for Rust', 'rust'),
  model("SDK for PHP, on PHP's own parser", 'php', {
    version: () => versionBy('php', '--version'),
    missing: { tool: 'php-cli', ciInstallsIt: true },
  }),
  rclone,
  docker,
];

export const SHELLS: readonly Consumer[] = [
  shell('sh'),
  shell('dash'),
  shell('bash'),
  shell('busybox sh', 'busybox', 'sh'),
  shell('zsh'),
  fish,
];
