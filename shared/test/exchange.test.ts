import assert from 'node:assert/strict';
import { assumeRole } from '../src/assume-role.ts';
import { Failure } from '../src/core/failure.ts';
import { failureLines } from '../src/diagnosis/report.ts';
import type { IdentityToken } from '../src/identity/identity-token.ts';
import { TransportError } from '../src/net/transport-error.ts';
import { RecordingSystem, ROLE, rawOptions, refusal, type Scripted, ScriptedRuntime, success, xml } from './support.ts';

const RULES = { exposeModes: ['environment', 'profile'] } as const;
const throttled = refusal(400, 'Throttling', 'Rate exceeded');
const expired = refusal(400, 'ExpiredTokenException', 'Token expired');

async function failing(ci: RecordingSystem, runtime: ScriptedRuntime, options = {}): Promise<Failure> {
  const failure = await assumeRole(ci, rawOptions(options), RULES, runtime).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof Failure);
  assert.equal(ci.published, undefined);
  return failure;
}

describe('the time limit of the exchange', () => {
  it('names the limit in its message', async () => {
    let reason: unknown;
    const runtime = new ScriptedRuntime([success]);
    runtime.deadline = (_: number, abortReason?: unknown) => {
      reason = abortReason;
      return { signal: new AbortController().signal, timeLeft: () => 60_000 };
    };
    await assumeRole(new RecordingSystem(), rawOptions({ timeoutSeconds: '90' }), RULES, runtime);
    assert.ok(reason instanceof Failure);
    assert.deepEqual([reason.code, reason.message], ['TimedOut', 'The time limit of 90 s (timeoutSeconds) passed.']);
  });

  it('ends the exchange immediately if the next wait would not fit, and names the last error and the limit', async () => {
    const runtime = new ScriptedRuntime([{ ...throttled, headers: { 'retry-after': '90' } }]);
    const failure = await failing(new RecordingSystem(), runtime);
    assert.equal(failure.code, 'Throttled');
    assert.equal(runtime.requests.length, 1);
    assert.deepEqual(runtime.waits, []);
    const lines = failureLines(failure).join('\n');
    assert.match(lines, /no further attempt: the time limit of 60 s \(timeoutSeconds\) leaves no room for one/);
    assert.match(lines, /\nAWS said: Throttling, Rate exceeded \(HTTP 400, request id req-2\)\n/);
  });

  it('allows exactly the requested wait if it fits', async () => {
    const runtime = new ScriptedRuntime([{ ...throttled, headers: { 'retry-after': '20' } }, success]);
    await assumeRole(new RecordingSystem(), rawOptions({}), RULES, runtime);
    assert.deepEqual(runtime.waits, [22_500]);
  });

  const dates: { name: string; headers: Record<string, string>; wait: number }[] = [
    {
      name: 'a date, by the clock of the service',
      headers: { 'retry-after': 'Sun, 01 Mar 2026 12:00:07 GMT', date: 'Sun, 01 Mar 2026 12:00:00 GMT' },
      wait: 9500,
    },
    {
      name: 'a date that has passed',
      headers: { 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT', date: 'Sun, 01 Mar 2026 12:00:00 GMT' },
      wait: 2500,
    },
    { name: 'a date without a clock', headers: { 'retry-after': 'Sun, 01 Mar 2026 12:00:07 GMT' }, wait: 2500 },
    {
      name: 'a date with a clock that is none',
      headers: { 'retry-after': 'Sun, 01 Mar 2026 12:00:07 GMT', date: 'noon' },
      wait: 2500,
    },
    { name: 'nothing that can be read', headers: { 'retry-after': 'soon' }, wait: 2500 },
    { name: 'nothing, with a unit', headers: { 'retry-after': '7 s' }, wait: 2500 },
    { name: 'nothing, with a word before', headers: { 'retry-after': 'in 7' }, wait: 2500 },
  ];
  for (const { name, headers, wait } of dates) {
    it(`applies to Retry-After as ${name}`, async () => {
      const runtime = new ScriptedRuntime([{ ...throttled, headers }, success]);
      await assumeRole(new RecordingSystem(), rawOptions({}), RULES, runtime);
      assert.deepEqual(runtime.waits, [wait]);
    });
  }

  it('reports the previous error if the time is up during an attempt', async () => {
    const time = new AbortController();
    const runtime = new ScriptedRuntime([
      throttled,
      () => {
        time.abort(new Failure('TimedOut', 'The time limit of 60 s (timeoutSeconds) passed.'));
        throw time.signal.reason;
      },
    ]);
    runtime.deadline = () => ({ signal: time.signal, timeLeft: () => 60_000 });
    const failure = await failing(new RecordingSystem(), runtime);
    assert.equal(failure.code, 'TimedOut');
    const lines = failureLines(failure).join('\n');
    assert.match(lines, /^TimedOut: The time limit of 60 s \(timeoutSeconds\) passed\.\nFix: Run the step again/);
    assert.match(lines, /\nAWS said: Throttling, /);
    assert.match(lines, /, 2 attempts\n/);
  });

  it('reports no error if the time is up during the first attempt', async () => {
    const time = new AbortController();
    const runtime = new ScriptedRuntime([
      () => {
        time.abort(new Failure('TimedOut', 'x'));
        throw time.signal.reason;
      },
    ]);
    runtime.deadline = () => ({ signal: time.signal, timeLeft: () => 60_000 });
    assert.doesNotMatch(failureLines(await failing(new RecordingSystem(), runtime)).join('\n'), /AWS said/);
  });

  it('names the status of a page without a code', async () => {
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({}), RULES, new ScriptedRuntime([xml(502, '<html>'), success]));
    assert.ok(ci.lines.includes('Try 1 of 5 failed (ServiceFault: HTTP 502); next in 50 ms.'), ci.lines.join('\n'));
  });

  it('reports an internal error as one', async () => {
    const broken: Scripted = () => {
      throw new TypeError('x is not a function');
    };
    const runtime = new ScriptedRuntime([broken]);
    const failure = await failing(new RecordingSystem(), runtime);
    assert.equal(failure.code, 'Internal');
    assert.equal(failure.message, 'AssumeRoleWithWebIdentity failed: TypeError: x is not a function');
    assert.deepEqual(failure.details.attempted, {
      action: 'AssumeRoleWithWebIdentity',
      requested: { roleArn: ROLE, sessionName: 'bitbucket,acme,shop,7,abcdef01' },
      region: 'eu-west-1',
      endpoint: 'https://sts.eu-west-1.amazonaws.com',
      attempts: 1,
    });
    assert.equal(runtime.requests.length, 1);
  });
});

describe('a new token', () => {
  it('is requested once, for all roles together', async () => {
    const ci = new RecordingSystem({}, true);
    const first = { token: undefined as string | undefined };
    const runtime = new ScriptedRuntime([
      (request) => {
        const token = new URLSearchParams(request.body).get('WebIdentityToken') ?? '';
        first.token ??= token;
        return token === first.token ? expired : success(request);
      },
    ]);
    const roles = `a=${ROLE},b=arn:aws:iam::123456789012:role/other,c=arn:aws:iam::123456789012:role/third`;
    await assumeRole(ci, rawOptions({ roleArn: '', roles }), RULES, runtime);
    assert.equal(ci.tokensGiven.length, 2);
    assert.equal(ci.published?.length, 3);
    assert.equal(runtime.requests.length, 6);
    assert.deepEqual(runtime.waits, []);
  });

  it('is announced before the next attempt', async () => {
    const ci = new RecordingSystem({}, true);
    await assumeRole(ci, rawOptions({}), RULES, new ScriptedRuntime([expired, success]));
    assert.ok(
      ci.lines.includes('Try 1 of 5 failed (TokenExpired: ExpiredTokenException); next with a new token.'),
      ci.lines.join('\n'),
    );
  });

  it('may be retried like the first', async () => {
    const runtime = new ScriptedRuntime([expired, throttled, success]);
    await assumeRole(new RecordingSystem({}, true), rawOptions({}), RULES, runtime);
    assert.equal(runtime.requests.length, 3);
  });

  it('does not help a session of a chain that has expired', async () => {
    const runtime = new ScriptedRuntime([success, expired]);
    const ci = new RecordingSystem({}, true);
    const failure = await failing(ci, runtime, { chainRoleArns: 'arn:aws:iam::210987654321:role/next' });
    assert.equal(failure.code, 'TokenExpired');
    assert.equal(failure.details.attempted?.action, 'AssumeRole');
    assert.equal(runtime.requests.length, 2);
    assert.equal(ci.tokensGiven.length, 1);
  });

  it("ends in the CI system's failure if it is refused", async () => {
    const refused = new Failure('TokenRequestRefused', 'no second one', {
      attempted: { action: 'token request', endpoint: 'https://x', attempts: 1 },
      changes: ['Let the job ask for tokens.'],
    });
    const ci = new (class extends RecordingSystem {
      override async identityToken(): Promise<IdentityToken> {
        if (this.tokensGiven.length > 0) throw refused;
        return super.identityToken();
      }
    })({}, true);
    const failure = await failing(ci, new ScriptedRuntime([expired]));
    assert.equal(failure.code, 'TokenRequestRefused');
    assert.equal(failure.message, 'no second one');
    assert.deepEqual(failure.details.changes, ['Let the job ask for tokens.']);
  });
});

describe('a chain of roles', () => {
  it('is narrowed by the session policy only at its end, and signed for STS', async () => {
    const runtime = new ScriptedRuntime([success]);
    const options = {
      chainRoleArns: 'arn:aws:iam::123456789012:role/b,arn:aws:iam::123456789012:role/c',
      sessionPolicy: '{"Statement":[]}',
      sessionPolicyArns: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    };
    await assumeRole(new RecordingSystem(), rawOptions(options), RULES, runtime);
    assert.deepEqual(
      [0, 1, 2].map((n) => [runtime.form(n).get('Policy'), runtime.form(n).get('PolicyArns.member.1.arn')]),
      [
        [null, null],
        [null, null],
        ['{"Statement":[]}', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
      ],
    );
    assert.deepEqual(
      [1, 2].map((n) => [...runtime.form(n).keys()].filter((key) => /^(?:ExternalId|Tags)/.test(key))),
      [[], []],
    );
    assert.match(runtime.requests[1]?.headers['authorization'] ?? '', /\/eu-west-1\/sts\/aws4_request,/);
  });
});

describe('the result', () => {
  it('is returned to the caller', async () => {
    const ci = new RecordingSystem();
    const { sessions, options, token } = await assumeRole(ci, rawOptions({}), RULES, new ScriptedRuntime([success]));
    assert.equal(sessions, ci.published);
    assert.equal(options.region, 'eu-west-1');
    assert.equal(token, ci.tokensGiven[0]);
  });

  it('is logged in one line: role, profile and expiry', async () => {
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({ profile: 'shop', expose: 'profile' }), RULES, new ScriptedRuntime([success]));
    assert.equal(ci.lines.length, 2);
    assert.match(
      ci.lines.at(-2) ?? '',
      /^Assumed \S+ as profile shop, valid until 2026-03-01T13:00:00\.000Z \(60 min\)\.$/,
    );
    assert.ok(!ci.lines.some((line) => line.startsWith('warning: ')));
  });
});

describe('another region', () => {
  const options = { stsFallbackRegions: 'eu-central-1,eu-north-1' };
  const hosts = ({ requests }: ScriptedRuntime) => requests.map(({ url }) => url.host.split('.')[1]);

  it('is tried after connection errors of the first that retries did not fix', async () => {
    for (const code of ['CERT_HAS_EXPIRED', 'ERR_PROXY_REFUSED', 'EPROTO', 'ECONNREFUSED']) {
      const runtime = new ScriptedRuntime([new TransportError(code, 'x'), success]);
      await assumeRole(new RecordingSystem(), rawOptions(options), RULES, runtime);
      assert.deepEqual(hosts(runtime), ['eu-west-1', 'eu-central-1'], code);
    }
  });

  it('is tried in the given order, and again from the first if that can help', async () => {
    const runtime = new ScriptedRuntime([xml(503, '')]);
    const failure = await failing(new RecordingSystem(), runtime, options);
    assert.equal(failure.code, 'ServiceFault');
    assert.deepEqual(hosts(runtime), ['eu-west-1', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-central-1']);
  });

  it('is not tried twice after a certificate error', async () => {
    const runtime = new ScriptedRuntime([new TransportError('CERT_HAS_EXPIRED', 'x')]);
    const failure = await failing(new RecordingSystem(), runtime, options);
    assert.equal(failure.code, 'CertificateNotTrusted');
    assert.deepEqual(hosts(runtime), ['eu-west-1', 'eu-central-1', 'eu-north-1']);
    assert.equal(failure.details.attempted?.endpoint, 'https://sts.eu-north-1.amazonaws.com');
  });

  it('stays the same after throttling', async () => {
    const runtime = new ScriptedRuntime([new TransportError('ECONNRESET', 'x'), throttled, success]);
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions(options), RULES, runtime);
    assert.deepEqual(hosts(runtime), ['eu-west-1', 'eu-central-1', 'eu-central-1']);
    assert.ok(
      ci.lines.includes(
        'Try 1 of 5 failed (Unreachable: ECONNRESET); next in 50 ms at https://sts.eu-central-1.amazonaws.com.',
      ),
      ci.lines.join('\n'),
    );
  });

  for (const [code, status] of [
    ['AccessDenied', 403],
    ['InvalidIdentityToken', 400],
    ['RegionDisabledException', 403],
    ['ValidationError', 400],
  ] as const) {
    it(`is never tried after ${code}`, async () => {
      const runtime = new ScriptedRuntime([refusal(status, code, 'x')]);
      await failing(new RecordingSystem(), runtime, options);
      assert.deepEqual(hosts(runtime), ['eu-west-1']);
    });
  }
});
