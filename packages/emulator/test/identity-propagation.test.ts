import assert from 'node:assert/strict';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from 'client-sts-newest';
import { deployRole, type Running, running } from './running-emulator.ts';

const PROVIDER = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const PROVIDER_ARN = `arn:aws:iam::123456789012:oidc-provider/${PROVIDER}`;
const WORKSPACE = '00000000-0000-4000-8000-000000000001';

const trusting = (Principal: object, Condition: object = {}) => ({
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'], Condition }],
  },
});
const BRANCH = 'aws:TransactionContext/IdentityProvider/branch';
const configuration = (contextProvider: object) => ({
  bitbucket: { workspace: 'acme', workspaceUuid: WORKSPACE },
  accounts: {
    '123456789012': {
      oidcProviders: [
        { url: `https://${PROVIDER}`, clientIds: [`ari:cloud:bitbucket::workspace/${WORKSPACE}`], contextProvider },
      ],
      roles: {
        deploy: trusting({ Federated: PROVIDER_ARN }),
        main: trusting({ AWS: deployRole }, { StringEquals: { [BRANCH]: 'main' } }),
        person: trusting({ AWS: deployRole }, { StringEquals: { 'aws:OriginIdentity/SubjectType': 'user' } }),
      },
    },
  },
});

describe('a provider with a context provider', () => {
  let aws: Running;
  before(async () => {
    aws = await running(
      configuration({
        subjectSourceKey: 'stepUuid',
        subjectTypeValue: 'workload',
        keyDefinitionList: [
          { sourceKey: 'branchName', targetKey: 'branch' },
          { sourceKey: 'run', targetKey: 'run' },
          { sourceKey: 'absent', targetKey: 'absent' },
          { sourceKey: 'long', targetKey: 'long' },
        ],
      }),
    );
  });
  after(() => aws.emulator.stop());

  const client = (credentials = { accessKeyId: '', secretAccessKey: '', sessionToken: '' }) =>
    new STSClient({ endpoint: aws.emulator.ready.sts, region: 'eu-west-1', maxAttempts: 1, credentials });
  const assume = async (claims: object) =>
    client().send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: deployRole,
        RoleSessionName: 'session',
        WebIdentityToken: await aws.mint({ provider: 'bitbucket', stepUuid: '{step}', claims }),
      }),
    );
  const chain = async (branchName: string, role: string) => {
    const { Credentials: own } = await assume({ branchName });
    const session = client({
      accessKeyId: own?.AccessKeyId ?? '',
      secretAccessKey: own?.SecretAccessKey ?? '',
      sessionToken: own?.SessionToken ?? '',
    });
    const RoleArn = `arn:aws:iam::123456789012:role/${role}`;
    return session.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'chained' }));
  };

  it('returns the mapped claims', async () => {
    const { TrustedIdentityPropagationContext: context } = await assume({ run: 7, long: 'l'.repeat(129) });
    assert.deepEqual(context, {
      OriginIdentity: {
        Subject: '{step}',
        SubjectType: 'workload',
        Issuer: PROVIDER,
        FederatedProviderArn: PROVIDER_ARN,
      },
      TransactionContext: { IdentityProvider: { branch: 'main', run: '7' } },
    });
  });

  it('sets condition keys for requests of the session', async () => {
    await chain('main', 'main');
    await assert.rejects(chain('feature', 'main'), { name: 'AccessDenied' });
    await assert.rejects(chain('main', 'person'), { name: 'AccessDenied' });
  });
});

describe('a provider without a context provider', () => {
  it('returns no mapped claims', async () => {
    const aws = await running();
    const { body } = await aws.assume({ WebIdentityToken: await aws.mint({ provider: 'bitbucket' }) });
    await aws.emulator.stop();
    assert.doesNotMatch(body, /TrustedIdentityPropagationContext/);
  });
});
