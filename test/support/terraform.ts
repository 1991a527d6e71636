import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { skipEvenInCi } from './tools.ts';

/** Folders where a machine may keep plugins of Terraform. */
const PLUGIN_FOLDERS = [
  process.env['TF_PLUGIN_CACHE_DIR'] ?? '',
  path.join(homedir(), '.terraform.d/plugins'),
  path.join(homedir(), '.terraform.d/plugin-cache'),
  '/usr/local/share/terraform/plugins',
  '/usr/share/terraform/plugins',
  '/opt/tf-plugins',
];

export interface TerraformResult {
  readonly status: number | null;
  readonly output: string;
}

/** Terraform with the AWS provider, from this machine. No test asks a registry. */
export class Terraform {
  readonly plugins: string;

  constructor(plugins: string) {
    this.plugins = plugins;
  }

  /** Prepares a root module. Modules must be in folders, because nothing is fetched. */
  init(folder: string): TerraformResult {
    return runTerraform(['init', '-backend=false', '-input=false', '-no-color', `-plugin-dir=${this.plugins}`], folder);
  }

  run(args: readonly string[], folder: string): TerraformResult {
    return runTerraform([...args, '-no-color'], folder);
  }
}

/** Skips a suite that needs Terraform and its AWS provider on a machine without them, with a printed reason. */
export function needsTerraform(context: Mocha.Context): Terraform {
  const { status } = runTerraform(['version'], '.');
  if (status !== 0) return skipEvenInCi(context, 'there is no terraform here');
  const plugins = PLUGIN_FOLDERS.find((folder) => folder !== '' && hasAwsProvider(folder));
  if (plugins === undefined) return skipEvenInCi(context, 'terraform has no AWS provider in a folder of this machine');
  return new Terraform(plugins);
}

function hasAwsProvider(folder: string): boolean {
  const versions = path.join(folder, 'registry.terraform.io/hashicorp/aws');
  return existsSync(versions) && readdirSync(versions).length > 0;
}

/** Runs without the user's own configuration of Terraform, which may name mirrors that need a network. */
function runTerraform(args: readonly string[], cwd: string): TerraformResult {
  const { TF_CLI_CONFIG_FILE: _, TF_PLUGIN_CACHE_DIR: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync('terraform', [...args], {
    cwd,
    encoding: 'utf8',
    env: { ...env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}` };
}
