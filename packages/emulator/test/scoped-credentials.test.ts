import assert from 'node:assert/strict';
import type { Credentials } from '@aws-sdk/client-sts';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetScopedCredentialsCommand,
  type GetScopedCredentialsCommandInput,
  STSClient,
} from 'client-sts-newest';
import { deployRole, type Running, running } from './running-emulator.ts';

const statement = (Principal: object) => ({
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'] }],
  },
});
const issuer = 'https://token.actions.githubusercontent.com';
const configuration = {
  accounts: {
    '123456789012': {
      oidcProviders: [{ url: issuer, clientIds: ['sts.amazonaws.com'] }],
      roles: {
        deploy: statement({
          Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        }),
        next: statement({ AWS: deployRole }),
      },
    },
  },
};
const next = 'arn:aws:iam::123456789012:role/next';
const policy = (Effect: string, Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] });

describe('GetScopedCredentials', () => {
  let aws: Running;
  let session: Credentials;
  before(async () => {
    aws = await running(configuration);
  });
  beforeEach(async () => {
    session = await aws.credentials({ WebIdentityToken: await aws.mint({ provider: 'github' }) });
  });
  after(() => aws.emulator.stop());

  const client = (credentials: Credentials, path = '') =>
    new STSClient({
      endpoint: `${aws.emulator.ready.sts}${path}`,
      region: 'eu-west-1',
      maxAttempts: 1,
      credentials: {
        accessKeyId: credentials.AccessKeyId ?? '',
        secretAccessKey: credentials.SecretAccessKey ?? '',
        sessionToken: credentials.SessionToken ?? '',
      },
    });
  const scope = (credentials: Credentials, input: GetScopedCredentialsCommandInput) =>
    client(credentials).send(new GetScopedCredentialsCommand(input));
  const narrowed = async (credentials: Credentials, input: GetScopedCredentialsCommandInput): Promise<Credentials> => {
    const { Credentials: scoped } = await scope(credentials, input);
    assert(scoped);
    return scoped;
  };
  const assume = (credentials: Credentials) =>
    client(credentials).send(new AssumeRoleCommand({ RoleArn: next, RoleSessionName: 'chained' }));

  it('keeps the identity and the end of the session', async () => {
    const answer = await scope(session, { Policy: policy('Allow', 's3:*') });
    assert(answer.Credentials);
    const { Arn, UserId } = await client(answer.Credentials).send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, 'arn:aws:sts::123456789012:assumed-role/deploy/session');
    assert.deepEqual(answer.SessionInfo, { Arn, ScopedSessionId: UserId });
    assert.equal(answer.ScopedPoliciesCount, 1);
    assert.equal(answer.Credentials.Expiration?.getTime(), session.Expiration?.getTime());
    assert.notEqual(answer.Credentials.SessionToken, session.SessionToken);
  });

  it('can be shorter than any other session', async () => {
    const scoped = await narrowed(session, { DurationSeconds: 1, ScopedSessionDescription: 'one command' });
    await aws.control('POST', 'clock', { advanceSeconds: 1 });
    await assert.rejects(client(scoped).send(new GetCallerIdentityCommand({})), { name: 'ExpiredToken' });
    await aws.control('POST', 'clock', { advanceSeconds: -1 });
  });

  it('cannot be longer than the session', async () => {
    await assert.rejects(scope(session, { DurationSeconds: 3601 }), { name: 'InsufficientSessionLifetimeException' });
  });

  it('only narrows the permissions, layer by layer', async () => {
    await assume(session);
    const allowing = await narrowed(session, { Policy: policy('Allow', 'sts:*') });
    await assume(allowing);
    const readOnly = await narrowed(allowing, { Policy: policy('Allow', 's3:*') });
    await assert.rejects(assume(readOnly), { name: 'AccessDenied' });
    const widened = await narrowed(readOnly, { Policy: policy('Allow', '*') });
    await assert.rejects(assume(widened), { name: 'AccessDenied' });
  });

  it('has at most three layers of policies, but can still be shortened', async () => {
    let scoped = session;
    for (let n = 0; n < 3; n++) scoped = await narrowed(scoped, { Policy: policy('Allow', '*') });
    await assert.rejects(scope(scoped, { Policy: policy('Allow', '*') }), { name: 'AccessDenied' });
    const { ScopedPoliciesCount } = await scope(scoped, { DurationSeconds: 60 });
    assert.equal(ScopedPoliciesCount, 3);
  });

  const refused: readonly { name: string; input: GetScopedCredentialsCommandInput; code: string }[] = [
    { name: 'neither a policy nor a duration', input: {}, code: 'ValidationError' },
    { name: 'a duration of 0', input: { DurationSeconds: 0 }, code: 'ValidationError' },
    { name: 'a duration of more than 36 hours', input: { DurationSeconds: 129_601 }, code: 'ValidationError' },
    {
      name: 'a description of 257 characters',
      input: { DurationSeconds: 60, ScopedSessionDescription: 'd'.repeat(257) },
      code: 'ValidationError',
    },
    { name: 'a policy that is not JSON', input: { Policy: '{' }, code: 'MalformedPolicyDocumentException' },
  ];
  for (const { name, input, code } of refused) {
    it(`is refused with ${name}`, async () => {
      await assert.rejects(scope(session, input), { name: code });
    });
  }

  it('lists the session without its secrets', async () => {
    const scoped = await narrowed(session, { DurationSeconds: 60 });
    const { sessions } = (await (await aws.control('GET', 'sessions')).json()) as {
      sessions: { action: string; accessKeyId: string; durationSeconds: number }[];
    };
    const listed = sessions.find(({ accessKeyId }) => accessKeyId === scoped.AccessKeyId);
    assert.deepEqual([listed?.action, listed?.durationSeconds], ['GetScopedCredentials', 60]);
  });

  it('answers a signed request whose path is not normalized', async () => {
    for (const path of ['//', '/./', '/a/..']) {
      const { Account } = await client(session, path).send(new GetCallerIdentityCommand({}));
      assert.equal(Account, '123456789012');
    }
  });
});
