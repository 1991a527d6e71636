import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkTransport, TransportError } from '../src/transport.ts';

describe('the transport', () => {
  let server: Server;
  let url: URL;
  let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;

  beforeEach(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => answer(request, response, body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x?y=1`);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const never = new AbortController().signal;
  const limits = { connect: 2000, idle: 100, whole: 400, bytes: 1000 };
  const send = (signal = never) =>
    networkTransport(undefined, limits)({ method: 'POST', url, headers: { 'x-a': 'b' }, body: 'körper' }, signal);
  const failsWith = (code: string) => (error: unknown) => error instanceof TransportError && error.code === code;

  it('sends and gives the whole answer, whatever its status', async () => {
    answer = (request, response, body) => {
      response
        .writeHead(418, {
          'X-Seen': `${request.method} ${request.url} ${request.headers['x-a']} ${body}`,
          'set-cookie': ['a', 'b'],
        })
        .end('tea');
    };
    answer = (
      (inner) => (request, response, body) =>
        inner(request, response, encodeURIComponent(body))
    )(answer);
    const got = await send();
    assert.equal(got.status, 418);
    assert.equal(got.headers['x-seen'], 'POST /x?y=1 b k%C3%B6rper');
    assert.equal(got.headers['set-cookie'], 'a, b');
    assert.equal(got.body.toString(), 'tea');
  });

  it('follows no redirect', async () => {
    let requests = 0;
    answer = (_, response) => {
      requests++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    };
    assert.equal((await send()).status, 302);
    assert.equal(requests, 1);
  });

  it('gives up on silence', async () => {
    answer = () => {};
    await assert.rejects(send(), failsWith('ETIMEDOUT'));
  });

  it('does not take part of an answer for the whole', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('part');
      setTimeout(() => response.destroy(), 10);
    };
    await assert.rejects(send(), failsWith('ECONNRESET'));
  });

  it('does not read without end', async () => {
    answer = (_, response) => response.end('x'.repeat(5000));
    await assert.rejects(send(), failsWith('ERR_ANSWER_TOO_LARGE'));
  });

  it('says that nothing listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(send(), failsWith('ECONNREFUSED'));
    await new Promise<void>((resolve) => server.listen(0, resolve));
  });

  it('ends with the reason of the signal', async () => {
    answer = () => {};
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 10);
    await assert.rejects(send(controller.signal), (error) => error === reason);
  });
});
