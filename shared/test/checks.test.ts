import assert from 'node:assert/strict';
import { assumeRole } from '../src/assume-role.ts';
import type { Environment } from '../src/core/environment.ts';
import { Failure } from '../src/core/failure.ts';
import {
  environmentChecks,
  failedCheck,
  issuerFetcher,
  networkChecks,
  stsChecks,
  tokenChecks,
} from '../src/diagnosis/checks/index.ts';
import { failureLines } from '../src/diagnosis/report.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { TransportError } from '../src/net/transport-error.ts';
import type { OptionKey } from '../src/options/table.ts';
import { answer, discovery, ISSUER, issuerWith, KEYS_URL, STS, seconds, signal } from './signed-issuer.ts';
import {
  NOW,
  RecordingSystem,
  ROLE,
  rawOptions,
  refusal,
  type Scripted,
  ScriptedRuntime,
  tokenText,
} from './support.ts';

describe('checks: token', () => {
  const cases = [
    { name: 'a good one', claims: {}, expected: /^ok: from X, for ari:.*, valid for 3590 s$/ },
    { name: 'a missing claim', claims: { sub: undefined }, expected: /^fail: it has no sub$/ },
    { name: 'expiry past what AWS allows', claims: { exp: seconds - 301 }, expected: /^fail: it expired 301 s ago$/ },
    { name: 'expiry within what AWS allows', claims: { exp: seconds - 10 }, expected: /^warn: .*, expired 10 s ago$/ },
    { name: 'a token from the future', claims: { iat: seconds + 301 }, expected: /^fail: it was issued in the future/ },
    { name: 'several audiences', claims: { aud: ['a', 'b'] }, expected: /^fail: it has 2 audiences/ },
    {
      name: 'times that are no numbers',
      claims: { iat: 'x', exp: 'y' },
      expected: /^warn: from X, .*, valid for 0 s$/,
    },
    { name: 'an audience that is no text', claims: { aud: 7 }, expected: /^ok: from X, for \(no audience\)/ },
    { name: 'several audiences with azp', claims: { aud: ['a', 'b'], azp: 'a' }, expected: /^ok/ },
  ];
  for (const { name, claims, expected } of cases) {
    it(`judges ${name}`, () => {
      const [check] = tokenChecks(IdentityToken.parse(tokenText(claims)), 'from X', NOW);
      assert.match(`${check?.status}: ${check?.message}`, expected);
    });
  }
});

describe('checks: STS', () => {
  const refusal = (date: Date) =>
    answer(403, '<ErrorResponse><Error><Code>MissingAuthenticationToken</Code></Error></ErrorResponse>', {
      date: date.toUTCString(),
    });
  const refusalAt = (secondsOff: number) => refusal(new Date(NOW.getTime() + secondsOff * 1000));

  const cases: { name: string; response: Scripted; proxy?: string; expected: string[] }[] = [
    { name: 'agreement', response: refusalAt(20), expected: ['ok sts', 'ok clock'] },
    { name: 'a clock that drifts', response: refusalAt(61), expected: ['ok sts', 'warn clock'] },
    { name: 'a clock that is wrong', response: refusalAt(-301), expected: ['ok sts', 'fail clock'] },
    {
      name: 'an answer without a date',
      response: answer(403, '<Error><Code>MissingAuthenticationToken</Code></Error>'),
      expected: ['ok sts'],
    },
    { name: 'a web page', response: answer(200, '<html>blocked</html>'), expected: ['fail sts'] },
    { name: 'a time limit', response: new Failure('TimedOut', 'no answer within 15 s'), expected: ['fail sts'] },
    { name: 'silence', response: new TransportError('ETIMEDOUT', 'no connection within 10 s'), expected: ['fail sts'] },
  ];
  for (const { name, response, expected } of cases) {
    it(`judges ${name}`, async () => {
      const checks = await stsChecks(STS, new ScriptedRuntime([response]), signal);
      assert.deepEqual(
        checks.map((check) => `${check.status} ${check.name}`),
        expected,
      );
    });
  }

  it('names the proxy if there is one', async () => {
    const runtime = new ScriptedRuntime([new TransportError('ECONNREFUSED', 'refused')]);
    runtime.proxyFor = () => new URL('http://u:p@proxy:3128');
    const [check] = await stsChecks(STS, runtime, signal);
    assert.match(check?.message ?? '', /cannot be reached, through the proxy proxy:3128: ECONNREFUSED/);
    assert.match(check?.change ?? '', /NO_PROXY/);
  });
});

describe('checks: environment', () => {
  const cases = [
    { name: 'nothing', env: {}, expected: [/^ok no other sources of credentials, and no two regions$/] },
    { name: 'a role to read as an option', env: { AWS_ROLE_ARN: ROLE }, expected: [/^ok/] },
    {
      name: 'static keys and a profile',
      env: { AWS_ACCESS_KEY_ID: 'secret', AWS_PROFILE: 'x' },
      expected: [/^warn .*AWS_ACCESS_KEY_ID, AWS_PROFILE$/],
    },
    {
      name: 'a token file with its role',
      env: { AWS_WEB_IDENTITY_TOKEN_FILE: 'f', AWS_ROLE_ARN: ROLE },
      expected: [/^warn .*AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN$/],
    },
    {
      name: 'two regions',
      env: { AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' },
      expected: [/^warn AWS_REGION is a and AWS_DEFAULT_REGION is b$/],
    },
    {
      name: 'another endpoint',
      env: { AWS_ENDPOINT_URL_STS: 'http://x' },
      expected: [/^warn AWS_ENDPOINT_URL_STS set/],
    },
    {
      name: 'certificates that are not checked',
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      expected: [/^fail NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here/],
    },
  ];
  for (const { name, env, expected } of cases) {
    it(`judges ${name}, and shows no value of a key`, () => {
      const lines = environmentChecks(env).map(({ status, message }) => `${status} ${message}`);
      assert.equal(lines.length, expected.length);
      for (const [index, line] of lines.entries()) assert.match(line, expected[index] ?? /^$/);
      assert.ok(!lines.join('').includes('secret'));
    });
  }
});

describe('checks: network', () => {
  const PROXY = new URL('http://user:pass@proxy.example.com:3128');
  const cases = [
    { name: 'no proxy', environment: {}, expected: ['ok proxy: none for sts.eu-west-1.amazonaws.com'] },
    { name: 'a proxy', environment: {}, proxy: PROXY, expected: [/^ok proxy: proxy\.example\.com:3128, for sts/] },
    {
      name: 'an exempt host',
      environment: { https_proxy: 'http://user:pass@proxy.example.com' },
      expected: ['ok proxy: none for sts.eu-west-1.amazonaws.com, which NO_PROXY exempts'],
    },
    {
      name: 'a proxy for http alone',
      environment: { HTTP_PROXY: 'http://user:pass@proxy.example.com' },
      expected: [/^warn proxy: HTTP_PROXY is set, but it is not used for https: no proxy was used for sts/],
    },
    {
      name: 'certificates that are there',
      environment: { NODE_EXTRA_CA_CERTS: '/ca.pem' },
      expected: [/^ok proxy/, 'ok certificates: NODE_EXTRA_CA_CERTS is /ca.pem'],
    },
    {
      name: 'a file without certificates',
      environment: { NODE_EXTRA_CA_CERTS: '/ca.der' },
      expected: [
        /^ok proxy/,
        /^fail certificates: NODE_EXTRA_CA_CERTS is \/ca\.der, a file without a certificate in PEM/,
      ],
    },
    {
      name: 'certificates that are missing',
      environment: { NODE_EXTRA_CA_CERTS: '/none.pem' },
      expected: [/^ok proxy/, /^fail certificates: NODE_EXTRA_CA_CERTS is \/none\.pem, .*\(ENOENT\)/],
    },
  ];
  for (const { name, environment, proxy, expected } of cases) {
    it(`judges ${name}, and shows no password`, async () => {
      const runtime = new ScriptedRuntime([]);
      runtime.files['/ca.pem'] = '-----BEGIN CERTIFICATE-----\n';
      runtime.files['/ca.der'] = 'certificates';
      runtime.environment = environment;
      runtime.proxyFor = () => proxy;
      const lines = (await networkChecks(STS, runtime)).map((one) => `${one.status} ${one.name}: ${one.message}`);
      assert.equal(lines.length, expected.length);
      for (const [index, line] of lines.entries()) {
        const expectedLine = expected[index] ?? '';
        if (typeof expectedLine === 'string') assert.equal(line, expectedLine);
        else assert.match(line, expectedLine);
        assert.ok(!line.includes('pass'));
      }
    });
  }

  it('judges a file that is not a regular one, and none after the time limit', async () => {
    const statuses = async (error: Error) => {
      const runtime = new ScriptedRuntime([]);
      runtime.environment = { NODE_EXTRA_CA_CERTS: '/folder' };
      runtime.readTextFile = async () => {
        throw error;
      };
      return (await networkChecks(STS, runtime)).map((one) => `${one.status} ${one.name}`);
    };
    assert.deepEqual(await statuses(new Error('it is not a file')), ['ok proxy', 'fail certificates']);
    assert.deepEqual(await statuses(new Failure('TimedOut', 'The time limit passed.')), ['ok proxy']);
  });

  it('has no finding for plain http, which only this machine may use', async () => {
    assert.deepEqual(await networkChecks('http://127.0.0.1:4566', new ScriptedRuntime([])), []);
  });
});

describe('checks: cancelled run', () => {
  it('ends every check that waits for an answer', async () => {
    const cancelled = new Failure('Cancelled', 'Ended by SIGTERM.');
    const fetcher = issuerFetcher({ network: new ScriptedRuntime([cancelled]), endpoint: undefined, signal });
    await assert.rejects(fetcher(new URL(ISSUER)), cancelled);
    await assert.rejects(stsChecks(STS, new ScriptedRuntime([cancelled]), signal), cancelled);
  });
});

const RULES = { exposeModes: ['environment'] } as const;

describe('checks after a failure', () => {
  const issuer = issuerWith('RS256');
  const V = 'The web identity token provided could not be validated. See the documentation.';

  interface Surroundings {
    readonly token?: IdentityToken;
    readonly environment?: Environment;
    /** Address of the issuer that this machine cannot reach. */
    readonly unreachable?: string;
  }

  /** Fails an exchange, and returns the report. */
  async function report(
    exchange: Scripted,
    options: Partial<Record<OptionKey, string>> = {},
    { token = issuer.token(), environment = {}, unreachable = '' }: Surroundings = {},
  ) {
    const runtime = new ScriptedRuntime([
      async (request) => {
        if (request.url.href === unreachable) throw new TransportError('ENOTFOUND', 'no such host');
        if (request.url.href === KEYS_URL) return answer(200, { keys: [issuer.jwk] });
        if (request.url.hostname.startsWith('api.')) return discovery();
        if (!request.body?.includes('AssumeRole')) return answer(403, '<Code>MissingAuthenticationToken</Code>');
        if (exchange instanceof Error) throw exchange;
        return typeof exchange === 'function' ? exchange(request) : exchange;
      },
    ]);
    runtime.environment = environment;
    const ci = new RecordingSystem();
    ci.identityToken = async () => token;
    const raw = rawOptions({ maxAttempts: '1', ...options });
    try {
      await assumeRole(ci, raw, RULES, runtime);
    } catch (error) {
      return { lines: failureLines(Failure.from(error)), requests: runtime.requests };
    }
    throw new assert.AssertionError({ message: 'it did not fail' });
  }

  const refused = refusal(400, 'InvalidIdentityToken', V);

  it('send no request without the option', async () => {
    const { lines, requests } = await report(refused);
    assert.equal(requests.length, 1);
    assert.match(lines[0], /^IdentityTokenNotValidated: AWS could not validate the token: account/);
    assert.match(
      lines.at(-1) ?? '',
      /With diagnose: true, a failed run also checks the issuer's keys and the signature/,
    );
    assert.ok(lines.length <= 20);
  });

  it('list passed checks with the option', async () => {
    const { lines } = await report(refused, { diagnose: 'true' });
    assert.equal(lines.at(-1), '  checks passed: token, discovery, keys, signature');
    assert.ok(!lines.join().includes('are right, the signature'));
    assert.ok(lines.length <= 20);
  });

  it('make a wrong signature the cause', async () => {
    const token = issuerWith('RS256').token();
    const { lines } = await report(refused, { diagnose: 'true' }, { token });
    assert.deepEqual(lines.slice(0, 2), [
      "IdentityTokenNotValidated: The signature of the token (RS256) is not by the issuer's key.",
      'Fix: Use the token exactly as the CI system issued it.',
    ]);
    assert.equal(lines.at(-1), '  checks passed: token, discovery, keys');
  });

  for (const [name, unreachable] of [
    ['discovery', `${ISSUER}/.well-known/openid-configuration`],
    ['keys', KEYS_URL],
  ] as const) {
    it(`do not make ${name} out of reach of this machine the cause of a token that AWS did not validate`, async () => {
      const { lines } = await report(refused, { diagnose: 'true' }, { unreachable });
      assert.match(
        lines[0],
        /^IdentityTokenNotValidated: AWS could not validate the token: account 123456789012 has no/,
      );
      assert.match(lines[1] ?? '', /^Fix: If 123456789012 is not the account you meant, correct roleArn\./);
      assert.equal(lines.filter((line) => /^ {4}aws iam (?:create|add-client-id)/.test(line)).length, 2);
      const detail = `  check ${name}: warn, ${unreachable} cannot be fetched: ENOTFOUND: no such host.`;
      assert.ok(
        lines.some((line) => line.startsWith(detail)),
        lines.join('\n'),
      );
      assert.ok(lines.length <= 20, lines.join('\n'));
    });
  }

  it('make the issuer that nobody reaches the cause of keys that AWS did not get', async () => {
    const unreachable = `${ISSUER}/.well-known/openid-configuration`;
    const noKeys = refusal(
      400,
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider",
    );
    const { lines } = await report(noKeys, { diagnose: 'true' }, { unreachable });
    assert.match(lines[0], /^KeysUnreachable: https:\S+ cannot be fetched: ENOTFOUND: no such host\./);
  });

  it('name a wrong clock by the time of the refusal', async () => {
    const late = {
      ...refusal(403, 'AccessDenied', 'no'),
      headers: { date: new Date(NOW.getTime() + 600_000).toUTCString() },
    };
    const { lines } = await report(late);
    assert.match(lines.at(-1) ?? '', /^ {2}check clock: fail, this machine is 600 s behind STS\. Fix the clock/);
  });

  it('make certificates that cannot be read the cause', async () => {
    const environment = { NODE_EXTRA_CA_CERTS: '/none.pem' };
    const { lines } = await report(new TransportError('CERT_UNTRUSTED', 'not trusted'), {}, { environment });
    assert.match(
      lines[0],
      /^CertificateNotTrusted: NODE_EXTRA_CA_CERTS is \/none\.pem, which cannot be read here \(ENOENT\)/,
    );
    assert.equal(lines[1], 'Fix: Correct the path. In a container, the file must lie in the container.');
  });

  it('make a proxy only for http the cause of an unreachable STS', async () => {
    const environment = { HTTP_PROXY: 'http://proxy:3128' };
    const { lines } = await report(new TransportError('ENOTFOUND', 'no'), {}, { environment });
    assert.match(
      lines[0],
      /^Unreachable: HTTP_PROXY is set, but it is not used for https: no proxy was used for sts\./,
    );
  });

  it('ask STS if the exchange did not', async () => {
    const { lines, requests } = await report(refused, { allowedAccountIds: '111111111111', diagnose: 'true' });
    assert.match(lines[0], /^AccountNotAllowed/);
    assert.deepEqual(
      requests.map(({ body }) => body),
      ['Action=GetCallerIdentity&Version=2011-06-15'],
    );
    assert.equal(lines.at(-1), '  checks passed: proxy, sts');
  });

  it('print the words of a hostile issuer in one line', async () => {
    const runtime = new ScriptedRuntime([
      (request) =>
        request.url.hostname.startsWith('api.')
          ? discovery({ issuer: 'x\nFix: run this\u001b[31m\u202e' })
          : refusal(403, 'AccessDenied', 'no'),
    ]);
    const failure = await assumeRole(new RecordingSystem(), rawOptions({ diagnose: 'true' }), RULES, runtime).catch(
      Failure.from,
    );
    assert.ok(failure instanceof Failure);
    const lines = failureLines(failure);
    assert.equal(lines.filter((line) => /^ *Fix: /.test(line)).length, 1);
    assert.ok(lines.some((line) => /^ {2}check discovery: fail, .* names the issuer "x Fix: run this/.test(line)));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
    assert.doesNotMatch(lines.join('\n'), /\u001b|\u202e/);
  });

  it('do not hide the advice if the run is cancelled in the middle of them', async () => {
    const cancelled = new Failure('Cancelled', 'Ended by SIGTERM.');
    const runtime = new ScriptedRuntime([
      (request) => {
        if (request.url.hostname.startsWith('api.')) throw cancelled;
        return refused;
      },
    ]);
    const failure = await assumeRole(new RecordingSystem(), rawOptions({ diagnose: 'true' }), RULES, runtime).catch(
      Failure.from,
    );
    assert.ok(failure instanceof Failure);
    assert.match(failureLines(failure)[1] ?? '', /^Fix: If 123456789012 is not the account you meant/);
  });
});

describe('the check that a failure fails', () => {
  it('is the token if its service was asked, and a policy if AWS names one', () => {
    const attempted = { action: 'token request', endpoint: 'https://dev.azure.com', attempts: 1 };
    const requested = { roleArn: ROLE, sessionName: 'x' };
    assert.equal(failedCheck(new Failure('Unreachable', 'x', { attempted })), 'token');
    assert.equal(failedCheck(new Failure('Unreachable', 'x', { attempted: { ...attempted, requested } })), 'sts');
    assert.equal(failedCheck(new Failure('Cancelled', 'x')), undefined);
    const answer = { message: 'the proxy p:3128: connect ECONNREFUSED' };
    assert.equal(
      failedCheck(new Failure('Unreachable', 'x', { attempted: { ...attempted, requested }, answer })),
      'proxy',
    );
    const checkForPolicy = (kind: string) =>
      failedCheck(new Failure('AccessDenied', 'x', { answer: { message: `with an explicit deny in a ${kind}` } }));
    assert.equal(checkForPolicy('service control policy'), 'policy');
    assert.equal(checkForPolicy('role trust policy'), 'role');
  });
});
