import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { deployedResources } from '../../packages/trust-policy/test/deployed-template.ts';
import { needsCdk, needsTerraform } from '../support/index.ts';
import { awsOidc } from './cli/aws-oidc.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CDK = path.join(ROOT, 'packages/cdk');
const ACCOUNT = '123456789012';

interface Case {
  readonly name: string;
  readonly issuer: string;
  /** Options of `aws-oidc trust generate`. */
  readonly cli: readonly string[];
  /** Code of a CDK app for a provider and the scopes of a role. */
  readonly cdk: { readonly kind: 'Bitbucket' | 'AzureDevOps'; readonly provider: object; readonly trust: string };
  /** Terraform module and its variables for the role. */
  readonly terraform: { readonly module: string; readonly provider: object; readonly trust: readonly object[] };
  readonly sourceIps?: readonly string[];
}

const WORKSPACE_UUID = '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11';
const BITBUCKET_ISSUER = 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const SHOP = '{B5C1D0F2-8E34-4C43-A1F7-5D9B7C2E4A22}';
const SITE = '9c6a3c1e-7c1c-4b8a-9c36-0d8e2f4a6b13';
const STAGING = '{3c2b1a09-8f7e-4d6c-9b5a-493827160544}';
const PRODUCTION = '4d3c2b1a-8f7e-4d6c-9b5a-493827160544';
const ORGANIZATION_ID = '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55';
const AZURE_ISSUER = `https://vstoken.dev.azure.com/${ORGANIZATION_ID}`;

const bitbucket = {
  issuer: BITBUCKET_ISSUER,
  cdk: { kind: 'Bitbucket', provider: { workspace: 'acme', workspaceUuid: WORKSPACE_UUID } },
  terraform: {
    module: 'bitbucket-role',
    provider: { issuer: BITBUCKET_ISSUER, audience: `ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}` },
  },
  cli: ['bitbucket', '--workspace', 'acme', '--workspace-uuid', WORKSPACE_UUID],
} as const;
const azure = {
  issuer: AZURE_ISSUER,
  cdk: { kind: 'AzureDevOps', provider: { organization: 'acme', organizationId: ORGANIZATION_ID } },
  terraform: {
    module: 'azure-devops-role',
    provider: { issuer: AZURE_ISSUER, audience: 'api://AzureADTokenExchange', organization: 'acme' },
  },
  cli: ['azure-devops', '--organization', 'acme', '--organization-id', ORGANIZATION_ID],
} as const;

const CASES: readonly Case[] = [
  {
    ...bitbucket,
    name: 'one Bitbucket repository',
    cli: [...bitbucket.cli, '--repository-uuid', SHOP],
    cdk: { ...bitbucket.cdk, trust: `[BitbucketScope.repository('${SHOP}')]` },
    terraform: { ...bitbucket.terraform, trust: [{ repository_uuid: SHOP }] },
  },
  {
    ...bitbucket,
    name: 'two Bitbucket environments, from two networks',
    cli: [
      ...[...bitbucket.cli, '--repository-uuid', SHOP, '--deployment-environment-uuid', STAGING],
      ...['--repository-uuid', SITE, '--deployment-environment-uuid', PRODUCTION],
    ],
    cdk: {
      ...bitbucket.cdk,
      trust: `[BitbucketScope.deploymentEnvironment('${SHOP}', '${STAGING}'), BitbucketScope.deploymentEnvironment('${SITE}', '${PRODUCTION}')]`,
    },
    terraform: {
      ...bitbucket.terraform,
      trust: [
        { repository_uuid: SHOP, deployment_environment_uuid: STAGING },
        { repository_uuid: SITE, deployment_environment_uuid: PRODUCTION },
      ],
    },
    sourceIps: ['203.0.113.0/24', '198.51.100.7'],
  },
  {
    ...azure,
    name: 'one Azure DevOps service connection, from one network',
    cli: [...azure.cli, '--project', 'shop', '--service-connection', 'aws-deploy'],
    cdk: { ...azure.cdk, trust: `[AzureDevOpsScope.serviceConnection('shop', 'aws-deploy')]` },
    terraform: { ...azure.terraform, trust: [{ project: 'shop', service_connection: 'aws-deploy' }] },
    sourceIps: ['203.0.113.0/24'],
  },
  {
    ...azure,
    name: 'two Azure pipelines with names that IAM would read as variables',
    cli: [...azure.cli, '--project', 'my shop', '--pipeline', '${aws:username}', '--pipeline', 'a$b {c}'],
    cdk: {
      ...azure.cdk,
      trust:
        "[AzureDevOpsScope.pipeline('my shop', '${aws:username}'), AzureDevOpsScope.pipeline('my shop', 'a$b {c}')]",
    },
    terraform: {
      ...azure.terraform,
      trust: [
        { project: 'my shop', pipeline: '${aws:username}' },
        { project: 'my shop', pipeline: 'a$b {c}' },
      ],
    },
  },
];

const EXECUTION_ROLE = `arn:aws:iam::${ACCOUNT}:role/shop-stack-execution`;
const CLI_PERMISSIONS = [
  ...['--region', 'eu-west-1', '--allow-s3-sync', 'acme-site', '--allow-s3-sync', 'acme-docs/v1'],
  ...['--allow-cloudfront-invalidation', 'E1EXAMPLE2SITE', '--allow-ecr-push', 'acme/shop'],
  ...['--allow-cloudformation-deploy', `shop=${EXECUTION_ROLE}`, '--allow-cdk-deploy'],
];
const CDK_PERMISSIONS = `
  role.allowS3Sync('acme-site'); role.allowS3Sync('acme-docs', { prefix: 'v1' });
  role.allowCloudFrontInvalidation('E1EXAMPLE2SITE'); role.allowEcrPush('acme/shop');
  role.allowCloudFormationDeploy('shop', '${EXECUTION_ROLE}'); role.allowCdkDeploy();`;
const TERRAFORM_PERMISSIONS = {
  s3_sync: [{ bucket: 'acme-site' }, { bucket: 'acme-docs', prefix: 'v1' }],
  cloudfront_invalidation: ['E1EXAMPLE2SITE'],
  ecr_push: [{ region: 'eu-west-1', repository: 'acme/shop' }],
  cloudformation_deploy: [{ region: 'eu-west-1', stack_name: 'shop', execution_role_arn: EXECUTION_ROLE }],
  cdk_deploy: [{ region: 'eu-west-1' }],
};

/** Trust policy and permissions of a role, each as normalized text. */
interface Policies {
  readonly trust: string;
  readonly permissions: string;
}

/** Returns JSON with sorted members. A list of one value becomes the value, which is equal for IAM. */
function normalized(value: unknown): string {
  const plain = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.length === 1 ? plain(item[0]) : item.map(plain);
    if (typeof item !== 'object' || item === null) return item;
    const members = Object.entries(item).map(([name, member]) => [name, plain(member)] as const);
    return Object.fromEntries(members.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  };
  return JSON.stringify(plain(value));
}

const providerArn = ({ issuer }: Case) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer.slice('https://'.length)}`;
const sourceIps = ({ sourceIps: blocks = [] }: Case) => blocks.flatMap((block) => ['--source-ip', block]);

async function generated(one: Case, ...more: string[]): Promise<string> {
  const args = ['trust', 'generate', ...one.cli, '--account', ACCOUNT, ...sourceIps(one), ...more];
  const { status, stdout, stderr } = await awsOidc(args);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Returns the policies that the AWS CLI would send. */
async function cliPolicies(one: Case): Promise<Policies> {
  const script = await generated(one, '--format', 'aws-cli', ...CLI_PERMISSIONS);
  const program = `aws() { for argument in "$@"; do printf '%s\\0' "$argument"; done; }\n${script}`;
  const { stdout } = spawnSync('sh', ['-c', program], { encoding: 'utf8' });
  const words = stdout.split('\0');
  const after = (option: string) => normalized(JSON.parse(words[words.indexOf(option) + 1] ?? ''));
  const trust = after('--assume-role-policy-document');
  assert.equal(trust, normalized(JSON.parse(await generated(one))));
  return { trust, permissions: after('--policy-document') };
}

interface RoleProperties {
  readonly AssumeRolePolicyDocument: unknown;
  readonly Policies?: readonly { readonly PolicyDocument: unknown }[];
}

async function cloudFormationPolicies(one: Case): Promise<Policies> {
  const template = parse(await generated(one, '--format', 'cloudformation', ...CLI_PERMISSIONS));
  const deployment = { account: ACCOUNT, partition: 'aws', providerArn: providerArn(one) };
  const role = deployedResources(template, deployment)['Role'] as RoleProperties;
  return {
    trust: normalized(role.AssumeRolePolicyDocument),
    permissions: normalized(role.Policies?.[0]?.PolicyDocument),
  };
}

/** Runs a CDK app in the package's folder, which contains its libraries. */
function cdkPolicies(one: Case): Policies {
  const { kind, provider, trust } = one.cdk;
  const folder = mkdtempSync(path.join(CDK, '.app-'));
  try {
    const app = `
      import { App, Stack } from 'aws-cdk-lib';
      import { ${kind}OidcProvider, ${kind}OidcRole, ${kind}Scope } from '../src/index.ts';
      const app = new App();
      const stack = new Stack(app, 'S', { env: { account: '${ACCOUNT}', region: 'eu-west-1' } });
      const provider = new ${kind}OidcProvider(stack, 'P', ${JSON.stringify(provider)});
      const role = new ${kind}OidcRole(stack, 'R', { provider, trust: ${trust}, sourceIps: ${JSON.stringify(one.sourceIps ?? [])} });
      ${CDK_PERMISSIONS}
      console.log(JSON.stringify(app.synth().getStackByName('S').template.Resources));`;
    writeFileSync(path.join(folder, 'app.mts'), app);
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', path.join(folder, 'app.mts')], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    assert.notEqual(stdout, '', stderr);
    const resources = Object.values<{ Type: string; Properties: Record<string, unknown> }>(JSON.parse(stdout));
    const property = (type: string, name: string) => resources.find(({ Type }) => Type === type)?.Properties[name];
    const resolve = (value: unknown) => normalized(withoutReferences(value, providerArn(one)));
    return {
      trust: resolve(property('AWS::IAM::Role', 'AssumeRolePolicyDocument')),
      permissions: resolve(property('AWS::IAM::Policy', 'PolicyDocument')),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Resolves references, which are only to the provider and to the partition in these stacks. */
function withoutReferences(value: unknown, arn: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, arn));
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  if ('Fn::GetAtt' in members) return arn;
  if ('Ref' in members) {
    assert.equal(members['Ref'], 'AWS::Partition');
    return 'aws';
  }
  if ('Fn::Join' in members) {
    const [separator, parts] = members['Fn::Join'] as [string, unknown[]];
    return parts.map((part) => withoutReferences(part, arn)).join(separator);
  }
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, withoutReferences(member, arn)]));
}

/** Returns a value for Terraform as JSON. HCL would read `${` as a template. */
const hcl = (value: unknown) => `jsondecode(${JSON.stringify(JSON.stringify(value)).replaceAll('${', () => '$${')})`;

describe('the same scope and permissions', function () {
  this.timeout(120_000);

  for (const one of CASES) {
    it(`give the same policies with CLI and CloudFormation: ${one.name}`, async () => {
      assert.deepEqual(await cloudFormationPolicies(one), await cliPolicies(one));
    });
  }

  describe('as CDK constructs', () => {
    before(function () {
      needsCdk(this);
    });
    for (const one of CASES) {
      it(`give the policies of the CLI: ${one.name}`, async () =>
        assert.deepEqual(cdkPolicies(one), await cliPolicies(one)));
    }
  });

  describe('as Terraform modules', () => {
    let terraform: ReturnType<typeof needsTerraform>;
    let folder: string;
    before(function () {
      terraform = needsTerraform(this);
      folder = mkdtempSync(path.join(tmpdir(), 'terraform-equality-'));
      cpSync(path.join(ROOT, 'terraform/modules'), path.join(folder, 'modules'), {
        recursive: true,
        filter: (source) => !source.includes('.terraform'),
      });
    });
    after(() => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    for (const [index, one] of CASES.entries()) {
      it(`give the policies of the CLI: ${one.name}`, async () => {
        const { module, provider, trust } = one.terraform;
        const root = path.join(folder, `case-${index}`);
        mkdirSync(root);
        const expected = await cliPolicies(one);
        writeFileSync(
          path.join(root, 'main.tf'),
          `terraform {
             required_providers {
               aws = { source = "hashicorp/aws" }
             }
           }
           module "role" {
             source            = "../modules/${module}"
             name              = "deploy"
             identity_provider = ${hcl({ ...provider, arn: providerArn(one) })}
             trust             = ${hcl(trust)}
             source_ips        = ${hcl(one.sourceIps ?? [])}
             permissions       = ${hcl(TERRAFORM_PERMISSIONS)}
           }
           resource "terraform_data" "policies" {
             input = { trust = module.role.trust_policy, permissions = module.role.permission_policy }
             provisioner "local-exec" {
               command     = "printf '%s' \\"$POLICIES\\" >policies.json"
               working_dir = path.module
               environment = { POLICIES = jsonencode(self.input) }
             }
           }\n`,
        );
        writeFileSync(path.join(root, 'apply.tftest.hcl'), 'mock_provider "aws" {}\nrun "apply" {}\n');
        const init = terraform.init(root);
        assert.equal(init.status, 0, init.output);
        const { status, output } = terraform.run(['test'], root);
        assert.equal(status, 0, output);
        const writtenPolicies = JSON.parse(readFileSync(path.join(root, 'policies.json'), 'utf8'));
        assert.deepEqual(
          {
            trust: normalized(JSON.parse(writtenPolicies.trust)),
            permissions: normalized(JSON.parse(writtenPolicies.permissions)),
          },
          expected,
        );
      });
    }
  });
});
