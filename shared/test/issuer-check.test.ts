import assert from 'node:assert/strict';
import { Failure } from '../src/core/failure.ts';
import { issuerChecks, issuerFetcher } from '../src/diagnosis/checks/index.ts';
import { isPublicHost, lookUpPublic } from '../src/diagnosis/checks/public-address.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { TransportError } from '../src/net/transport-error.ts';
import { answer, discovery, ISSUER, issuerWith, signal } from './signed-issuer.ts';
import { type Scripted, ScriptedRuntime } from './support.ts';

async function checkIssuer(token: IdentityToken, ...answers: Scripted[]) {
  const network = new ScriptedRuntime(answers);
  const lookUp = async () => ['9.9.9.9'];
  const checks = await issuerChecks(token, issuerFetcher({ network, endpoint: undefined, signal, lookUp }));
  return checks.map(({ name, status, message }) => `${status} ${name}: ${message}`);
}

/** Hosts that are unreachable from the public Internet, in spellings that `URL` keeps. */
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

/** Ambiguous spellings of an address. */
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

describe('checks: issuer', () => {
  const rsa = issuerWith('RS256');
  const ec = issuerWith('ES256');

  for (const [name, issuer] of [
    ['RS256', rsa],
    ['ES256', ec],
  ] as const) {
    it(`follows discovery to the key and checks a signature with ${name}`, async () => {
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
      expected: /^warn discovery: .* cannot be fetched: HTTP 404$/,
    },
    {
      name: 'discovery out of reach',
      token: rsa.token(),
      answers: [new TransportError('ENOTFOUND', 'no such host')],
      expected: /^warn discovery: .*ENOTFOUND: no such host$/,
    },
    {
      name: 'discovery that takes too long',
      token: rsa.token(),
      answers: [new Failure('TimedOut', 'no answer within 15 s')],
      expected: /^warn discovery: .* cannot be fetched: no answer within 15 s$/,
    },
    {
      name: 'discovery that is a web page',
      token: rsa.token(),
      answers: [answer(200, '<html>')],
      expected: /^warn discovery: .*the answer is not JSON$/,
    },
    {
      name: 'another issuer, by a slash',
      token: rsa.token(),
      answers: [discovery({ issuer: `${ISSUER}/` })],
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
      expected: /^warn keys: .*HTTP 503$/,
    },
    {
      name: 'no keys',
      token: rsa.token(),
      answers: [discovery(), answer(200, { keys: [] })],
      expected: /^fail keys: .*holds no keys$/,
    },
    {
      name: 'keys that are not a list',
      token: rsa.token(),
      answers: [discovery(), answer(200, { keys: 'all' })],
      expected: /^fail keys: .*holds no keys$/,
    },
    {
      name: 'a key id that is not a text',
      token: rsa.token({ kid: 7 }),
      answers: [discovery(), answer(200, { keys: [rsa.jwk, ec.jwk] })],
      expected: /^fail keys: none of the 2 keys .*kid not given/,
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
      expected: /^fail signature: the signature of the token \(RS256\) is not by the issuer's key$/,
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

  it('finds no key for a token whose header is not JSON', async () => {
    const [, claims = ''] = rsa.token().reveal().split('.');
    const token = IdentityToken.parse(`YWJj.${claims}.c2ln`);
    const lines = await checkIssuer(token, discovery(), answer(200, { keys: [rsa.jwk, ec.jwk] }));
    assert.match(lines.at(-1) ?? '', /^fail keys: none of the 2 keys .*kid not given/);
    const [line] = await checkIssuer(token, discovery(), answer(200, { keys: [rsa.jwk] })).then((all) => all.slice(-1));
    assert.equal(line, 'fail signature: the token is signed with no algorithm');
  });

  it('ends with an error that is not about the network', async () => {
    const failing = async () => {
      throw 'text';
    };
    const network = Object.assign(new ScriptedRuntime([]), { transportBy: () => failing });
    const fetcher = issuerFetcher({ network, endpoint: undefined, signal, lookUp: async () => ['9.9.9.9'] });
    await assert.rejects(fetcher(new URL(ISSUER)), (error) => error === 'text');
  });

  it('uses the only key for a token without kid, as AWS does', async () => {
    const lines = await checkIssuer(rsa.token({ kid: undefined }), discovery(), answer(200, { keys: [rsa.jwk] }));
    assert.equal(lines.at(-1), 'ok signature: RS256, by that key');
  });

  it('names the proxy without its password', async () => {
    // An address needs no name server.
    const iss = 'https://9.9.9.9';
    const network = new ScriptedRuntime([
      discovery({ issuer: iss, jwks_uri: `${iss}/keys` }),
      answer(200, { keys: [rsa.jwk] }),
    ]);
    network.proxyFor = () => new URL('http://user:pass@proxy.example.com:3128');
    const fetcher = issuerFetcher({ network, endpoint: undefined, signal });
    const [first] = await issuerChecks(rsa.token({}, { iss }), fetcher);
    assert.match(first?.message ?? '', /, through the proxy proxy\.example\.com:3128$/);
  });
});

describe('checks: public addresses', () => {
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

  it('refuses a name with a private address, and accepts a public address', async () => {
    await assert.rejects(lookUpPublic('localhost'), { code: 'EPRIVATE', message: /^localhost is \S+ here$/ });
    assert.deepEqual(await lookUpPublic('9.9.9.9'), ['9.9.9.9']);
  });

  it('sends no request through a proxy for a name that is private here', async () => {
    const network = new ScriptedRuntime([answer(200, {})]);
    network.proxyFor = () => new URL('http://proxy.example.com:3128');
    const failing = (code: string) => async () => {
      throw Object.assign(new Error(code), { code });
    };
    for (const [code, problem, requested] of [
      ['EPRIVATE', 'not asked', 0],
      // The machine cannot look up names; the proxy can.
      ['ENOTFOUND', undefined, 1],
    ] as const) {
      const fetcher = issuerFetcher({ network, endpoint: undefined, signal, lookUp: failing(code) });
      assert.equal((await fetcher(new URL('https://ci.example.com'))).problem, problem);
      assert.equal(network.requests.length, requested);
    }
  });

  it('asks the emulator that is the STS endpoint, but no other port or scheme of this machine', async () => {
    const network = new ScriptedRuntime([answer(200, {})]);
    const fetcher = issuerFetcher({ network, endpoint: 'http://127.0.0.1:8080', signal });
    for (const url of ['http://127.0.0.1:2375/x', 'https://127.0.0.1:8080/x', 'http://localhost:8080/x']) {
      assert.equal((await fetcher(new URL(url))).problem, 'not asked');
    }
    assert.equal(network.requests.length, 0);
    assert.equal((await fetcher(new URL('http://127.0.0.1:8080/x'))).problem, undefined);
    // An address whose last part is empty has an embedded IPv4 address of zeros.
    assert.equal(isPublicHost('[64:ff9b::]'), false);
    // A private endpoint on another machine does not make its host an emulator.
    const vpc = issuerFetcher({ network, endpoint: 'https://10.0.0.1', signal });
    assert.equal((await vpc(new URL('https://10.0.0.1/x'))).problem, 'not asked');
  });
});
