import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { IdentityToken, TransportError } from '@aws-oidc-assume/shared';
import { environmentChecks } from '../src/commands/doctor/environment.ts';
import { issuerFetcher } from '../src/commands/doctor/fetch-json.ts';
import { issuerChecks } from '../src/commands/doctor/issuer.ts';
import { isPublicHost, lookUpPublic } from '../src/commands/doctor/public-address.ts';
import { roleChecks } from '../src/commands/doctor/role.ts';
import { stsChecks } from '../src/commands/doctor/sts.ts';
import { tokenChecks } from '../src/commands/doctor/token.ts';
import {
  answer,
  BITBUCKET,
  bitbucketStep,
  FakeContext,
  type HttpAnswer,
  NOW,
  ROLE,
  runCli,
  type Scripted,
  tokenText,
} from './support.ts';

const seconds = NOW.getTime() / 1000;
const never = new AbortController().signal;
const KEYS_URL = `${BITBUCKET.iss}/keys.json`;

interface Issuer {
  readonly jwk: Record<string, unknown>;
  token(header?: Record<string, unknown>, claims?: Record<string, unknown>): IdentityToken;
}

function issuerWith(alg: 'RS256' | 'ES256'): Issuer {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig' },
    token: (header = {}, claims = {}) =>
      signed({ alg, kid: 'key-1', ...header }, { ...BITBUCKET, ...claims }, privateKey),
  };
}

function signed(header: object, claims: object, key: KeyObject): IdentityToken {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return IdentityToken.parse(`${text}.${signature.toString('base64url')}`);
}

const discovery = (members: Record<string, unknown> = {}) =>
  answer(200, { issuer: BITBUCKET.iss, jwks_uri: KEYS_URL, ...members });

async function checkIssuer(token: IdentityToken, ...answers: Scripted[]) {
  const context = new FakeContext({ answers });
  const checks = await issuerChecks(token, issuerFetcher({ network: context, endpoint: undefined, signal: never }));
  return checks.map(({ name, status, message }) => `${status} ${name}: ${message}`);
}

/** Hosts that the public Internet does not reach, in spellings that `URL` keeps. */
const PRIVATE_HOSTS = [
  '127.0.0.1',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.31.0.1',
  '192.168.1.1:8443',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  'localhost',
  'intranet',
  'x.localhost',
  'metadata.google.internal',
  'nas.local',
  '[::]',
  '[::1]',
  '[fd00::1]',
  '[fe80::1]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a00:1]',
  '[2002:a00:1::]',
];

/** Spellings of an address that two readers may understand in two ways. */
const ODD_SPELLINGS = [
  'https://0x7f.1',
  'https://2130706433',
  'https://127.1',
  'https://user@ci.example.com',
  'https://ci.example.com@127.0.0.1',
  'https://ci.example.com\\@127.0.0.1',
  'https://ci.example.com//x',
  'https://ci.example.com/../x',
  'https://ci.example.com/%2e%2e/x',
  'https://ci.example.com/a%2fb',
  'https://ci.example.com?x=1',
  'https://ci.example.com#x',
  'https://ci.example.com\t/x',
  'https://①②⑦.0.0.1',
  'https://localhost.',
  'ftp://ci.example.com',
  'file:///etc/passwd',
];

describe('doctor: issuer', () => {
  const rsa = issuerWith('RS256');
  const ec = issuerWith('ES256');

  for (const [name, issuer] of [
    ['RS256', rsa],
    ['ES256', ec],
  ] as const) {
    it(`follows discovery to the key and checks a signature by ${name}`, async () => {
      const lines = await checkIssuer(issuer.token(), discovery(), answer(200, { keys: [{ kid: 'old' }, issuer.jwk] }));
      assert.deepEqual(
        lines.map((line) => line.split(':')[0]),
        ['ok discovery', 'ok keys', 'ok signature'],
      );
    });
  }

  const faults: { name: string; token: IdentityToken; answers: Scripted[]; expected: RegExp }[] = [
    {
      name: 'an issuer in the clear',
      token: rsa.token({}, { iss: 'http://ci.example.com' }),
      answers: [],
      expected: /^fail discovery: the issuer "http:\/\/ci\.example\.com" is not a plain https address/,
    },
    {
      name: 'no issuer at all',
      token: rsa.token({}, { iss: 7 }),
      answers: [],
      expected: /^fail discovery: the issuer "" is not a plain https address/,
    },
    ...PRIVATE_HOSTS.flatMap((host) => [
      {
        name: `an issuer at ${host}`,
        token: rsa.token({}, { iss: `https://${host}` }),
        answers: [],
        expected: /^fail discovery: the issuer is at \S+, on this machine or in a private network, and was not asked/,
      },
      {
        name: `keys at ${host}`,
        token: rsa.token(),
        answers: [discovery({ jwks_uri: `https://${host}/keys` })],
        expected: /^warn keys: not checked: .* leads to \S+, another host, and was not followed/,
      },
    ]),
    ...['https://other.example.com/keys', 'https://api.bitbucket.org:8443/keys', 'https://bitbucket.org/keys'].map(
      (url) => ({
        name: `keys on another host: ${url}`,
        token: rsa.token(),
        answers: [discovery({ jwks_uri: url })],
        expected: /^warn keys: not checked: .* leads to \S+, another host, and was not followed/,
      }),
    ),
    ...ODD_SPELLINGS.map((iss) => ({
      name: `an issuer spelled ${JSON.stringify(iss)}`,
      token: rsa.token({}, { iss }),
      answers: [],
      expected: /^fail discovery: the issuer ".*" is not a plain https address/,
    })),
    {
      name: 'an issuer on this machine in the clear, where no emulator was named',
      token: rsa.token({}, { iss: 'http://127.0.0.1:2375' }),
      answers: [],
      expected: /^fail discovery: the issuer is at http:\/\/127\.0\.0\.1:2375, on this machine/,
    },
    {
      name: 'an issuer whose name is private here',
      token: rsa.token(),
      answers: [new TransportError('EPRIVATE', 'x is 10.0.0.1 here')],
      expected: /^warn discovery: not checked: https:\/\/api\.bitbucket\.org is an address of a private network here/,
    },
    {
      name: 'discovery that is not there',
      token: rsa.token(),
      answers: [answer(404, '')],
      expected: /^fail discovery: .*: HTTP 404$/,
    },
    {
      name: 'discovery out of reach',
      token: rsa.token(),
      answers: [new TransportError('ENOTFOUND', 'no such host')],
      expected: /^fail discovery: .*ENOTFOUND: no such host$/,
    },
    {
      name: 'discovery that is a web page',
      token: rsa.token(),
      answers: [answer(200, '<html>')],
      expected: /^fail discovery: .*the answer is not JSON$/,
    },
    {
      name: 'another issuer, by a slash',
      token: rsa.token(),
      answers: [discovery({ issuer: `${BITBUCKET.iss}/` })],
      expected: /^fail discovery: .* names the issuer/,
    },
    {
      name: 'keys in the clear',
      token: rsa.token(),
      answers: [discovery({ jwks_uri: 'http://ci.example.com/keys' })],
      expected: /^fail discovery: .* names no https address of keys/,
    },
    {
      name: 'keys that are not there',
      token: rsa.token(),
      answers: [discovery(), answer(503, '')],
      expected: /^fail keys: .*HTTP 503$/,
    },
    {
      name: 'no keys',
      token: rsa.token(),
      answers: [discovery(), answer(200, { keys: [] })],
      expected: /^fail keys: .*holds no keys$/,
    },
    {
      name: 'too many keys',
      token: rsa.token(),
      answers: [discovery(), answer(200, { keys: Array.from({ length: 101 }, () => rsa.jwk) })],
      expected: /^fail keys: .*more than 100 RSA keys/,
    },
    {
      name: 'a key that is gone',
      token: rsa.token({ kid: 'gone' }),
      answers: [discovery(), answer(200, { keys: [rsa.jwk] })],
      expected: /^fail keys: none of the 1 keys .*\(kid gone\)$/,
    },
    {
      name: 'no kid among several keys',
      token: rsa.token({ kid: undefined }),
      answers: [discovery(), answer(200, { keys: [rsa.jwk, ec.jwk] })],
      expected: /^fail keys: none of the 2 keys .*\(kid not given\)$/,
    },
    {
      name: 'a signature by another key',
      token: rsa.token(),
      answers: [discovery(), answer(200, { keys: [{ ...issuerWith('RS256').jwk }] })],
      expected: /^fail signature: RS256, but not by that key$/,
    },
    {
      name: 'an algorithm AWS does not take',
      token: rsa.token({ alg: 'none' }),
      answers: [discovery(), answer(200, { keys: [rsa.jwk] })],
      expected: /^fail signature: the token is signed with none$/,
    },
    {
      name: 'a key nobody can read',
      token: rsa.token(),
      answers: [discovery(), answer(200, { keys: [{ kid: 'key-1', kty: 'OCT' }] })],
      expected: /^warn signature: the signature was not checked, because the key/,
    },
  ];
  for (const { name, token, answers, expected } of faults) {
    it(`finds ${name}`, async () => {
      const lines = await checkIssuer(token, ...answers);
      assert.match(lines.at(-1) ?? '', expected);
    });
  }

  it('uses the only key for a token without kid, as AWS does', async () => {
    const lines = await checkIssuer(rsa.token({ kid: undefined }), discovery(), answer(200, { keys: [rsa.jwk] }));
    assert.equal(lines.at(-1), 'ok signature: RS256, by that key');
  });

  it('names the proxy without its password', async () => {
    // An address needs no name server.
    const iss = 'https://9.9.9.9';
    const { transport, publicTransport } = new FakeContext({
      answers: [discovery({ issuer: iss, jwks_uri: `${iss}/keys` }), answer(200, { keys: [rsa.jwk] })],
    });
    const proxyFor = () => new URL('http://user:pass@proxy.example.com:3128');
    const network = { transport, publicTransport, proxyFor };
    const fetcher = issuerFetcher({ network, endpoint: undefined, signal: never });
    const [first] = await issuerChecks(rsa.token({}, { iss }), fetcher);
    assert.match(first?.message ?? '', /, through the proxy proxy\.example\.com:3128$/);
  });
});

describe('doctor: public addresses', () => {
  const hosts = {
    'ci.example.com': true,
    '9.9.9.9': true,
    '172.32.0.1': true,
    '[2001:4860:4860::8888]': true,
    '[64:ff9b::808:808]': true,
    '[::ffff:808:808]': true,
    ...Object.fromEntries(PRIVATE_HOSTS.map((host) => [host.replace(':8443', ''), false])),
  };
  for (const [host, isPublic] of Object.entries(hosts)) {
    it(`calls ${host} ${isPublic ? 'public' : 'private'}`, () => {
      assert.equal(isPublicHost(host), isPublic);
    });
  }

  it('refuses a name with a private address, and passes a public address', async () => {
    await assert.rejects(lookUpPublic('localhost'), { code: 'EPRIVATE', message: /^localhost is \S+ here$/ });
    assert.deepEqual(await lookUpPublic('9.9.9.9'), ['9.9.9.9']);
  });

  it('asks no proxy for a name that is private here', async () => {
    const { transport, publicTransport, requests } = new FakeContext({ answers: [answer(200, {})] });
    const network = { transport, publicTransport, proxyFor: () => new URL('http://proxy.example.com:3128') };
    const failing = (code: string) => async () => {
      throw Object.assign(new Error(code), { code });
    };
    for (const [code, problem, requested] of [
      ['EPRIVATE', 'not asked', 0],
      // The machine cannot look up names; the proxy can.
      ['ENOTFOUND', undefined, 1],
    ] as const) {
      const fetcher = issuerFetcher({ network, endpoint: undefined, signal: never, lookUp: failing(code) });
      assert.equal((await fetcher(new URL('https://ci.example.com'))).problem, problem);
      assert.equal(requests.length, requested);
    }
  });

  it('asks the emulator that is the STS endpoint, and no other port or scheme of this machine', async () => {
    const { transport, publicTransport, proxyFor, requests } = new FakeContext({ answers: [answer(200, {})] });
    const network = { transport, publicTransport, proxyFor };
    const fetcher = issuerFetcher({ network, endpoint: 'http://127.0.0.1:8080', signal: never });
    for (const url of ['http://127.0.0.1:2375/x', 'https://127.0.0.1:8080/x', 'http://localhost:8080/x']) {
      assert.equal((await fetcher(new URL(url))).problem, 'not asked');
    }
    assert.equal(requests.length, 0);
    assert.equal((await fetcher(new URL('http://127.0.0.1:8080/x'))).problem, undefined);
    // A private endpoint that is not this machine makes its host no emulator.
    const vpc = issuerFetcher({ network, endpoint: 'https://10.0.0.1', signal: never });
    assert.equal((await vpc(new URL('https://10.0.0.1/x'))).problem, 'not asked');
  });
});

describe('doctor: token', () => {
  const cases = [
    { name: 'a good one', claims: {}, expected: /^ok: from X, for ari:.*, good for 3590 s$/ },
    { name: 'a missing claim', claims: { sub: undefined }, expected: /^fail: it has no sub$/ },
    { name: 'expiry past what AWS allows', claims: { exp: seconds - 301 }, expected: /^fail: it expired 301 s ago$/ },
    { name: 'expiry within what AWS allows', claims: { exp: seconds - 10 }, expected: /^warn: .*, expired 10 s ago$/ },
    { name: 'a token from the future', claims: { iat: seconds + 301 }, expected: /^fail: it was issued in the future/ },
    { name: 'several audiences', claims: { aud: ['a', 'b'] }, expected: /^fail: it has 2 audiences/ },
    { name: 'several audiences with azp', claims: { aud: ['a', 'b'], azp: 'a' }, expected: /^ok/ },
  ];
  for (const { name, claims, expected } of cases) {
    it(`judges ${name}`, () => {
      const [check] = tokenChecks(IdentityToken.parse(tokenText(claims)), 'X', NOW);
      assert.match(`${check?.status}: ${check?.message}`, expected);
    });
  }
});

describe('doctor: STS', () => {
  const refusal = (date: Date) =>
    answer(403, '<ErrorResponse><Error><Code>MissingAuthenticationToken</Code></Error></ErrorResponse>', {
      date: date.toUTCString(),
    });
  const at = (secondsOff: number) => refusal(new Date(NOW.getTime() + secondsOff * 1000));

  const cases: { name: string; given: Scripted; proxy?: string; expected: string[] }[] = [
    { name: 'agreement', given: at(20), expected: ['ok sts', 'ok clock'] },
    { name: 'a clock that drifts', given: at(61), expected: ['ok sts', 'warn clock'] },
    { name: 'a clock that is wrong', given: at(-301), expected: ['ok sts', 'fail clock'] },
    {
      name: 'an answer without a date',
      given: answer(403, '<Error><Code>MissingAuthenticationToken</Code></Error>'),
      expected: ['ok sts'],
    },
    { name: 'a web page', given: answer(200, '<html>blocked</html>'), expected: ['fail sts'] },
    { name: 'silence', given: new TransportError('ETIMEDOUT', 'no connection within 10 s'), expected: ['fail sts'] },
  ];
  for (const { name, given, expected } of cases) {
    it(`judges ${name}`, async () => {
      const context = new FakeContext({ answers: [given] });
      const checks = await stsChecks('https://sts.eu-west-1.amazonaws.com', context, new AbortController().signal);
      assert.deepEqual(
        checks.map((check) => `${check.status} ${check.name}`),
        expected,
      );
    });
  }

  it('names the proxy if there is one', async () => {
    const context = new FakeContext({ answers: [new TransportError('ECONNREFUSED', 'refused')] });
    const [check] = await stsChecks(
      'https://sts.eu-west-1.amazonaws.com',
      { ...context, transport: context.transport, proxyFor: () => new URL('http://u:p@proxy:3128') },
      new AbortController().signal,
    );
    assert.match(check?.message ?? '', /cannot be reached, through the proxy proxy:3128: ECONNREFUSED/);
    assert.match(check?.change ?? '', /NO_PROXY/);
  });
});

describe('doctor: environment', () => {
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
      for (const [at, line] of lines.entries()) assert.match(line, expected[at] ?? /^$/);
      assert.ok(!lines.join('').includes('secret'));
    });
  }
});

describe('doctor: role', () => {
  it('names the provider that AWS will look for', () => {
    const [check] = roleChecks(ROLE, 'eu-west-1', BITBUCKET.iss);
    assert.match(check?.message ?? '', /arn:aws:iam::123456789012:oidc-provider\/api\.bitbucket\.org\//);
  });

  it('finds a region of another partition', () => {
    const [check] = roleChecks(ROLE, 'cn-north-1', BITBUCKET.iss);
    assert.equal(check?.status, 'fail');
  });

  it('says nothing without a role, or without a token', () => {
    assert.deepEqual([...roleChecks(undefined, 'eu-west-1', 'x'), ...roleChecks(ROLE, 'eu-west-1', undefined)], []);
  });
});

describe('doctor', () => {
  const sts = (): HttpAnswer => answer(403, '<Code>MissingAuthenticationToken</Code>', { date: NOW.toUTCString() });

  it('continues without a token, and fails', async () => {
    const { status, stdout } = await runCli(['doctor', '--region', 'eu-west-1'], {
      env: { NO_COLOR: '1' },
      answers: [sts],
    });
    assert.equal(status, 1);
    assert.match(stdout, /^fail token +This is not a job of[^\n]*\n +→ Run it in a CI job/);
    assert.match(stdout, /^ok {3}sts +https:\/\/sts\.eu-west-1\.amazonaws\.com answers$/m);
    assert.match(stdout, /^ok {3}environment/m);
  });

  it('prints JSON', async () => {
    const issuer = issuerWith('RS256');
    const { status, stdout } = await runCli(['doctor', '--role-arn', ROLE, '--region', 'eu-west-1', '--json'], {
      env: { ...bitbucketStep(), BITBUCKET_STEP_OIDC_TOKEN: issuer.token().reveal() },
      answers: [(request) => route(request.url, issuer)],
    });
    const { checks } = JSON.parse(stdout);
    assert.deepEqual(
      checks.map((check: { status: string; name: string }) => `${check.status} ${check.name}`),
      ['ok token', 'ok discovery', 'ok keys', 'ok signature', 'ok role', 'ok sts', 'ok clock', 'ok environment'],
    );
    assert.equal(status, 0);
  });

  it('reports that STS was not checked without a region', async () => {
    const { stdout } = await runCli(['doctor'], { answers: [sts] });
    assert.match(stdout, /^warn sts +not checked: no region is given/m);
  });

  for (const { args, env, expected } of [
    { args: ['--sts-endpoint', 'nowhere'], expected: /--sts-endpoint is "nowhere", which is not a URL/ },
    { args: ['--sts-endpoint', 'ftp://sts.example.com'], expected: /--sts-endpoint is "ftp:.*", which is not https/ },
    { args: ['--sts-endpoint', 'http://sts.example.com'], expected: /--sts-endpoint is "http:.*", which is not https/ },
    { args: ['--region', 'elsewhere.example/'], expected: /--region is "elsewhere.example\/", not the name of an AWS/ },
    { args: [], env: { AWS_REGION: '$REGION' }, expected: /AWS_REGION is \$REGION: the variable is not defined/ },
  ]) {
    it(`refuses, as the exchange does, ${[...args, ...Object.values(env ?? {})].join(' ')}`, async () => {
      const { status, stderr, context } = await runCli(['doctor', ...args], { env: env ?? {} });
      assert.equal(status, 2);
      assert.match(stderr, expected);
      assert.deepEqual(context.requests, []);
    });
  }

  function route(url: URL, issuer: Issuer): HttpAnswer {
    if (url.hostname.startsWith('sts.')) return sts();
    return url.href === KEYS_URL ? answer(200, { keys: [issuer.jwk] }) : discovery();
  }
});
