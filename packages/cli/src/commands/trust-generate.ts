import {
  type GeneratedTrust,
  generate,
  PROVIDERS,
  type ProviderId,
  renderAwsCli,
  renderCloudFormation,
  renderTerraform,
  ScopeError,
  type TemplateRequest,
} from '@aws-oidc-assume/trust-policy';
import { type Command, flagOf, JSON_OPTION, type ParsedArguments } from '../cli/command.ts';
import { json, painter, plain } from '../cli/print.ts';
import { UsageError } from '../cli/usage-error.ts';
import { PERMISSION_OPTIONS, permissionsOf } from '../options/permission-options.ts';
import { requestOf, SCOPE_OPTIONS } from '../options/scope-options.ts';

const FORMATS = ['json', 'cloudformation', 'terraform', 'aws-cli'] as const;

export const trustGenerate: Command = {
  name: 'trust generate',
  about: 'write the identity provider and the trust policy for one repository, pipeline or connection',
  operand: { name: 'SYSTEM', about: 'issuer of the identity tokens', choices: PROVIDERS.map(({ id }) => id) },
  options: {
    account: { value: 'ID', about: 'the AWS account, twelve digits' },
    ...SCOPE_OPTIONS,
    partition: { value: 'NAME', about: 'aws (default), aws-cn, aws-us-gov, …' },
    issuer: { value: 'URL', about: 'other issuer of the same system: of an emulator or a GitHub enterprise' },
    'source-ip': { value: 'CIDR', multiple: true, about: 'addresses that the job must come from' },
    format: { value: 'FORMAT', about: 'only the trust policy (json), or a whole setup', choices: FORMATS },
    'role-name': { value: 'NAME', about: 'name of the role in the setup (ci-deploy)' },
    'max-session-duration': { value: 'SECONDS', about: "the role's longest session, 3600 to 43200 (3600)" },
    'existing-provider': { about: 'omit the identity provider: an account has only one for each issuer' },
    ...PERMISSION_OPTIONS,
    ...JSON_OPTION,
  },
  notes: ['Every policy has an exact audience and a subject. None admits a whole workspace or organization.'],
  examples: [
    {
      about: 'a Bitbucket repository',
      line: "aws-oidc trust generate bitbucket --account 123456789012 --workspace acme --workspace-uuid '{6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11}' --repository-uuid '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}'",
    },
    {
      about: 'an Azure DevOps service connection, as Terraform with permissions',
      line: 'aws-oidc trust generate azure-devops --account 123456789012 --organization-id 2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55 --organization acme --project shop --service-connection aws-deploy --format terraform --allow-s3-sync acme-site',
    },
  ],
  async run(args, context) {
    const system = systemOf(args.operands[0]);
    const format = args.text('format') ?? 'json';
    try {
      const trust = generate(requestOf(system, args));
      const text = args.flag('json') ? jsonOf(format, trust, args) : textOf(format, trust, args);
      context.out.write(text);
      const paint = painter(context.err, context.env);
      if (!args.flag('json'))
        for (const note of trust.notes) context.err.write(`${paint('dim', 'note:')} ${plain(note)}\n`);
      return 0;
    } catch (error) {
      if (error instanceof ScopeError) throw new UsageError(problemsOf(error));
      throw error;
    }
  },
};

function systemOf(name: string | undefined): ProviderId {
  const system = PROVIDERS.find(({ id }) => id === name);
  if (system === undefined) throw new UsageError('"trust generate" needs SYSTEM.');
  return system.id;
}

function textOf(format: string, trust: GeneratedTrust, args: ParsedArguments): string {
  const request: TemplateRequest = {
    trust,
    ...optional('roleName', args.text('role-name')),
    ...optional('maxSessionDuration', numberOf(args.text('max-session-duration'))),
    permissions: permissionsOf(args),
    identityProvider: args.flag('existing-provider') ? 'existing' : 'create',
  };
  switch (format) {
    case 'cloudformation':
      return renderCloudFormation(request);
    case 'terraform':
      return renderTerraform(request);
    case 'aws-cli':
      return renderAwsCli(request);
    default:
      refuseSetUpOptions(args);
      return json(trust.trustPolicy);
  }
}

/** The trust as JSON. A whole setup has its own text formats. */
function jsonOf(format: string, trust: GeneratedTrust, args: ParsedArguments): string {
  if (format !== 'json') throw new UsageError(`--json and --format ${format} are alternatives: give one of them.`);
  refuseSetUpOptions(args);
  return json(trust);
}

/** Refuses options about the role and its permissions, which a trust policy cannot express. @throws UsageError */
function refuseSetUpOptions(args: ParsedArguments): void {
  const names = ['role-name', 'max-session-duration', 'existing-provider', ...Object.keys(PERMISSION_OPTIONS)];
  const idle = names.find((name) => args.text(name) !== undefined || args.flag(name) || args.list(name).length > 0);
  if (idle !== undefined) {
    throw new UsageError(`--${idle} has no effect without --format cloudformation, terraform or aws-cli.`);
  }
}

function problemsOf({ problems }: ScopeError): string {
  return problems
    .map(
      ({ field, reason }) =>
        `${field
          .split(' | ')
          .map((name) => optionOf(name))
          .join(' | ')} ${reason}`,
    )
    .join('\n');
}

/** Option that a field of the request came from, also for `permissions[0].region`. */
function optionOf(field: string): string {
  const [, inPermission] = /^permissions\[\d+\]\.(\w+)$/.exec(field) ?? [];
  if (inPermission === 'region') return '--region';
  if (inPermission !== undefined) return `the ${inPermission} of a permission`;
  return field === 'sourceIps' ? '--source-ip' : `--${flagOf(field)}`;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
