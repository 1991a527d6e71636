import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyText } from '../../packages/trust-policy/test/apply-text.ts';
import {
  AzureAgent,
  BitbucketStep,
  buildPipeImage,
  canBuildImages,
  type EmulatorProcess,
  jobOf,
  NODE_24,
  startEmulatorProcess,
  type UnpackedTask,
  unpackTask,
} from '../support/index.ts';
import { isCi } from '../support/tools.ts';

/**
 * Common wrong setups, each through the real pipe or task. The first line must name the cause, and the printed fix must
 * work.
 */

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';
const REPOSITORY = '{aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee}';
const ENVIRONMENT = '{77777777-8888-4999-8aaa-bbbbbbbbbbbb}';
const STEP = '{1f0c9a2b-1111-4222-8333-444455556666}';

const SYSTEMS = {
  bitbucket: {
    issuer: 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    audience: 'ari:cloud:bitbucket::workspace/11111111-2222-4333-8444-555555555555',
    sub: { StringLike: `${REPOSITORY}:*` },
  },
  azure: {
    issuer: 'vstoken.dev.azure.com/66666666-7777-4888-8999-000000000000',
    audience: 'api://AzureADTokenExchange',
    sub: { StringEquals: 'sc://acme/shop/aws-deploy' },
  },
} as const;

type System = keyof typeof SYSTEMS;
type Condition = Record<string, Record<string, string>>;
interface Statement {
  Effect: string;
  Principal: Record<string, string>;
  Action: string;
  Condition: Condition;
}
interface Account {
  oidcProviders: { url: string; clientIds: string[] }[];
  statements: Statement[];
}

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/** A correct account, from which wrong ones are derived. */
function account(system: System): Account {
  const { issuer, audience, sub } = SYSTEMS[system];
  const condition: Condition = { StringEquals: { [`${issuer}:aud`]: audience } };
  for (const [operator, value] of Object.entries(sub))
    condition[operator] = { ...condition[operator], [`${issuer}:sub`]: value };
  return {
    oidcProviders: [{ url: `https://${issuer}`, clientIds: [audience] }],
    statements: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      },
    ],
  };
}

/** The same account with other or further conditions on the subject. */
function withConditions(system: System, conditions: Condition): Account {
  const { issuer, audience } = SYSTEMS[system];
  const spoilt = account(system);
  const [statement] = spoilt.statements;
  if (statement)
    statement.Condition = {
      StringEquals: { [`${issuer}:aud`]: audience, ...conditions['StringEquals'] },
      ...(conditions['StringLike'] ? { StringLike: conditions['StringLike'] } : {}),
    };
  return spoilt;
}

function withStatement(system: System, change: Partial<Statement>): Account {
  const spoilt = account(system);
  return { ...spoilt, statements: spoilt.statements.map((statement) => ({ ...statement, ...change })) };
}

const bitbucketSub = (operator: string, value: string) =>
  withConditions('bitbucket', { [operator]: { [`${SYSTEMS.bitbucket.issuer}:sub`]: value } });
const azureSub = (value: string) =>
  withConditions('azure', { StringEquals: { [`${SYSTEMS.azure.issuer}:sub`]: value } });

interface Case {
  readonly name: string;
  readonly system: System;
  readonly spoilt: Account;
  /** Cause of the explanation, or the failure's code if AWS itself reports the cause. */
  readonly cause: string;
  /** Subject of the token, if it is not the usual one. */
  readonly sub?: string;
  /** Whether the job uses no service connection. */
  readonly noConnection?: true | undefined;
  /** Texts of the emulator's STS; the current ones by default. */
  readonly messages?: 'old';
  /** Name of the service connection, if it is not the usual one. */
  readonly connection?: string;
  /** Changes that the fix asks for, if it is not a change of one condition. */
  readonly fixed?: Partial<Omit<Case, 'cause'>>;
}

const right = account('bitbucket');
const cases: readonly Case[] = [
  {
    name: 'StringEquals with a wildcard',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringEquals', `${REPOSITORY}:*`),
    cause: 'equals-with-wildcard',
  },
  {
    name: 'the step of an earlier run',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringEquals', `${REPOSITORY}:{99999999-1111-4222-8333-444455556666}`),
    cause: 'bitbucket-pinned-step',
  },
  {
    name: 'UUID without braces',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', `${REPOSITORY.slice(1, -1)}:*`),
    cause: 'bitbucket-braces-missing',
  },
  {
    name: 'UUID with doubled braces',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', `{${REPOSITORY}}:*`),
    cause: 'bitbucket-braces-surplus',
  },
  {
    name: 'repository by its name',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', 'shop-api:*'),
    cause: 'bitbucket-slug',
  },
  {
    name: 'subject without the step',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringEquals', REPOSITORY),
    cause: 'bitbucket-step-missing',
  },
  {
    name: 'environment by its name',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', `${REPOSITORY}:production:*`),
    cause: 'bitbucket-environment-name',
    sub: `${REPOSITORY}:${ENVIRONMENT}:${STEP}`,
  },
  {
    name: 'another environment',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', `${REPOSITORY}:{00000000-8888-4999-8aaa-bbbbbbbbbbbb}:*`),
    cause: 'other-environment',
    fixed: { sub: `${REPOSITORY}:{00000000-8888-4999-8aaa-bbbbbbbbbbbb}:${STEP}` },
    sub: `${REPOSITORY}:${ENVIRONMENT}:${STEP}`,
  },
  {
    name: 'a step without deployment',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', `${REPOSITORY}:${ENVIRONMENT}:*`),
    cause: 'deployment-missing',
    fixed: { sub: `${REPOSITORY}:${ENVIRONMENT}:${STEP}` },
  },
  {
    name: 'another repository',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', '{00000000-bbbb-4ccc-8ddd-eeeeeeeeeeee}:*'),
    cause: 'other-subject',
  },
  {
    name: 'UUID in capital letters',
    system: 'bitbucket',
    spoilt: bitbucketSub('StringLike', `${REPOSITORY.toUpperCase()}:*`),
    cause: 'case-mismatch',
  },
  {
    name: 'a condition on the branch',
    system: 'bitbucket',
    spoilt: withConditions('bitbucket', {
      StringEquals: { [`${SYSTEMS.bitbucket.issuer}:branchName`]: 'main' },
      StringLike: { [`${SYSTEMS.bitbucket.issuer}:sub`]: `${REPOSITORY}:*` },
    }),
    cause: 'unsupported-key',
    fixed: {
      spoilt: bitbucketSub('StringLike', `${REPOSITORY}:${ENVIRONMENT}:*`),
      sub: `${REPOSITORY}:${ENVIRONMENT}:${STEP}`,
    },
  },
  {
    name: 'provider ARN as condition key',
    system: 'bitbucket',
    spoilt: withConditions('bitbucket', {
      StringLike: { [`arn:aws:iam::${ACCOUNT}:oidc-provider/${SYSTEMS.bitbucket.issuer}:sub`]: `${REPOSITORY}:*` },
    }),
    cause: 'provider-arn-as-key',
  },
  {
    name: 'https:// in a condition key',
    system: 'bitbucket',
    spoilt: withConditions('bitbucket', {
      StringLike: { [`https://${SYSTEMS.bitbucket.issuer}:sub`]: `${REPOSITORY}:*` },
    }),
    cause: 'scheme-in-key',
  },
  {
    name: 'audience of another system',
    system: 'bitbucket',
    spoilt: withConditions('bitbucket', {
      StringEquals: { [`${SYSTEMS.bitbucket.issuer}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${SYSTEMS.bitbucket.issuer}:sub`]: `${REPOSITORY}:*` },
    }),
    cause: 'wrong-audience',
  },
  {
    name: 'provider of another account',
    system: 'bitbucket',
    spoilt: withStatement('bitbucket', {
      Principal: { Federated: `arn:aws:iam::210987654321:oidc-provider/${SYSTEMS.bitbucket.issuer}` },
    }),
    cause: 'principal-other-account',
  },
  {
    name: 'no identity provider',
    system: 'bitbucket',
    spoilt: { ...right, oidcProviders: [] },
    cause: 'IdentityTokenNotValidated',
  },
  {
    name: 'identity provider for another audience',
    system: 'bitbucket',
    spoilt: {
      ...right,
      oidcProviders: [{ url: `https://${SYSTEMS.bitbucket.issuer}`, clientIds: ['sts.amazonaws.com'] }],
    },
    cause: 'IdentityTokenNotValidated',
  },
  {
    name: 'no identity provider, by the old text',
    system: 'bitbucket',
    spoilt: { ...right, oidcProviders: [] },
    cause: 'ProviderNotRegistered',
    messages: 'old',
  },
  {
    name: 'identity provider for another audience, by the old text',
    system: 'bitbucket',
    spoilt: {
      ...right,
      oidcProviders: [{ url: `https://${SYSTEMS.bitbucket.issuer}`, clientIds: ['sts.amazonaws.com'] }],
    },
    cause: 'AudienceNotAccepted',
    messages: 'old',
  },
  {
    name: 'three slashes',
    system: 'azure',
    spoilt: azureSub('sc:///acme/shop/aws-deploy'),
    cause: 'azure-three-slashes',
  },
  {
    name: 'a service connection wanted, the pipeline given',
    system: 'azure',
    spoilt: azureSub('sc://acme/shop/aws-deploy'),
    cause: 'connection-mismatch',
    noConnection: true,
    fixed: { noConnection: undefined },
  },
  {
    name: 'another service connection',
    system: 'azure',
    spoilt: azureSub('sc://acme/shop/other'),
    cause: 'other-subject',
    fixed: { connection: 'other' },
  },
  {
    name: 'names in another case',
    system: 'azure',
    spoilt: azureSub('sc://Acme/Shop/aws-deploy'),
    cause: 'case-mismatch',
  },
  {
    name: 'organization by its name',
    system: 'azure',
    spoilt: withStatement('azure', {
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/vstoken.dev.azure.com/acme` },
    }),
    cause: 'issuer-form',
  },
  {
    name: 'the wrong action',
    system: 'azure',
    spoilt: withStatement('azure', { Action: 'sts:AssumeRole' }),
    cause: 'action-missing',
  },
];

describe('a wrong setup, through the real pipe or task', () => {
  const bundle = fileURLToPath(new URL('../../pipe/dist/pipe.mjs', import.meta.url));
  let pipe: { image: string } | { bundle: string; node: string };
  let task: UnpackedTask;

  before(function () {
    this.timeout(180_000);
    pipe = canBuildImages() || isCi(process.env['CI']) ? { image: buildPipeImage() } : { bundle, node: NODE_24 };
    task = unpackTask();
  });
  after(() => task.remove());

  for (const one of cases) {
    it(`${one.system}: ${one.name} is ${one.cause}, and the printed fix works`, async () => {
      const refused = await run(one, one.spoilt);
      assert.equal(refused.succeeded, false, refused.log);
      const [, report = ''] = /^(?:✖ |##\[error\])(\w+: [\s\S]*)/m.exec(refused.log) ?? [];
      const [cause = '', fix = ''] = report.split('\n');
      if (/^[A-Z]/.test(one.cause)) assert.ok(cause.startsWith(`${one.cause}: `), report);
      else assert.ok(cause.startsWith('AccessDenied: ') && cause.includes(`trust.json, ${one.cause})`), report);
      assert.match(fix, /^Fix: /);

      const after = { ...one, ...one.fixed };
      const fixed = await run(after, one.fixed === undefined ? applied(one.spoilt, report) : after.spoilt);
      assert.equal(fixed.succeeded, true, `${report}\n\n${fixed.log}`);
    });
  }

  it('is reported as in the README', async () => {
    const example = cases.find(({ cause }) => cause === 'bitbucket-braces-missing');
    assert.ok(example);
    const { log } = await run(example, example.spoilt);
    const report = /## When it fails[\s\S]*?```text\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8'))?.[1] ?? '';
    // The README wraps long lines, and abbreviates text with "…".
    const words = (text: string) => text.trim().replace(/\s+/g, ' ');
    const awsLog = words(log).replace(/http:\/\/127\.0\.0\.1:\d+/, 'https://sts.eu-west-1.amazonaws.com');
    let from = 0;
    for (const part of words(report).split(/ ?… ?/)) {
      const position = awsLog.indexOf(part, from);
      assert.notEqual(position, -1, `"${part}" is not, or not there, in:\n${log}`);
      from = position + part.length;
    }
    assert.ok(from > 800);
  });

  /** Returns the account after the change in the report. */
  function applied(spoilt: Account, report: string): Account {
    const [, advice] = /^Fix: (.*)$/m.exec(report.includes('trust.json, ') ? report : '') ?? [];
    if (advice !== undefined) {
      const policy = applyText({ Statement: spoilt.statements }, undefined, advice) as { Statement: Statement[] };
      assert.notDeepEqual(policy.Statement, spoilt.statements, `nothing to apply in: ${advice}`);
      return { ...spoilt, statements: policy.Statement };
    }
    const [, url = '', clientId = ''] =
      /create-open-id-connect-provider --url '(\S+)' --client-id-list '(\S+)'/.exec(report) ?? [];
    const [, added = ''] = /add-client-id-to-open-id-connect-provider .* --client-id '(\S+)'/.exec(report) ?? [];
    const [present] = spoilt.oidcProviders;
    if (present === undefined) return { ...spoilt, oidcProviders: [{ url, clientIds: [clientId] }] };
    return { ...spoilt, oidcProviders: [{ ...present, clientIds: [...present.clientIds, added] }] };
  }

  async function run(one: Case, { oidcProviders, statements }: Account): Promise<{ succeeded: boolean; log: string }> {
    const trustPolicy = { Version: '2012-10-17', Statement: statements };
    const emulator = await startEmulatorProcess({
      config: {
        accounts: { [ACCOUNT]: { oidcProviders, roles: { deploy: { trustPolicy } } } },
        ...(one.messages === undefined ? {} : { sts: { messages: one.messages } }),
        bitbucket: {
          issuer: `https://${SYSTEMS.bitbucket.issuer}`,
          workspace: 'acme',
          workspaceUuid: '11111111-2222-4333-8444-555555555555',
          repositoryUuid: REPOSITORY.slice(1, -1),
        },
        azureDevOps: {
          issuer: `https://${SYSTEMS.azure.issuer}`,
          organization: 'acme',
          organizationId: '66666666-7777-4888-8999-000000000000',
          project: 'shop',
          serviceConnections: { [CONNECTION]: one.connection ?? 'aws-deploy' },
        },
      },
    });
    try {
      return await (one.system === 'bitbucket' ? throughPipe : throughTask)(one, emulator, JSON.stringify(trustPolicy));
    } finally {
      await emulator.stop();
    }
  }

  async function throughPipe(one: Case, emulator: EmulatorProcess, trustPolicy: string) {
    const sub = one.sub ?? `${REPOSITORY}:${STEP}`;
    const step = new BitbucketStep({ oidcToken: await emulator.control.mint('bitbucket', { sub }) });
    try {
      writeFileSync(path.join(step.cloneFolder, 'trust.json'), trustPolicy);
      const variables = {
        AWS_OIDC_ROLE_ARN: ROLE,
        AWS_DEFAULT_REGION: 'eu-west-1',
        STS_ENDPOINT: emulator.ready.sts,
        TRUST_POLICY_FILE: 'trust.json',
      };
      const { exitCode, stdout, stderr } = await step.runPipe({ ...pipe, variables });
      return { succeeded: exitCode === 0, log: `${stderr}\n${stdout}` };
    } finally {
      step.dispose();
    }
  }

  async function throughTask(one: Case, emulator: EmulatorProcess, trustPolicy: string) {
    const agent = new AzureAgent({
      ...jobOf(emulator.ready),
      serviceConnections: {
        [CONNECTION]: { name: one.connection ?? 'aws-deploy', type: 'Generic', url: 'https://aws.amazon.com/' },
      },
    });
    try {
      const folder = mkdtempSync(path.join(tmpdir(), 'sources-'));
      const trustPolicyFile = path.join(folder, 'trust.json');
      writeFileSync(trustPolicyFile, trustPolicy);
      const inputs = {
        roleArn: ROLE,
        region: 'eu-west-1',
        stsEndpoint: emulator.ready.sts,
        trustPolicyFile,
        ...(one.noConnection ? {} : { serviceConnection: CONNECTION }),
      };
      const { result, log } = await agent.runTask({
        folder: task.folder,
        inputs,
      });
      rmSync(folder, { recursive: true });
      return { succeeded: result === 'Succeeded', log: log.join('\n') };
    } finally {
      agent.dispose();
    }
  }
});
