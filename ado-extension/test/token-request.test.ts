import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Failure, type HttpAnswer, silentLog, type Transport } from '@aws-oidc-assume/shared';
import { requestToken, type TokenEdges } from '../AwsOidcAssume/AwsOidcAssumeV1/src/token-request.ts';

const ACCESS_TOKEN = randomBytes(24).toString('hex');
const REQUEST = {
  uri: 'https://dev.azure.com/acme/p/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken?keep=this',
  server: 'https://dev.azure.com/acme/',
  moreHosts: [],
  accessToken: ACCESS_TOKEN,
  maxAttempts: 3,
};
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${part({ alg: 'RS256' })}.${part({ sub: 'sc://acme/shop/aws' })}.${randomBytes(32).toString('base64url')}`;
const GOOD = answer(200, JSON.stringify({ oidcToken: TOKEN }));

function answer(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers, body: Buffer.from(body) };
}

/** Answers come from the list; waits are noted, and pass at once. */
function edgesOf(answers: HttpAnswer[]) {
  const requests: Parameters<Transport>[0][] = [];
  const waits: number[] = [];
  const lines: string[] = [];
  const edges: TokenEdges = {
    transport: async (request) => {
      requests.push(request);
      return answers.shift() ?? GOOD;
    },
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0.5,
    log: { ...silentLog, info: (line) => void lines.push(line) },
  };
  return { edges, requests, waits, lines };
}

const never = new AbortController().signal;
const ask = (edges: TokenEdges, request: Partial<typeof REQUEST> & { serviceConnectionId?: string } = {}) =>
  requestToken({ ...REQUEST, ...request }, edges, never, () => 60_000);

describe('the token request', () => {
  it('is what the REST reference asks for, and wants no sign-in page', async () => {
    const { edges, requests } = edgesOf([]);
    const token = await ask(edges, { serviceConnectionId: 'the-guid' });
    assert.equal(token.subject, 'sc://acme/shop/aws');
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

  it('waits at least as long as Retry-After says', async () => {
    const { edges, waits, lines } = edgesOf([
      answer(429, '', { 'retry-after': '7' }),
      answer(503, '', { 'retry-after': '2' }),
    ]);
    await ask(edges);
    assert.equal(waits.length, 2);
    assert.ok((waits[0] ?? 0) >= 7000 && (waits[1] ?? 0) >= 2000, waits.join());
    assert.match(lines[0] ?? '', /^Token request: try 1 of 3 failed \(Throttled: an empty answer\); next in \d+ ms\.$/);
  });

  it('does not wait beyond the time limit', async () => {
    const { edges, waits } = edgesOf([answer(429, '', { 'retry-after': '61' })]);
    await assert.rejects(ask(edges), { code: 'Throttled' });
    assert.deepEqual(waits, []);
  });

  it('never shows the access token, though an answer may quote it', async () => {
    const quoting = `Bearer ${ACCESS_TOKEN} is not good enough`;
    for (const body of [JSON.stringify({ message: quoting }), quoting]) {
      const { edges } = edgesOf([answer(400, body)]);
      await assert.rejects(ask(edges), (error: Failure) => {
        assert.ok(!JSON.stringify([error.message, error.details]).includes(ACCESS_TOKEN));
        return error.code === 'TokenRequestRefused';
      });
    }
  });

  it('ends with the reason of the deadline, and what came back before', async () => {
    const { edges } = edgesOf([answer(500, '{"message":"busy"}')]);
    const deadline = new AbortController();
    const late: TokenEdges = {
      ...edges,
      sleep: async () => {
        deadline.abort(new Failure('TimedOut', 'The time is up.'));
        deadline.signal.throwIfAborted();
      },
    };
    await assert.rejects(
      requestToken(REQUEST, late, deadline.signal, () => 1000),
      (error: Failure) => {
        assert.equal(error.code, 'TimedOut');
        assert.deepEqual(error.details.answer, { status: 500, message: 'busy' });
        assert.equal(error.details.attempted?.attempts, 1);
        return true;
      },
    );
  });
});
