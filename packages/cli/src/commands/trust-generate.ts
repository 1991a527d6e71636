import { type GeneratedTrust, PROVIDERS, type ProviderId } from '@aws-oidc-assume/trust-policy';
import { type Command, JSON_OPTION, type ParsedArguments } from '../cli/command.ts';
import { json, painter, plain } from '../cli/print.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';
import { SEVERAL_SCOPES } from '../options/scope-options.ts';
import { INFRASTRUCTURE, type Infrastructure, infrastructureText, setupFiles } from '../setup/setup.ts';
import {
  PIPELINE_OPTIONS,
  pipelineSetupOf,
  ROLE_OPTIONS,
  setupOf,
  TRUST_OPTIONS,
  trustOf,
  withOptionNames,
} from '../setup/setup-options.ts';
import { writeFiles } from '../setup/write-files.ts';

const FORMATS = ['json', ...INFRASTRUCTURE] as const;

export const trustGenerate: Command = {
  name: 'trust generate',
  about: 'write the identity provider and the trust policy for repositories, environments, pipelines or connections',
  operand: { name: 'SYSTEM', about: 'issuer of the identity tokens', choices: PROVIDERS.map(({ id }) => id) },
  options: {
    ...TRUST_OPTIONS,
    format: { value: 'FORMAT', about: 'only the trust policy (json), or a whole setup', choices: FORMATS },
    ...ROLE_OPTIONS,
    output: {
      value: 'DIR',
      about: 'write the setup and the pipeline file below this folder (format: cloudformation)',
    },
    ...PIPELINE_OPTIONS,
    ...JSON_OPTION,
  },
  notes: [
    'Every policy has an exact audience and a subject. None admits a whole workspace or organization.',
    SEVERAL_SCOPES,
  ],
  examples: [
    {
      about: 'a Bitbucket repository',
      line: "aws-oidc trust generate bitbucket --account 123456789012 --workspace acme --workspace-uuid '{6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11}' --repository-uuid '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}'",
    },
    {
      about: 'two Azure DevOps service connections, as Terraform with permissions',
      line: 'aws-oidc trust generate azure-devops --account 123456789012 --organization-id 2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55 --organization acme --project shop --service-connection aws-staging --service-connection aws-production --format terraform --allow-s3-sync acme-site',
    },
  ],
  async run(args, context) {
    const system = systemOf(args.operands[0]);
    const output = args.text('output');
    const trust = output === undefined ? print(system, args, context) : await writeAll(system, args, context);
    const paint = painter(context.err, context.env);
    if (!args.flag('json')) {
      for (const note of trust.notes) context.err.write(`${paint('dim', 'note:')} ${plain(note)}\n`);
    }
    return 0;
  },
};

function systemOf(name: string | undefined): ProviderId {
  const system = PROVIDERS.find(({ id }) => id === name);
  if (system === undefined) throw new UsageError('"trust generate" needs SYSTEM.');
  return system.id;
}

function print(system: ProviderId, args: ParsedArguments, context: CliContext): GeneratedTrust {
  const format = args.text('format') ?? 'json';
  const infrastructure = infrastructureOf(format);
  if (args.flag('json') && infrastructure !== undefined) {
    throw new UsageError(`--json and --format ${format} are alternatives: give one of them.`);
  }
  refuseIdle(args, Object.keys(PIPELINE_OPTIONS), '--output');
  if (infrastructure !== undefined) {
    const setup = setupOf(system, args);
    context.out.write(withOptionNames(args, () => infrastructureText(setup, infrastructure)));
    return setup.trust;
  }
  // A trust policy cannot express a role and its permissions.
  refuseIdle(args, Object.keys(ROLE_OPTIONS), '--format cloudformation, terraform or aws-cli');
  const { trust } = trustOf(system, args);
  context.out.write(json(args.flag('json') ? trust : trust.trustPolicy));
  return trust;
}

/** Writes every file of the setup below the folder, and prints their names. */
async function writeAll(system: ProviderId, args: ParsedArguments, context: CliContext): Promise<GeneratedTrust> {
  const infrastructure = infrastructureOf(args.text('format') ?? 'cloudformation');
  if (infrastructure === undefined || args.flag('json')) {
    throw new UsageError('--output writes a setup: give --format cloudformation, terraform or aws-cli, and no --json.');
  }
  const setup = pipelineSetupOf(system, args);
  const files = withOptionNames(args, () => setupFiles(setup, infrastructure, context.version));
  const folder = args.text('output') ?? '.';
  await writeFiles(folder, files, context);
  for (const { path } of files) context.out.write(`${plain(path)}\n`);
  return setup.trust;
}

function infrastructureOf(format: string): Infrastructure | undefined {
  return INFRASTRUCTURE.find((name) => name === format);
}

/** @throws UsageError for an option that has no effect */
function refuseIdle(args: ParsedArguments, names: readonly string[], needed: string): void {
  const idle = names.find((name) => args.text(name) !== undefined || args.flag(name) || args.list(name).length > 0);
  if (idle !== undefined) throw new UsageError(`--${idle} has no effect without ${needed}.`);
}
