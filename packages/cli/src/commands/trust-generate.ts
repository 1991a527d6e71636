import {
  type GeneratedTrust,
  type GenerateRequest,
  generate,
  type Permission,
  PROVIDERS,
  type ProviderId,
  renderAwsCli,
  renderCloudFormation,
  renderTerraform,
  ScopeError,
  type TemplateRequest,
} from '@aws-oidc-assume/trust-policy';
import { type Command, type Given, JSON_OPTION, type OptionTable } from '../command.ts';
import { json, painter, plain } from '../print.ts';
import { nearest } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';

/** The scope's fields by CI system, as `generate` names them. */
const SCOPES: Readonly<Record<ProviderId, readonly string[]>> = {
  bitbucket: ['workspace', 'workspaceUuid', 'repositoryUuid', 'deploymentEnvironmentUuid'],
  'azure-devops': ['organizationId', 'organization', 'project', 'serviceConnection', 'pipeline'],
  github: ['owner', 'repository', 'ownerId', 'repositoryId', 'environment', 'branch', 'tag', 'pullRequest', 'audience'],
  gitlab: ['projectPath', 'branch', 'tag', 'audience'],
  circleci: ['organizationId', 'projectId'],
  buildkite: ['organization', 'pipeline', 'branch', 'audience'],
  'hcp-terraform': ['organization', 'project', 'workspace', 'runPhase', 'audience'],
};

const SCOPE_ABOUT: Readonly<Record<string, string>> = {
  workspace: 'slug of the Bitbucket workspace; name of the HCP Terraform workspace',
  workspaceUuid: "the workspace's UUID",
  repositoryUuid: "the repository's UUID",
  deploymentEnvironmentUuid: "the deployment environment's UUID, to admit its steps alone",
  organizationId: 'id (GUID) of the Azure DevOps or CircleCI organization',
  organization: 'name of the organization',
  project: 'name of the project',
  serviceConnection: 'name of the service connection',
  pipeline: 'name of the pipeline',
  owner: 'owner of the repository',
  repository: 'name of the repository',
  ownerId: "the owner's id, for repositories created, renamed or moved since mid-2026",
  repositoryId: "the repository's id, likewise",
  environment: 'name of the deployment environment',
  branch: 'the branch',
  tag: 'the tag',
  pullRequest: 'pull requests, in place of a branch',
  audience: 'the audience the job asks for',
  projectPath: 'path of the GitLab project with its groups',
  projectId: 'id of the CircleCI project',
  runPhase: 'plan or apply, both without it',
};

const SWITCHES = new Set(['pullRequest']);
const FORMATS = ['json', 'cloudformation', 'terraform', 'aws-cli'] as const;

const PERMISSION_OPTIONS: OptionTable = {
  'allow-s3-sync': { value: 'BUCKET[/PREFIX]', multiple: true, about: 'the role may sync to this bucket' },
  'allow-cloudfront-invalidation': { value: 'ID', multiple: true, about: 'the role may invalidate this distribution' },
  'allow-ecr-push': { value: 'REPOSITORY', multiple: true, about: 'the role may push images to this repository' },
  'allow-cloudformation-deploy': {
    value: 'STACK=ROLE_ARN',
    multiple: true,
    about: 'the role may deploy this stack with that execution role',
  },
  'allow-cdk-deploy': { about: 'the role may use the roles of cdk bootstrap' },
  region: { value: 'REGION', about: 'the region of what the permissions name' },
};

/** `repositoryUuid` is spelt `--repository-uuid`. */
function flagOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const trustGenerate: Command = {
  name: 'trust generate',
  about: 'write identity provider and trust policy for one repository, pipeline or connection',
  operands: 'SYSTEM',
  count: { least: 1, most: 1 },
  choices: PROVIDERS.map(({ id }) => id),
  options: {
    account: { value: 'ID', about: 'the AWS account, twelve digits' },
    ...Object.fromEntries(
      Object.entries(SCOPE_ABOUT).map(([field, about]) => {
        const systems = PROVIDERS.filter(({ id }) => SCOPES[id].includes(field)).map(({ id }) => id);
        const shown = `${systems.join(', ')}: ${about}`;
        return [flagOf(field), SWITCHES.has(field) ? { about: shown } : { about: shown, value: 'VALUE' }];
      }),
    ),
    partition: { value: 'NAME', about: 'aws (default), aws-cn, aws-us-gov, …' },
    issuer: { value: 'URL', about: "another issuer of the same system: an emulator's, a GitHub enterprise's" },
    'source-ip': { value: 'CIDR', multiple: true, about: 'addresses the job must come from' },
    format: { value: 'FORMAT', about: 'the trust policy alone (json), or a whole set-up', choices: FORMATS },
    'role-name': { value: 'NAME', about: 'the role of the set-up (ci-deploy)' },
    'max-session-duration': { value: 'SECONDS', about: "the role's longest session, 3600 to 43200 (3600)" },
    'existing-provider': { about: 'leave the identity provider out: an account has one for each issuer' },
    ...PERMISSION_OPTIONS,
    ...JSON_OPTION,
  },
  notes: [
    `SYSTEM is one of ${PROVIDERS.map(({ id }) => id).join(', ')}.`,
    'Every policy has an exact audience and a subject; one that admits a whole workspace or organization cannot be written.',
  ],
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
  async run(given, world) {
    const system = systemOf(given.operands[0] ?? '');
    const format = given.text('format') ?? 'json';
    try {
      const trust = generate(requestOf(system, given));
      const text = given.flag('json') ? jsonOf(format, trust, given) : textOf(format, trust, given);
      world.out.write(text);
      const paint = painter(world.err, world.env);
      if (!given.flag('json'))
        for (const note of trust.notes) world.err.write(`${paint('dim', 'note:')} ${plain(note)}\n`);
      return 0;
    } catch (error) {
      if (error instanceof ScopeError) throw new UsageError(problemsOf(error));
      throw error;
    }
  },
};

function systemOf(name: string): ProviderId {
  const ids = PROVIDERS.map(({ id }) => id);
  const found = ids.find((id) => id === name);
  if (found !== undefined) return found;
  const meant = nearest(name, ids);
  throw new UsageError(
    `There is no system "${plain(name, 100)}". ${meant === undefined ? `Known: ${ids.join(', ')}.` : `Did you mean ${meant}?`}`,
  );
}

function requestOf(system: ProviderId, given: Given): GenerateRequest {
  const fields = SCOPES[system];
  const foreign = Object.keys(SCOPE_ABOUT).find(
    (field) => !fields.includes(field) && (given.text(flagOf(field)) !== undefined || given.flag(flagOf(field))),
  );
  if (foreign !== undefined) throw new UsageError(`--${flagOf(foreign)} is no option for ${system}.`);
  const values = fields.flatMap((field): [string, string | true][] => {
    if (SWITCHES.has(field)) return given.flag(flagOf(field)) ? [[field, true]] : [];
    const value = given.text(flagOf(field));
    return value === undefined ? [] : [[field, value]];
  });
  const common = ['account', 'partition', 'issuer'].flatMap((field): [string, string][] => {
    const value = given.text(field);
    return value === undefined ? [] : [[field, value]];
  });
  const sourceIps = given.list('source-ip');
  // `generate` checks every field itself, and names all that is missing or wrong.
  return {
    provider: system,
    ...Object.fromEntries([...values, ...common]),
    ...(sourceIps.length === 0 ? {} : { sourceIps }),
  } as unknown as GenerateRequest;
}

function textOf(format: string, trust: GeneratedTrust, given: Given): string {
  const request: TemplateRequest = {
    trust,
    ...optional('roleName', given.text('role-name')),
    ...optional('maxSessionDuration', numberOf(given.text('max-session-duration'))),
    permissions: permissionsOf(given),
    identityProvider: given.flag('existing-provider') ? 'existing' : 'create',
  };
  switch (format) {
    case 'cloudformation':
      return renderCloudFormation(request);
    case 'terraform':
      return renderTerraform(request);
    case 'aws-cli':
      return renderAwsCli(request);
    default:
      refuseSetUpOptions(given);
      return json(trust.trustPolicy);
  }
}

/** Everything about the trust, for a program. A set-up is text of its own. */
function jsonOf(format: string, trust: GeneratedTrust, given: Given): string {
  if (format !== 'json') throw new UsageError(`--json and --format ${format} are alternatives: give one of them.`);
  refuseSetUpOptions(given);
  return json(trust);
}

/** A trust policy alone has no role and no permissions: an option for them would be lost in silence. */
function refuseSetUpOptions(given: Given): void {
  const names = ['role-name', 'max-session-duration', 'existing-provider', ...Object.keys(PERMISSION_OPTIONS)];
  const idle = names.find((name) => given.text(name) !== undefined || given.flag(name) || given.list(name).length > 0);
  if (idle !== undefined) {
    throw new UsageError(`--${idle} has no effect without --format cloudformation, terraform or aws-cli.`);
  }
}

function permissionsOf(given: Given): Permission[] {
  const region = given.text('region') ?? '';
  return [
    ...given.list('allow-s3-sync').map((place): Permission => {
      const [bucket = '', ...prefix] = place.split('/');
      return { preset: 's3-sync', bucket, ...(prefix.length === 0 ? {} : { prefix: prefix.join('/') }) };
    }),
    ...given
      .list('allow-cloudfront-invalidation')
      .map((distributionId): Permission => ({ preset: 'cloudfront-invalidation', distributionId })),
    ...given.list('allow-ecr-push').map((repository): Permission => ({ preset: 'ecr-push', region, repository })),
    ...given.list('allow-cloudformation-deploy').map((pair): Permission => {
      const [stackName = '', executionRoleArn = ''] = pair.split('=');
      return { preset: 'cloudformation-deploy', region, stackName, executionRoleArn };
    }),
    ...(given.flag('allow-cdk-deploy') ? [{ preset: 'cdk-deploy', region } as const] : []),
  ];
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

/** `permissions[0].region` came from an option as well. */
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
