import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type Credentials, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { signatureOf } from '../src/sts/signature-v4.ts';
import { client, deployRole, type Running, running } from './running-emulator.ts';

const account = '123456789012';
const other = '210987654321';
const bitbucket = 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const provider = bitbucket.replace('https://', '');
const workspace = '00000000-0000-4000-8000-000000000001';

const trusting = (
  AWS: string,
  Condition: object = {},
  Action: unknown = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
) => ({
  trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS }, Action, Condition }] },
  maxSessionDuration: 7200,
});

const webIdentity = {
  trustPolicy: {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
    },
  },
};

const configuration = {
  bitbucket: { workspace: 'acme', workspaceUuid: workspace },
  accounts: {
    [account]: {
      oidcProviders: [{ url: bitbucket, clientIds: [`ari:cloud:bitbucket::workspace/${workspace}`] }],
      roles: {
        deploy: webIdentity,
        powerful: { ...webIdentity, allowAssumeRole: true },
        plain: trusting(deployRole),
        short: { ...trusting(deployRole), maxSessionDuration: 3600 },
        'session-only': trusting(`arn:aws:sts::${account}:assumed-role/deploy/session`),
        'whole-account': trusting(`arn:aws:iam::${account}:root`),
        anyone: trusting('*'),
        'in-eu-west-1': trusting(deployRole, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }),
        'in-us-east-1': trusting(deployRole, { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }),
        'with-external-id': trusting(deployRole, { StringEquals: { 'sts:ExternalId': 'shared' } }),
        untagged: trusting(deployRole, {}, 'sts:AssumeRole'),
        'team-only': trusting(deployRole, { StringEquals: { 'aws:RequestTag/Team': 'core' } }),
        next: trusting(`arn:aws:iam::${account}:role/plain`, { StringEquals: { 'aws:PrincipalTag/Team': 'core' } }),
      },
    },
    [other]: {
      roles: { far: trusting(deployRole), 'far-powerful': trusting(`arn:aws:iam::${account}:role/powerful`) },
    },
  },
};

const arnOf = (name: string, id = account) => `arn:aws:iam::${id}:role/${name}`;
const allowing = (Action: string, Resource = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });

describe('AssumeRole', () => {
  let aws: Running;
  let deploy: Credentials;
  before(async () => {
    aws = await running(configuration);
    deploy = await aws.credentials();
  });
  after(() => aws.emulator.stop());

  const denied = (role: string, action = 'sts:AssumeRole') => ({
    name: 'AccessDenied',
    message: `User: arn:aws:sts::${account}:assumed-role/deploy/session is not authorized to perform: ${action} on resource: ${role}`,
  });

  it('opens a session of a role that trusts the caller', async () => {
    const chained = await aws.assumeRole(deploy, { RoleArn: arnOf('plain') });
    const { Arn, Account, UserId } = await client(aws.emulator, chained).send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Arn, Account], [`arn:aws:sts::${account}:assumed-role/plain/chained`, account]);
    assert.match(UserId ?? '', /^AROA[A-Z2-7]{17}:chained$/);
  });

  for (const name of ['plain', 'session-only', 'anyone']) {
    it(`needs no permission of the caller's role if the trust policy names it: ${name}`, async () => {
      await aws.assumeRole(deploy, { RoleArn: arnOf(name) });
    });
  }

  for (const arn of [arnOf('whole-account'), arnOf('far', other), arnOf('missing'), arnOf('deploy'), arnOf('next')]) {
    it(`is denied for ${arn}`, async () => {
      await assert.rejects(aws.assumeRole(deploy, { RoleArn: arn }), denied(arn));
    });
  }

  it("needs the role's permission if the trust policy names the account or is in another one", async () => {
    const powerful = await aws.credentials({ RoleArn: arnOf('powerful') });
    await aws.assumeRole(powerful, { RoleArn: arnOf('whole-account') });
    await aws.assumeRole(powerful, { RoleArn: arnOf('far-powerful', other) });
  });

  it('evaluates the region of the signature', async () => {
    await aws.assumeRole(deploy, { RoleArn: arnOf('in-eu-west-1') });
    const RoleArn = arnOf('in-us-east-1');
    await assert.rejects(aws.assumeRole(deploy, { RoleArn }), denied(RoleArn));
  });

  it('checks the external id', async () => {
    const RoleArn = arnOf('with-external-id');
    await aws.assumeRole(deploy, { RoleArn, ExternalId: 'shared' });
    await assert.rejects(aws.assumeRole(deploy, { RoleArn, ExternalId: 'guessed' }), denied(RoleArn));
    await assert.rejects(aws.assumeRole(deploy, { RoleArn }), denied(RoleArn));
  });

  it('lasts at most one hour, after the limits of the parameter and of the role', async () => {
    const asking = (name: string, DurationSeconds: number) =>
      aws.assumeRole(deploy, { RoleArn: arnOf(name), DurationSeconds });
    await asking('plain', 3600);
    await assert.rejects(asking('plain', 3601), {
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
    await assert.rejects(asking('short', 3601), {
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    await assert.rejects(asking('plain', 43_201), { message: /^1 validation error detected: Value '43201'/ });
  });

  it('tags the session if sts:TagSession is allowed', async () => {
    const Tags = [{ Key: 'Team', Value: 'core' }];
    await aws.assumeRole(deploy, { RoleArn: arnOf('team-only'), Tags });
    await assert.rejects(
      aws.assumeRole(deploy, { RoleArn: arnOf('untagged'), Tags }),
      denied(arnOf('untagged'), 'sts:TagSession'),
    );
  });

  it('passes on transitive tags as tags of the caller and of the request', async () => {
    const Tags = [
      { Key: 'Team', Value: 'core' },
      { Key: 'Other', Value: 'x' },
    ];
    const tagged = await aws.assumeRole(deploy, { RoleArn: arnOf('plain'), Tags, TransitiveTagKeys: ['Team'] });
    await aws.assumeRole(tagged, { RoleArn: arnOf('next'), RoleSessionName: 'last' });
    const { sessions } = (await (await aws.control('GET', 'sessions')).json()) as {
      sessions: { arn: string; tags: object }[];
    };
    assert.deepEqual(sessions.find(({ arn }) => arn.endsWith('/next/last'))?.tags, { Team: 'core' });
    await assert.rejects(aws.assumeRole(tagged, { RoleArn: arnOf('next'), Tags: [{ Key: 'team', Value: 'mine' }] }), {
      name: 'ValidationError',
      message: /conflicts with a transitive tag key/,
    });
  });

  const wrongTags = [
    { name: 'two keys that differ in case', Tags: ['Team', 'TEAM'], expected: /^Duplicate tag keys found/ },
    { name: 'a reserved key', Tags: ['aws:x'], expected: /reserved for system use/ },
    {
      name: 'a character that is not allowed',
      Tags: ['a#b'],
      expected: /^1 validation error detected: Value 'a#b' at 'tags\.1\.member\.key'/,
    },
  ];
  for (const { name, Tags, expected } of wrongTags) {
    it(`refuses ${name}`, async () => {
      const input = { RoleArn: arnOf('plain'), Tags: Tags.map((Key) => ({ Key, Value: 'v' })) };
      await assert.rejects(aws.assumeRole(deploy, input), { name: 'ValidationError', message: expected });
    });
  }

  it('refuses a transitive key without its tag', async () => {
    await assert.rejects(aws.assumeRole(deploy, { RoleArn: arnOf('plain'), TransitiveTagKeys: ['Team'] }), {
      name: 'ValidationError',
    });
  });

  it('keeps the source identity in every later session', async () => {
    const session = await aws.assumeRole(deploy, {
      RoleArn: arnOf('plain'),
      SourceIdentity: 'octocat',
      Tags: [{ Key: 'Team', Value: 'core' }],
    });
    await assert.rejects(aws.assumeRole(session, { RoleArn: arnOf('next'), SourceIdentity: 'hubot' }), {
      message: 'The source identity is already set for this assume role session',
    });
    await aws.assumeRole(session, { RoleArn: arnOf('next'), SourceIdentity: 'octocat' });
  });

  it('refuses every one-time code', async () => {
    const input = { RoleArn: arnOf('plain'), SerialNumber: `arn:aws:iam::${account}:mfa/me`, TokenCode: '123456' };
    await assert.rejects(aws.assumeRole(deploy, input), { name: 'AccessDenied', message: /MultiFactorAuthentication/ });
  });

  const narrowed: readonly { name: string; parameters: Record<string, string>; allowed: boolean }[] = [
    { name: 'allows the action', parameters: { Policy: allowing('sts:AssumeRole', arnOf('plain')) }, allowed: true },
    { name: 'allows something else', parameters: { Policy: allowing('s3:*') }, allowed: false },
    {
      name: 'allows it for another role',
      parameters: { Policy: allowing('sts:AssumeRole', arnOf('short')) },
      allowed: false,
    },
    {
      name: 'is the managed policy of administrators',
      parameters: { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/AdministratorAccess' },
      allowed: true,
    },
    {
      name: 'is another managed policy',
      parameters: { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      allowed: false,
    },
    {
      name: 'denies what a managed policy allows',
      parameters: {
        'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/AdministratorAccess',
        Policy: allowing('sts:*').replace('Allow', 'Deny'),
      },
      allowed: false,
    },
  ];
  for (const { name, parameters, allowed } of narrowed) {
    it(`is ${allowed ? 'possible' : 'denied'} from a session whose policy ${name}`, async () => {
      const credentials = await aws.credentials(parameters);
      const attempt = aws.assumeRole(credentials, { RoleArn: arnOf('plain') });
      if (allowed) await attempt;
      else await assert.rejects(attempt, denied(arnOf('plain')));
    });
  }
});

describe('signed requests', () => {
  let aws: Running;
  let deploy: Credentials;
  beforeEach(async () => {
    aws = await running(configuration);
    deploy = await aws.credentials();
  });
  afterEach(() => aws.emulator.stop());

  const ask = (credentials: Credentials) => client(aws.emulator, credentials).send(new GetCallerIdentityCommand({}));

  it('are refused with a wrong secret', async () => {
    await assert.rejects(ask({ ...deploy, SecretAccessKey: 'wrong' }), { name: 'SignatureDoesNotMatch' });
  });

  it('are refused without their session token or with another, before the signature is checked', async () => {
    const another = await aws.credentials();
    for (const SessionToken of ['', another.SessionToken]) {
      await assert.rejects(ask({ ...deploy, SessionToken, SecretAccessKey: 'wrong' }), {
        name: 'InvalidClientTokenId',
      });
    }
  });

  it('are refused with unknown keys', async () => {
    await assert.rejects(ask({ ...deploy, AccessKeyId: 'NOBODYSKEY' }), { name: 'InvalidClientTokenId' });
  });

  it('are refused after the end of the session, before the signature is checked', async () => {
    await aws.control('POST', 'clock', { advanceSeconds: 3599 });
    await ask(deploy);
    await aws.control('POST', 'clock', { advanceSeconds: 1 });
    await assert.rejects(ask({ ...deploy, SecretAccessKey: 'wrong' }), {
      name: 'ExpiredToken',
      message: 'The security token included in the request is expired',
    });
  });

  it('are accepted with a repeated header, which is signed in its order', async () => {
    const url = new URL('/?Action=GetCallerIdentity&Version=2011-06-15', aws.emulator.ready.sts);
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const headers = { host: url.host, 'x-amz-date': date, 'x-amz-security-token': deploy.SessionToken ?? '' };
    const signedHeaders = [...Object.keys(headers), 'x-twice'];
    const scope = {
      accessKeyId: deploy.AccessKeyId ?? '',
      date: date.slice(0, 8),
      region: 'eu-west-1',
      service: 'sts',
    };
    const signed = {
      ...{ method: 'GET', path: '/', query: url.search.slice(1), body: Buffer.alloc(0), headers },
      headersDistinct: { 'x-twice': ['b', 'a'] },
    };
    const authorization = { ...scope, signedHeaders, signature: '' };
    const signature = signatureOf(signed, authorization, deploy.SecretAccessKey ?? '', date).toString('hex');
    const credential = `${scope.accessKeyId}/${scope.date}/eu-west-1/sts/aws4_request`;
    const status = (twice: string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        const clientRequest = request(
          url,
          {
            headers: {
              ...headers,
              'x-twice': twice,
              authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
            },
            agent: false,
          },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        clientRequest.on('error', reject);
        clientRequest.end();
      });
    assert.equal(await status(['b', 'a']), 200);
    assert.equal(await status(['a', 'b']), 403);
  });

  it('are refused without a signature', async () => {
    const response = await fetch(aws.emulator.ready.sts, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    });
    assert.equal(response.status, 403);
    assert.match(await response.text(), /<Code>MissingAuthenticationToken<\/Code>/);
  });
});
