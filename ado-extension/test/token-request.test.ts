import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type HttpAnswer, silentLog, type TokenRuntime, type Transport } from '@aws-oidc-assume/shared';
import { requestToken } from '../AwsOidcAssume/AwsOidcAssumeV1/src/token/token-request.ts';

const ACCESS_TOKEN = randomBytes(24).toString('hex');
const REQUEST = {
  uri: 'https://dev.azure.com/acme/p/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken?keep=this',
  server: 'https://dev.azure.com/acme/',
  moreHosts: [],
  accessToken: ACCESS_TOKEN,
};
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${part({ alg: 'RS256' })}.${part({ sub: 'sc://acme/shop/aws' })}.${randomBytes(32).toString('base64url')}`;
const GOOD = answer(200, JSON.stringify({ oidcToken: TOKEN }));

function answer(status: number, body: string): HttpAnswer {
  return { status, headers: {}, body: Buffer.from(body) };
}

function ask(given: HttpAnswer, request: { serviceConnectionId?: string } = {}) {
  const requests: Parameters<Transport>[0][] = [];
  const runtime: TokenRuntime = {
    transport: async (asked) => {
      requests.push(asked);
      return given;
    },
    sleep: async () => assert.fail('no wait'),
    random: () => 0.5,
    log: silentLog,
  };
  const limits = { signal: new AbortController().signal, timeLeft: () => 60_000, maxAttempts: 3 };
  return { requests, token: requestToken({ ...REQUEST, ...request }, limits, runtime) };
}

describe('the token request', () => {
  it('is what the REST reference asks for, and wants no sign-in page', async () => {
    const { requests, token } = ask(GOOD, { serviceConnectionId: 'the-guid' });
    assert.equal((await token).subject, 'sc://acme/shop/aws');
    const [request] = requests;
    assert.equal(request?.method, 'POST');
    assert.deepEqual(Object.fromEntries(request?.url.searchParams ?? []), {
      keep: 'this',
      'api-version': '7.1',
      serviceConnectionId: 'the-guid',
    });
    assert.deepEqual(request?.headers, {
      authorization: `Bearer ${ACCESS_TOKEN}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'x-tfs-fedauthredirect': 'Suppress',
    });
  });

  const refused = [
    {
      status: 400,
      body: '{"message":"There is no explicit reference to service connection x"}',
      says: /^A job may ask only/,
    },
    { status: 401, body: '', says: /did not accept the access token/ },
    { status: 203, body: '<html>', says: /did not accept the access token/ },
    { status: 302, body: '', says: /did not accept the access token/ },
    { status: 404, body: '', says: /knows no such plan or job/ },
    { status: 403, body: '{"message":"no"}', says: undefined },
  ];
  for (const { status, body, says } of refused) {
    it(`${says === undefined ? 'leaves a refusal as it is' : 'says what to change'}: HTTP ${status} ${body}`, async () => {
      const error = await ask(answer(status, body)).token.catch((one) => one);
      assert.equal(error.code, 'TokenRequestRefused');
      const changes: string[] | undefined = error.details.changes;
      if (says === undefined) assert.equal(changes, undefined);
      else assert.match(changes?.[0] ?? '', says);
    });
  }
});
