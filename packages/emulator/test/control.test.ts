import assert from 'node:assert/strict';
import { request } from 'node:http';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { JournalEntry } from '../src/journal.ts';
import { client, type Running, running } from './running-emulator.ts';

describe('the control interface', () => {
  let aws: Running;
  beforeEach(async () => {
    aws = await running();
  });
  afterEach(() => aws.emulator.stop());

  const requests = async () => {
    const { requests } = (await (await aws.control('GET', 'requests')).json()) as { requests: JournalEntry[] };
    return requests;
  };
  const faults = (...list: unknown[]) => aws.control('PUT', 'faults', { faults: list });
  const assume = async () => aws.assume({ WebIdentityToken: await aws.mint({ provider: 'github' }) });

  it('lists requests in order with their answers', async () => {
    await assume();
    await aws.assume({ RoleSessionName: 'a b', WebIdentityToken: 'opaque' });
    const listed = (await requests()).map(({ id, endpoint, action, status, code }) => [
      id,
      endpoint,
      action,
      status,
      code,
    ]);
    assert.deepEqual(listed, [
      [1, 'sts', 'AssumeRoleWithWebIdentity', 200, undefined],
      [2, 'discovery', undefined, 200, undefined],
      [3, 'jwks', undefined, 200, undefined],
      [4, 'sts', 'AssumeRoleWithWebIdentity', 400, 'ValidationError'],
    ]);
    await aws.control('DELETE', 'requests');
    assert.deepEqual(await requests(), []);
  });

  it('lists parameters and user agent', async () => {
    const { oidcRequestUri, accessToken } = aws.emulator.ready;
    await fetch(`${oidcRequestUri}?api-version=7.1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'user-agent': 'me/1' },
    });
    const [entry] = await requests();
    assert.deepEqual(
      [entry?.endpoint, entry?.parameters, entry?.userAgent],
      ['azure-token', { 'api-version': '7.1' }, 'me/1'],
    );
  });

  it('lists every issued secret, and shows none of them anywhere else', async () => {
    const { ready } = aws.emulator;
    const credentials = await aws.credentials();
    await client(aws.emulator, credentials).send(new GetCallerIdentityCommand({}));
    await fetch(ready.github.requestUrl, { headers: { authorization: `bearer ${ready.github.requestToken}` } });
    const { secrets } = (await (await aws.control('GET', 'secrets')).json()) as {
      secrets: { kind: string; value: string }[];
    };
    const kinds = secrets.map(({ kind }) => kind);
    assert.deepEqual(kinds, [
      'access-token',
      'request-token',
      'identity-token',
      'secret-access-key',
      'session-token',
      'identity-token',
    ]);
    const values = secrets.map(({ value }) => value);
    for (const value of [
      ready.accessToken,
      ready.github.requestToken,
      credentials.SecretAccessKey,
      credentials.SessionToken,
    ]) {
      assert(values.includes(value ?? ''));
    }
    const bodies = await Promise.all(
      ['requests', 'sessions', 'faults', 'clock'].map(async (name) => (await aws.control('GET', name)).text()),
    );
    for (const value of values) assert(!bodies.join('\n').includes(value));
  });

  it('moves the clock forwards and back', async () => {
    const token = await aws.mint({ provider: 'bitbucket' });
    await aws.control('POST', 'clock', { advanceSeconds: 3600 + 300 });
    assert.equal((await aws.assume({ WebIdentityToken: token })).element('Code'), 'ExpiredTokenException');
    const moved = await aws.control('POST', 'clock', { advanceSeconds: -3600 });
    assert.equal(((await moved.json()) as { offsetSeconds: number }).offsetSeconds, 300);
    assert.equal((await aws.assume({ WebIdentityToken: token })).status, 200);
  });

  it('refuses requests that it does not understand', async () => {
    for (const [method, name, body] of [
      ['POST', 'clock', { advanceSeconds: 'one' }],
      ['PUT', 'faults', { faults: [{ fault: { unknown: 1 } }] }],
      ['PUT', 'faults', undefined],
    ] as const) {
      assert.equal((await aws.control(method, name, body)).status, 400);
    }
    assert.equal((await aws.control('GET', 'nothing')).status, 404);
    assert.equal((await fetch(`${aws.emulator.ready.sts}/nothing`)).status, 404);
  });

  it('refuses pages in a browser', async () => {
    const headers = { origin: 'https://evil.example' };
    assert.equal((await fetch(`${aws.emulator.ready.control}/secrets`, { headers })).status, 403);
    const body = JSON.stringify({ provider: 'github' });
    assert.equal((await fetch(aws.emulator.ready.mint, { method: 'POST', headers, body })).status, 403);
  });

  describe('makes requests fail', () => {
    it('with an error of STS in its XML', async () => {
      await faults({ match: { endpoint: 'sts', times: 1 }, fault: { code: 'Throttling' } });
      const { status, element } = await assume();
      assert.deepEqual([status, element('Code'), element('Message')], [400, 'Throttling', 'Rate exceeded']);
      assert.equal((await assume()).status, 200);
      const [faulted] = await requests();
      assert.deepEqual([faulted?.faulted, faulted?.status, faulted?.code], [true, 400, 'Throttling']);
    });

    it('with an unknown error', async () => {
      await faults({ fault: { code: 'NewIn2030', message: 'Wait & see', status: 418 } });
      const { status, element } = await assume();
      assert.deepEqual([status, element('Code'), element('Message')], [418, 'NewIn2030', 'Wait &amp; see']);
    });

    it('with any status, headers and body', async () => {
      await faults({ fault: { status: 502, headers: { via: '1.1 proxy' }, body: '<html>' } });
      const response = await fetch(aws.emulator.ready.sts);
      assert.deepEqual(
        [response.status, response.headers.get('via'), await response.text()],
        [502, '1.1 proxy', '<html>'],
      );
    });

    it('by truncating the answer', async () => {
      await faults({ match: { endpoint: 'sts' }, fault: { truncateBodyAt: 20 } });
      const { status, body } = await assume();
      assert.deepEqual([status, body.length], [200, 20]);
    });

    it('by adding headers to the normal answer', async () => {
      await faults({ fault: { headers: { 'retry-after': '7' } } });
      const response = await fetch(`${aws.emulator.ready.issuers.github}/.well-known/openid-configuration`);
      assert.deepEqual([response.status, response.headers.get('retry-after')], [200, '7']);
    });

    it('by ending the connection before or within the answer', async () => {
      await faults(
        { match: { endpoint: 'sts', nth: 1 }, fault: { dropConnection: 'before' } },
        { match: { endpoint: 'sts' }, fault: { dropConnection: 'mid-body' } },
      );
      assert.deepEqual(await rawPost(aws.emulator.ready.sts), { code: 'ECONNRESET' });
      const { status, code, received = 0 } = await rawPost(aws.emulator.ready.sts);
      assert.deepEqual([status, code], [403, 'ECONNRESET']);
      assert(received > 0);
    });

    it('by waiting', async () => {
      await faults({ match: { endpoint: 'sts' }, fault: { delayMs: 150 } });
      const started = performance.now();
      assert.equal((await assume()).status, 200);
      assert(performance.now() - started >= 149);
    });

    it('by never answering', async () => {
      await faults({ match: { endpoint: 'sts' }, fault: { hang: true } });
      await assert.rejects(fetch(aws.emulator.ready.sts, { signal: AbortSignal.timeout(200) }), {
        name: 'TimeoutError',
      });
      assert.equal((await requests())[0]?.status, 0);
    });

    it('by answering slowly until the emulator stops', async () => {
      await faults({ match: { endpoint: 'discovery' }, fault: { slowBytesPerSecond: 2000 } });
      const url = `${aws.emulator.ready.issuers.github}/.well-known/openid-configuration`;
      const started = performance.now();
      const size = (await (await fetch(url)).text()).length;
      assert(performance.now() - started >= (size / 2000) * 1000 - 100);
      await faults({ match: { endpoint: 'discovery' }, fault: { slowBytesPerSecond: 1 } });
      const broken = fetch(url).then((response) => response.text());
      broken.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await aws.emulator.stop();
      await assert.rejects(broken);
    });

    it('by throttling in the way of each endpoint', async () => {
      await faults({ fault: { throttleRatePerSecond: 0.001 } });
      await fetch(aws.emulator.ready.sts, { redirect: 'manual' });
      assert.match(await (await fetch(aws.emulator.ready.sts)).text(), /<Code>Throttling<\/Code>/);
      const azure = await fetch(aws.emulator.ready.oidcRequestUri, { method: 'POST' });
      assert.deepEqual([azure.status, azure.headers.get('retry-after')], [429, '1']);
    });

    it('when STS fetches keys', async () => {
      await faults({ match: { endpoint: 'jwks' }, fault: { status: 500 } });
      assert.match((await assume()).element('Message') ?? '', /^Couldn't retrieve verification key/);
      await aws.control('DELETE', 'faults');
      assert.equal((await assume()).status, 200);
    });
  });
});

/** Sends one request and returns how the connection ended. */
function rawPost(url: string): Promise<{ status?: number; code?: string; received?: number }> {
  return new Promise((resolve) => {
    const clientRequest = request(url, { method: 'POST', agent: false }, (response) => {
      let received = 0;
      const status = response.statusCode ?? 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      response.on('end', () => resolve({ status, received }));
      response.on('error', (error: NodeJS.ErrnoException) =>
        resolve({ status, received, ...(error.code ? { code: error.code } : {}) }),
      );
    });
    clientRequest.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ? { code } : {}));
    clientRequest.end('Action=GetCallerIdentity&Version=2011-06-15');
  });
}
