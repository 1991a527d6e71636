import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSigningKey } from '../src/issuers/signing-key.ts';
import { type Answer, deployRole, type Running, running } from './running-emulator.ts';

const invalid = 'InvalidIdentityToken';
const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.';
const denied = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
const refusal = ({ status, element }: Answer) => [status, element('Type'), element('Code'), element('Message')];

describe('AssumeRoleWithWebIdentity', () => {
  let aws: Running;
  before(async () => {
    aws = await running();
  });
  after(() => aws.emulator.stop());

  for (const provider of ['bitbucket', 'azure-devops', 'github']) {
    it(`gives credentials for a token of ${provider}`, async () => {
      const answer = await aws.assume({ WebIdentityToken: await aws.mint({ provider }) });
      assert.equal(answer.status, 200, answer.body);
      assert.equal(answer.element('Arn'), 'arn:aws:sts::123456789012:assumed-role/deploy/session');
      assert.match(answer.element('AssumedRoleId') ?? '', /^AROA[A-Z2-7]{17}:session$/);
      assert.match(answer.element('AccessKeyId') ?? '', /^[A-Z2-7]{20}$/);
      assert.match(answer.element('SecretAccessKey') ?? '', /^[A-Za-z0-9+/]{40}$/);
      assert.match(answer.element('SessionToken') ?? '', /^(?=.*\+)(?=.*\/).{400,}=$/);
      assert.match(answer.element('Expiration') ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.match(answer.element('Provider') ?? '', /^arn:aws:iam::123456789012:oidc-provider\/127\.0\.0\.1:/);
    });
  }

  it('answers a GET as well', async () => {
    const query = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: deployRole,
      RoleSessionName: 'session',
      WebIdentityToken: await aws.mint({ provider: 'bitbucket' }),
    });
    assert.equal((await fetch(`${aws.emulator.ready.sts}/?${query}`)).status, 200);
  });

  it('keeps the partition of the ARN', async () => {
    const issuer = aws.emulator.ready.issuers.github.replace('http://', '');
    const answer = await aws.assume({
      RoleArn: 'arn:aws-cn:iam::123456789012:role/deploy',
      WebIdentityToken: await aws.mint({ provider: 'github' }),
    });
    // The trust policy names the provider of the partition `aws` only.
    assert.deepEqual(refusal(answer), [403, 'Sender', 'AccessDenied', denied], issuer);
  });

  it('lets a session outlive its token', async () => {
    const answer = await aws.assume({
      WebIdentityToken: await aws.mint({ provider: 'bitbucket', expiresInSeconds: 10 }),
      DurationSeconds: '3600',
    });
    assert.equal(answer.status, 200);
  });

  const jwt = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)';
  const refused: readonly {
    name: string;
    mint?: Record<string, unknown>;
    parameters?: Record<string, string | null>;
    expected: readonly [number, string, string, string | RegExp];
  }[] = [
    {
      name: 'an ARN that is not a role before it checks the token',
      parameters: { RoleArn: 'arn:aws:iam::123456789012:user/deploy', WebIdentityToken: 'none' },
      expected: [400, 'Sender', 'ValidationError', 'Request ARN is invalid'],
    },
    {
      name: 'a token that is not a JWT',
      parameters: { WebIdentityToken: 'opaque' },
      expected: [400, 'Sender', invalid, jwt],
    },
    {
      name: 'a request without a token',
      parameters: { WebIdentityToken: null },
      expected: [400, 'Sender', 'ValidationError', /^1 validation error detected: Value null at 'webIdentityToken'/],
    },
    {
      name: 'a token that has expired',
      mint: { expiresInSeconds: -301 },
      expected: [
        400,
        'Sender',
        'ExpiredTokenException',
        /^Token expired: current date\/time \d+ must be before the expiration date\/time \d+$/,
      ],
    },
    {
      name: 'a null subject with an internal failure',
      mint: { nullClaims: ['sub'] },
      expected: [500, 'Receiver', 'InternalFailure', 'Unknown error validating third-party token'],
    },
    {
      name: 'an issuer that is not registered, before its audience',
      mint: { claims: { iss: 'https://nobody.example', aud: 'x' } },
      expected: [400, 'Sender', invalid, notValidated],
    },
    {
      name: "a provider that is registered in another account than the role's",
      parameters: { RoleArn: 'arn:aws:iam::210987654321:role/deploy' },
      expected: [400, 'Sender', invalid, notValidated],
    },
    {
      name: 'an audience that is not registered, before the signature',
      mint: { claims: { aud: 'x' }, signWith: 'wrong-key' },
      expected: [400, 'Sender', invalid, notValidated],
    },
    {
      name: 'an authorized party that is not registered, even with a registered audience',
      mint: { claims: { azp: 'x' } },
      expected: [400, 'Sender', invalid, notValidated],
    },
    {
      name: 'a bad signature, before the roles claim',
      mint: { signWith: 'wrong-key', claims: { 'https://aws.amazon.com/roles': [] } },
      expected: [400, 'Sender', invalid, notValidated],
    },
    {
      name: 'a key id that the issuer does not publish',
      mint: { header: { kid: 'unknown' } },
      expected: [
        400,
        'Sender',
        invalid,
        /^Couldn(&apos;|')t retrieve verification key from your identity provider, {2}please/,
      ],
    },
    {
      name: 'a role that the roles claim does not list, before the trust policy',
      mint: { claims: { sub: 'stranger', 'https://aws.amazon.com/roles': [`${deployRole}x`] } },
      expected: [400, 'Sender', invalid, 'The target role ARN is not present in the roles claim of the identity token'],
    },
    {
      name: 'a subject that the trust policy does not admit',
      mint: { claims: { sub: 'stranger' } },
      expected: [403, 'Sender', 'AccessDenied', denied],
    },
    {
      name: 'a role that does not exist with the same text',
      parameters: { RoleArn: 'arn:aws:iam::123456789012:role/missing' },
      expected: [403, 'Sender', 'AccessDenied', denied],
    },
    {
      name: 'a role under another path with the same text',
      parameters: { RoleArn: 'arn:aws:iam::123456789012:role/ci/deploy' },
      expected: [403, 'Sender', 'AccessDenied', denied],
    },
    {
      name: 'the name of a member that every object has',
      parameters: { RoleArn: 'arn:aws:iam::123456789012:role/constructor' },
      expected: [403, 'Sender', 'AccessDenied', denied],
    },
    {
      name: 'session tags that the trust policy does not allow',
      mint: { claims: { 'https://aws.amazon.com/tags/principal_tags/Team': 'core' } },
      expected: [403, 'Sender', 'AccessDenied', denied],
    },
    {
      name: 'a longer session than the role allows, after the trust policy',
      parameters: { DurationSeconds: '3601' },
      expected: [
        400,
        'Sender',
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      ],
    },
    {
      name: 'a session policy that is not JSON',
      parameters: { Policy: '{' },
      expected: [400, 'Sender', 'MalformedPolicyDocument', 'This policy contains invalid Json'],
    },
    {
      name: 'an unknown provider id',
      parameters: { ProviderId: 'example.com' },
      expected: [403, 'Sender', 'AccessDenied', /^Unrecognized OAuth provider\./],
    },
    {
      name: 'the provider id of Amazon',
      parameters: { ProviderId: 'www.amazon.com' },
      expected: [400, 'Sender', invalid, 'Provided Token is not a Login With Amazon token'],
    },
    {
      name: 'the provider id of Facebook',
      parameters: { ProviderId: 'graph.facebook.com' },
      expected: [403, 'Sender', 'IDPRejectedClaim', /^graph\.facebook\.com rejected OAuth token/],
    },
    {
      name: 'an unknown action',
      parameters: { Action: 'GetSessionToken' },
      expected: [400, 'Sender', 'InvalidAction', 'Could not find operation GetSessionToken for version 2011-06-15'],
    },
    {
      name: 'a request without version',
      parameters: { Version: null },
      expected: [
        400,
        'Sender',
        'InvalidAction',
        'Could not find operation AssumeRoleWithWebIdentity for version NO_VERSION_SPECIFIED',
      ],
    },
  ];
  for (const { name, mint = {}, parameters = {}, expected } of refused) {
    it(`refuses ${name}`, async () => {
      const token = await aws.mint({ provider: 'bitbucket', ...mint });
      const [status, type, code, message = ''] = refusal(await aws.assume({ WebIdentityToken: token, ...parameters }));
      const [, , , expectedMessage] = expected;
      assert.deepEqual([status, type, code], expected.slice(0, 3), String(message));
      if (typeof expectedMessage === 'string') assert.equal(message, expectedMessage);
      else assert.match(String(message), expectedMessage);
    });
  }

  it('lists session policies with the session', async () => {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const answer = await aws.assume({
      WebIdentityToken: await aws.mint({ provider: 'bitbucket' }),
      RoleSessionName: 'narrowed',
      Policy: JSON.stringify(policy),
      'PolicyArns.member.1.arn': arn,
    });
    const withoutPolicies = await aws.assume({ WebIdentityToken: await aws.mint({ provider: 'bitbucket' }) });
    const [before = 0, after = 0] = [withoutPolicies, answer].map(({ element }) => Number(element('PackedPolicySize')));
    const expected = ((JSON.stringify(policy).length + arn.length) / 3072) * 100;
    assert(Math.abs(after - before - expected) <= 1, `${before} ${after}`);
    const { sessions } = (await (await aws.control('GET', 'sessions')).json()) as {
      sessions: { arn: string; policy: unknown; policyArns: unknown }[];
    };
    const narrowed = sessions.find((session) => session.arn.endsWith('/narrowed'));
    assert.deepEqual([narrowed?.policy, narrowed?.policyArns], [policy, [arn]]);
  });

  it('issues session tokens of the requested size', async () => {
    const answer = await aws.assume({
      WebIdentityToken: await aws.mint({ provider: 'bitbucket' }),
      MinimumSessionTokenSize: '4096',
    });
    assert((answer.element('SessionToken') ?? '').length >= 4096);
  });

  it('redirects a browser', async () => {
    const response = await fetch(aws.emulator.ready.sts, { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [302, 'https://aws.amazon.com/iam']);
  });

  it('reads at most one mebibyte', async () => {
    const response = await fetch(aws.emulator.ready.sts, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) }).catch(
      (error: Error) => error,
    );
    // A client that is still sending may see the connection end before it sees the answer.
    if (response instanceof Response) assert.equal(response.status, 413);
    else assert.equal(response.message, 'fetch failed');
  });
});

describe('AssumeRoleWithWebIdentity with real names', () => {
  const issuer = 'https://vstoken.dev.azure.com/00000000-0000-4000-8000-000000000002';
  const provider = issuer.replace('https://', '');
  const configuration = {
    azureDevOps: {
      organization: 'globex',
      organizationId: '00000000-0000-4000-8000-000000000002',
      project: 'web shop',
      serviceConnections: { '00000000-0000-4000-8000-000000000003': 'aws prod' },
      algorithm: 'ES256',
    },
    accounts: {
      '111122223333': {
        oidcProviders: [{ url: issuer, clientIds: ['api://AzureADTokenExchange'] }],
        roles: {
          release: {
            path: '/ci/',
            maxSessionDuration: 7200,
            trustPolicy: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${provider}` },
                  Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
                  Condition: {
                    StringEquals: {
                      [`${provider}:aud`]: 'api://AzureADTokenExchange',
                      [`${provider}:sub`]: 'sc://globex/web shop/aws prod',
                    },
                  },
                },
              ],
            },
          },
        },
      },
    },
  };
  let aws: Running;
  before(async () => {
    aws = await running(configuration);
  });
  after(() => aws.emulator.stop());

  it('accepts a real trust policy unchanged and plays the public issuer', async () => {
    const answer = await aws.assume({
      RoleArn: 'arn:aws:iam::111122223333:role/ci/release',
      DurationSeconds: '7200',
      WebIdentityToken: await aws.mint({
        provider: 'azure-devops',
        claims: {
          'https://aws.amazon.com/tags/principal_tags/Team': 'core',
          'https://aws.amazon.com/source_identity': 'octocat',
        },
      }),
    });
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.element('Arn'), 'arn:aws:sts::111122223333:assumed-role/release/session');
    assert.equal(answer.element('Provider'), `arn:aws:iam::111122223333:oidc-provider/${provider}`);
    assert.equal(answer.element('SourceIdentity'), 'octocat');
    assert.equal(answer.element('SubjectFromWebIdentityToken'), 'sc://globex/web shop/aws prod');
  });

  it('requires the path in the role ARN', async () => {
    const answer = await aws.assume({
      RoleArn: 'arn:aws:iam::111122223333:role/release',
      WebIdentityToken: await aws.mint({ provider: 'azure-devops' }),
    });
    assert.deepEqual(refusal(answer), [403, 'Sender', 'AccessDenied', denied]);
  });
});

describe('AssumeRoleWithWebIdentity with conditions on the request', () => {
  const provider = 'vstoken.dev.azure.com/00000000-0000-4000-8000-000000000002';
  const statement = (Effect: string, Condition: object) => ({
    Effect,
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${provider}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  });
  const role = (...Statement: object[]) => ({ trustPolicy: { Version: '2012-10-17', Statement } });
  const expectedAudience = { StringEquals: { [`${provider}:aud`]: 'api://AzureADTokenExchange' } };
  const roles = {
    'until-2099': role(
      statement('Allow', { ...expectedAudience, DateLessThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } }),
    ),
    'until-2020': role(
      statement('Allow', { ...expectedAudience, DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }),
    ),
    'not-since-2020': role(
      statement('Allow', expectedAudience),
      statement('Deny', { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }),
    ),
    'after-epoch': role(
      statement('Allow', { ...expectedAudience, NumericGreaterThan: { 'aws:EpochTime': '1577836800' } }),
    ),
    'by-tls': role(statement('Allow', { ...expectedAudience, Bool: { 'aws:SecureTransport': 'true' } })),
    'from-here': role(statement('Allow', { ...expectedAudience, IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })),
    'not-through-an-endpoint': role(
      statement('Allow', expectedAudience),
      ...[
        'aws:SourceVpc',
        'aws:SourceVpcArn',
        'aws:SourceVpce',
        'aws:VpceAccount',
        'aws:VpceOrgID',
        'aws:VpceOrgPaths',
        'aws:VpcSourceIp',
      ].map((key) => statement('Deny', { StringLike: { [key]: '*' } })),
    ),
    'by-ours': role(statement('Allow', { ...expectedAudience, StringLike: { 'aws:UserAgent': 'ours/*' } })),
  };
  let aws: Running;
  before(async () => {
    aws = await running({
      azureDevOps: { organization: 'globex', organizationId: '00000000-0000-4000-8000-000000000002' },
      accounts: {
        '123456789012': {
          oidcProviders: [{ url: `https://${provider}`, clientIds: ['api://AzureADTokenExchange'] }],
          roles,
        },
      },
    });
  });
  after(() => aws.emulator.stop());

  for (const [name, status] of Object.entries({
    'until-2099': 200,
    'until-2020': 403,
    'not-since-2020': 403,
    'after-epoch': 200,
    'by-tls': 200,
    'from-here': 200,
    'not-through-an-endpoint': 200,
    'by-ours': 403,
  })) {
    it(`answers ${status} for the role ${name}`, async () => {
      const answer = await aws.assume({
        RoleArn: `arn:aws:iam::123456789012:role/${name}`,
        WebIdentityToken: await aws.mint({ provider: 'azure-devops' }),
      });
      assert.equal(answer.status, status, answer.body);
    });
  }

  it("evaluates the client's User-Agent", async () => {
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::123456789012:role/by-ours',
      RoleSessionName: 'session',
      WebIdentityToken: await aws.mint({ provider: 'azure-devops' }),
    });
    const answer = await fetch(aws.emulator.ready.sts, { method: 'POST', body, headers: { 'user-agent': 'ours/1' } });
    assert.equal(answer.status, 200);
  });
});

describe('AssumeRoleWithWebIdentity with an external issuer', () => {
  it('fetches its keys over the network', async () => {
    const key = await createSigningKey('ES384');
    const server = createServer((request, response) => {
      const page = request.url?.endsWith('/keys') ? { keys: [key.publicJwk] } : { jwks_uri: `${issuer}/keys` };
      response.end(JSON.stringify(page));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = issuer.replace('http://', '');
    const aws = await running({
      accounts: {
        '123456789012': {
          oidcProviders: [{ url: issuer, clientIds: ['me'] }],
          roles: {
            deploy: {
              trustPolicy: {
                Version: '2012-10-17',
                Statement: {
                  Effect: 'Allow',
                  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${provider}` },
                  Action: 'sts:AssumeRoleWithWebIdentity',
                  Condition: { StringEquals: { [`${provider}:sub`]: 'elsewhere' } },
                },
              },
            },
          },
        },
      },
    });
    const now = Math.floor(Date.now() / 1000);
    const token = key.sign({ iss: issuer, aud: 'me', sub: 'elsewhere', iat: now, exp: now + 60 });
    try {
      assert.equal((await aws.assume({ WebIdentityToken: token })).status, 200);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      const [status, , code, message] = refusal(await aws.assume({ WebIdentityToken: token }));
      assert.deepEqual([status, code], [400, invalid]);
      assert.match(String(message), /^Couldn't retrieve verification key/);
    } finally {
      await aws.emulator.stop();
    }
  });
});
