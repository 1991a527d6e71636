import assert from 'node:assert/strict';
import { assumeRole } from '../src/assume-role.ts';
import { Failure, type FailureCode } from '../src/core/failure.ts';
import { failureLines } from '../src/diagnosis/report.ts';
import { TransportError } from '../src/net/transport-error.ts';
import {
  NOW,
  RecordingSystem,
  ROLE,
  rawOptions,
  refusal,
  type Scripted,
  ScriptedRuntime,
  SECRET_KEY,
  SESSION_TOKEN,
  success,
  xml,
} from './support.ts';

const RULES = { exposeModes: ['environment', 'profile'] } as const;

async function failing(ci: RecordingSystem, runtime: ScriptedRuntime, options = {}): Promise<Failure> {
  try {
    await assumeRole(ci, rawOptions(options), RULES, runtime);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(ci.published, undefined, 'nothing is published on failure');
    return error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}

describe('the flow', () => {
  it('exchanges the token for credentials in one unsigned call, and publishes them', async () => {
    const ci = new RecordingSystem();
    const runtime = new ScriptedRuntime([success]);
    await assumeRole(ci, rawOptions({}), RULES, runtime);

    assert.equal(runtime.requests.length, 1);
    const [request] = runtime.requests;
    assert.equal(request?.url.href, 'https://sts.eu-west-1.amazonaws.com/');
    assert.equal(request?.headers['authorization'], undefined);
    assert.deepEqual(Object.fromEntries(runtime.form(0)), {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'bitbucket,acme,shop,7,abcdef01',
      WebIdentityToken: ci.tokensGiven[0]?.reveal(),
      DurationSeconds: '3600',
    });
    assert.equal(ci.published?.length, 1);
    assert.equal(ci.published[0]?.credentials.secretAccessKey.reveal(), SECRET_KEY);
  });

  it('masks secrets before it publishes, and prints none', async () => {
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({}), RULES, new ScriptedRuntime([success]));
    assert.deepEqual(ci.masked, ['EXAMPLEKEYIDOFATEST', SECRET_KEY, SESSION_TOKEN]);
    const log = ci.lines.join('\n');
    assert.match(
      log,
      /Assumed arn:aws:sts::123456789012:assumed-role\/deploy\/bitbucket,acme,shop,7,abcdef01, valid until 2026-03-01T13:00:00.000Z \(60 min\)/,
    );
    for (const secret of [SECRET_KEY, SESSION_TOKEN, ci.tokensGiven[0]?.reveal() ?? ''])
      assert.ok(!log.includes(secret));
  });

  it('masks the accounts of all roles on request, before printing anything about them', async () => {
    const ci = new RecordingSystem();
    const chainRoleArns = 'arn:aws:iam::210987654321:role/next';
    const options = rawOptions({ maskAccountId: 'true', chainRoleArns });
    await assumeRole(ci, options, RULES, new ScriptedRuntime([success]));
    assert.deepEqual(ci.masked.slice(0, 2), ['123456789012', '210987654321']);
    const refused = new RecordingSystem();
    const failure = await failing(refused, new ScriptedRuntime([success]), {
      maskAccountId: 'true',
      allowedAccountIds: '321098765432',
    });
    assert.equal(failure.code, 'AccountNotAllowed');
    assert.deepEqual(refused.masked, ['123456789012', '321098765432']);
    assert.equal(refused.tokensGiven.length, 0);
  });

  it('warns about an omitted tag, and sends the others', async () => {
    const ci = new RecordingSystem();
    const runtime = new ScriptedRuntime([success]);
    ci.knownRun = { ...ci.knownRun, signed: { owner: 'acme', repository: 'shop', branch: 'feature/[x]' } };
    const chainRoleArns = 'arn:aws:iam::210987654321:role/next';
    await assumeRole(ci, rawOptions({ chainRoleArns, chainSessionTags: 'run' }), RULES, runtime);
    const keys = [...runtime.form(1)].filter(([name]) => /^Tags\.member\.\d+\.Key$/.test(name)).map(([, key]) => key);
    assert.deepEqual(keys, ['CiSystem', 'Owner', 'Repository']);
    assert.match(ci.lines.join('\n'), /Left out of the session tags: Build\. The identity token does not state them/);
    assert.match(ci.lines.join('\n'), /The session tag Branch is left out: AWS takes letters/);
  });

  it('shows the claims that a trust policy can match, in the debug log', async () => {
    const ci = new RecordingSystem({ sub: 'a\u001b[31mb\nc' });
    await assumeRole(ci, rawOptions({}), RULES, new ScriptedRuntime([success]));
    assert.ok(ci.debugLines.includes('Identity token, subject: ab c'), ci.debugLines.join('\n'));
    assert.ok(ci.debugLines.some((line) => line.endsWith('issued 10 s ago, expires in 60 min')));
  });

  it('exchanges one token for several roles', async () => {
    const ci = new RecordingSystem();
    const runtime = new ScriptedRuntime([success]);
    await assumeRole(
      ci,
      rawOptions({ roleArn: '', roles: `a=${ROLE},b=arn:aws:iam::210987654321:role/other` }),
      RULES,
      runtime,
    );
    assert.equal(ci.tokensGiven.length, 1);
    assert.deepEqual(
      ci.published?.map(({ profile, credentials }) => [profile, credentials.accountId]),
      [
        ['a', '123456789012'],
        ['b', '210987654321'],
      ],
    );
  });

  it('follows a chain with the new credentials; the session policy narrows the last role', async () => {
    const ci = new RecordingSystem();
    const runtime = new ScriptedRuntime([success]);
    const policy = '{"Statement":[]}';
    await assumeRole(
      ci,
      rawOptions({
        chainRoleArns: 'arn:aws:iam::210987654321:role/next',
        chainExternalId: 'ext-1',
        chainSessionTags: 'run',
        sessionPolicy: policy,
      }),
      RULES,
      runtime,
    );
    assert.equal(runtime.form(0).get('Policy'), null);
    const second = runtime.form(1);
    assert.equal(second.get('Action'), 'AssumeRole');
    assert.equal(second.get('ExternalId'), 'ext-1');
    assert.equal(second.get('Policy'), policy);
    assert.equal(second.get('Tags.member.3.Key'), 'Repository');
    assert.equal(second.get('Tags.member.3.Value'), 'shop');
    assert.match(
      runtime.requests[1]?.headers['authorization'] ?? '',
      /^AWS4-HMAC-SHA256 Credential=EXAMPLEKEYIDOFATEST\//,
    );
    assert.equal(ci.published?.[0]?.credentials.accountId, '210987654321');
  });

  it('publishes nothing if the answer is about another account', async () => {
    const otherAccountAnswer = xml(
      200,
      success({
        method: 'POST',
        url: new URL('https://x'),
        headers: {},
        body: 'Action=AssumeRoleWithWebIdentity&RoleSessionName=n&RoleArn=arn:aws:iam::210987654321:role/x',
      }).body.toString(),
    );
    const ci = new RecordingSystem();
    const failure = await failing(ci, new ScriptedRuntime([otherAccountAnswer]), {});
    assert.equal(failure.code, 'UnexpectedAnswer');
    assert.match(
      failure.message,
      /the answer holds credentials of arn:aws:sts::210987654321:assumed-role\/x\/n, which was not asked for/,
    );
    assert.equal(ci.published, undefined);
  });

  it('reports wrong options before it requests a token', async () => {
    const ci = new RecordingSystem();
    const failure = await failing(ci, new ScriptedRuntime([success]), { roleArn: 'x', region: '' });
    assert.equal(failure.code, 'InvalidOptions');
    assert.equal(ci.tokensGiven.length, 0);
  });

  const refusedTokens: { name: string; claims: Record<string, unknown>; code: FailureCode }[] = [
    { name: 'several audiences and no azp', claims: { aud: ['a', 'b'] }, code: 'SeveralAudiences' },
    { name: 'expired beyond the leeway of AWS', claims: { exp: NOW.getTime() / 1000 - 301 }, code: 'TokenExpired' },
  ];
  for (const { name, claims, code } of refusedTokens) {
    it(`does not send a token that AWS would certainly refuse: ${name}`, async () => {
      const runtime = new ScriptedRuntime([success]);
      const failure = await failing(new RecordingSystem(claims), runtime);
      assert.equal(failure.code, code);
      assert.equal(runtime.requests.length, 0);
      assert.ok(failure.details.token?.subject?.startsWith('{'));
    });
  }

  it('sends a token that AWS may still accept', async () => {
    for (const claims of [
      { aud: ['a', 'b'], azp: 'a' },
      { aud: ['a'] },
      { exp: NOW.getTime() / 1000 - 299 },
      { exp: undefined },
    ]) {
      const runtime = new ScriptedRuntime([success]);
      await assumeRole(new RecordingSystem(claims), rawOptions({}), RULES, runtime);
      assert.equal(runtime.requests.length, 1);
    }
  });
});

describe('a refusal', () => {
  const html = xml(200, '<!DOCTYPE html><html>Please sign in</html>', { server: 'squid' });
  const cases: { name: string; answer: Scripted; code: FailureCode; calls: number }[] = [
    {
      name: 'access denied',
      answer: refusal(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
      code: 'AccessDenied',
      calls: 1,
    },
    {
      name: 'no provider',
      answer: refusal(400, 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://x'),
      code: 'ProviderNotRegistered',
      calls: 1,
    },
    {
      name: 'wrong audience',
      answer: refusal(400, 'InvalidIdentityToken', 'Incorrect token audience'),
      code: 'AudienceNotAccepted',
      calls: 1,
    },
    {
      name: 'no provider, wrong audience or bad signature',
      answer: refusal(400, 'InvalidIdentityToken', 'The web identity token provided could not be validated. See the …'),
      code: 'IdentityTokenNotValidated',
      calls: 1,
    },
    {
      name: 'bad token',
      answer: refusal(400, 'InvalidIdentityToken', 'The ID Token provided is not a valid JWT.'),
      code: 'IdentityTokenRejected',
      calls: 1,
    },
    {
      name: 'unreachable keys',
      answer: refusal(400, 'InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider"),
      code: 'KeysUnreachable',
      calls: 5,
    },
    {
      name: 'unreachable provider',
      answer: refusal(400, 'IDPCommunicationError', 'x'),
      code: 'KeysUnreachable',
      calls: 5,
    },
    { name: 'rejected claim', answer: refusal(403, 'IDPRejectedClaim', 'x'), code: 'IdentityTokenRejected', calls: 1 },
    {
      name: 'expired token that cannot be renewed',
      answer: refusal(400, 'ExpiredTokenException', 'Token expired: …'),
      code: 'TokenExpired',
      calls: 1,
    },
    {
      name: 'long session',
      answer: refusal(
        400,
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      ),
      code: 'SessionTooLong',
      calls: 1,
    },
    {
      name: 'invalid value',
      answer: refusal(400, 'ValidationError', 'Request ARN is invalid'),
      code: 'RequestRejected',
      calls: 1,
    },
    {
      name: 'malformed policy',
      answer: refusal(400, 'MalformedPolicyDocument', 'x'),
      code: 'SessionPolicyRejected',
      calls: 1,
    },
    {
      name: 'packed policy too large',
      answer: refusal(400, 'PackedPolicyTooLarge', 'x'),
      code: 'SessionPolicyRejected',
      calls: 1,
    },
    { name: 'disabled region', answer: refusal(403, 'RegionDisabledException', 'x'), code: 'RegionDisabled', calls: 1 },
    { name: 'unknown code', answer: refusal(400, 'SomethingNew', 'x'), code: 'RequestRejected', calls: 1 },
    { name: 'throttling', answer: refusal(400, 'Throttling', 'Rate exceeded'), code: 'Throttled', calls: 5 },
    { name: 'service fault', answer: refusal(503, 'ServiceUnavailable', 'x'), code: 'ServiceFault', calls: 5 },
    { name: 'gateway page', answer: xml(502, '<html>Bad gateway</html>'), code: 'ServiceFault', calls: 5 },
    { name: 'page of a proxy', answer: html, code: 'UnexpectedAnswer', calls: 1 },
    { name: 'empty answer', answer: xml(200, ''), code: 'UnexpectedAnswer', calls: 1 },
    {
      name: 'connection reset',
      answer: new TransportError('ECONNRESET', 'socket hang up'),
      code: 'Unreachable',
      calls: 5,
    },
    {
      name: 'untrusted certificate',
      answer: new TransportError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'),
      code: 'CertificateNotTrusted',
      calls: 1,
    },
  ];
  for (const { name, answer, code, calls } of cases) {
    it(`is ${code} after ${calls} call(s): ${name}`, async () => {
      const runtime = new ScriptedRuntime([answer]);
      const failure = await failing(new RecordingSystem(), runtime);
      assert.equal(failure.code, code);
      assert.equal(runtime.requests.length, calls);
      assert.equal(runtime.waits.length, calls - 1);
    });
  }

  it('is reported in order: cause, fix, role, subject, audience, answer, link, details', async () => {
    const denied = refusal(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
    const failure = await failing(new RecordingSystem(), new ScriptedRuntime([denied]));
    const lines = failureLines(failure);
    const order = [
      /^AccessDenied: AWS refused/,
      /^Fix: .* check that role "deploy" exists in account 123456789012/,
      /^ {2}If it does, compare/,
      /^Role: {5}arn:aws:iam::123456789012:role\/deploy$/,
      /^Subject: {2}\{66666666/,
      /^Audience: ari:cloud/,
      /^AWS said: AccessDenied, Not authorized .* \(HTTP 403, request id req-2\)$/,
      /^Help: .*troubleshooting\.md#accessdenied$/,
      /^Details:$/,
    ];
    for (const [index, expected] of order.entries()) assert.match(lines[index] ?? '', expected);
    assert.ok(lines.length <= 20, lines.join('\n'));
  });

  it('does not reveal the token if it quotes the request', async () => {
    const echo: Scripted = (request) => {
      const token = new URLSearchParams(request.body).get('WebIdentityToken');
      return refusal(400, 'ValidationError', `Value '${token}' is invalid`);
    };
    const ci = new RecordingSystem();
    const failure = await failing(ci, new ScriptedRuntime([echo]));
    const text = [failureLines(failure).join('\n'), failure.message, JSON.stringify(failure.details), ...ci.lines].join(
      '\n',
    );
    assert.ok(text.includes("Value '[secret]' is invalid"));
    assert.ok(!text.includes(ci.tokensGiven[0]?.reveal() ?? 'no token'));
  });
});

describe('retries', () => {
  it('fix temporary errors', async () => {
    const ci = new RecordingSystem();
    const runtime = new ScriptedRuntime([
      refusal(400, 'Throttling', 'Rate exceeded'),
      new TransportError('ECONNRESET', 'x'),
      success,
    ]);
    await assumeRole(ci, rawOptions({}), RULES, runtime);
    assert.deepEqual(runtime.waits, [2500, 100]);
    assert.ok(ci.lines.includes('Try 1 of 5 failed (Throttled: Throttling); next in 2500 ms.'), ci.lines.join('\n'));
  });

  it('respect Retry-After', async () => {
    const busy = { ...refusal(429, 'TooManyRequestsException', 'x'), headers: { 'retry-after': '3' } };
    const runtime = new ScriptedRuntime([busy, success]);
    await assumeRole(new RecordingSystem(), rawOptions({}), RULES, runtime);
    assert.deepEqual(runtime.waits, [5500]);
  });

  it('request one new token if the CI system can issue one', async () => {
    const expired = refusal(400, 'ExpiredTokenException', 'Token expired');
    const ci = new RecordingSystem({}, true);
    const runtime = new ScriptedRuntime([expired, success]);
    await assumeRole(ci, rawOptions({}), RULES, runtime);
    assert.equal(ci.tokensGiven.length, 2);
    assert.equal(runtime.form(1).get('WebIdentityToken'), ci.tokensGiven[1]?.reveal());

    const again = new ScriptedRuntime([expired]);
    assert.equal((await failing(new RecordingSystem({}, true), again)).code, 'TokenExpired');
    assert.equal(again.requests.length, 2);
  });

  it('use a fallback region after a fault, and report it', async () => {
    const ci = new RecordingSystem();
    const runtime = new ScriptedRuntime([new TransportError('ENOTFOUND', 'x'), success]);
    await assumeRole(ci, rawOptions({ stsFallbackRegions: 'eu-central-1' }), RULES, runtime);
    assert.equal(runtime.requests[1]?.url.host, 'sts.eu-central-1.amazonaws.com');
    assert.ok(
      ci.lines.some(
        (line) => line.startsWith('warning: ') && line.includes('came from https://sts.eu-central-1.amazonaws.com'),
      ),
    );
  });

  it('never use a fallback region after a refusal', async () => {
    const runtime = new ScriptedRuntime([refusal(403, 'AccessDenied', 'x')]);
    await failing(new RecordingSystem(), runtime, { stsFallbackRegions: 'eu-central-1' });
    assert.equal(runtime.requests.length, 1);
  });

  it('end when the run is cancelled', async () => {
    const controller = new AbortController();
    const runtime = new ScriptedRuntime(
      [
        () => {
          controller.abort(new Failure('Cancelled', 'Ended by SIGTERM.'));
          throw new TransportError('ECONNRESET', 'x');
        },
      ],
      controller.signal,
    );
    assert.equal((await failing(new RecordingSystem(), runtime)).code, 'Cancelled');
    assert.equal(runtime.requests.length, 1);
  });
});
