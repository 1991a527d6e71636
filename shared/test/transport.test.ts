import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createAgents } from '../src/net/agents.ts';
import { networkTransport } from '../src/net/transport.ts';
import { TransportError } from '../src/net/transport-error.ts';

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
  /** More time than any of these tests takes on a busy machine. A test of a limit has its own. */
  const limits = { connect: 20_000, idle: 20_000, whole: 20_000, bytes: 1000 };
  const send = (signal = never, own = {}) =>
    networkTransport(undefined, { ...limits, ...own })(
      { method: 'POST', url, headers: { 'x-a': 'b' }, body: 'körper' },
      signal,
    );
  const failsWith = (code: string) => (error: unknown) => error instanceof TransportError && error.code === code;

  it('returns the whole answer, with any status', async () => {
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
    const reply = await send();
    assert.equal(reply.status, 418);
    assert.equal(reply.headers['x-seen'], 'POST /x?y=1 b k%C3%B6rper');
    assert.equal(reply.headers['set-cookie'], 'a, b');
    assert.equal(reply.body.toString(), 'tea');
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
    await assert.rejects(
      send(never, { idle: 100 }),
      (error) => failsWith('ETIMEDOUT')(error) && /^TransportError: no answer within 0\.1 s$/.test(String(error)),
    );
  });

  it('does not accept a part of an answer as the whole', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('part');
      setTimeout(() => response.destroy(), 10);
    };
    await assert.rejects(send(), failsWith('ECONNRESET'));
  });

  it('does not read without end', async () => {
    answer = (_, response) => response.end('x'.repeat(5000));
    await assert.rejects(
      send(),
      (error) => failsWith('ERR_ANSWER_TOO_LARGE')(error) && /an answer of more than 1000 bytes/.test(String(error)),
    );
  });

  it('needs no more memory for many small pieces than for the bytes', async () => {
    const bytes = 300_000;
    answer = (_, response) => {
      const { socket } = response;
      socket?.setNoDelay(true);
      socket?.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(bytes)}0\r\n\r\n`);
    };
    const before = process.memoryUsage.rss();
    const { body } = await send(never, { bytes });
    assert.equal(body.toString(), 'x'.repeat(bytes));
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
    assert.ok(grown < 100, `${grown} MiB`);
  });

  for (const head of [
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    'HTTP/1.1 101 x\r\n\r\n',
  ]) {
    it(`does not wait for an answer in another protocol: ${head.length} bytes`, async () => {
      answer = (_, response) => void response.socket?.write(head);
      await assert.rejects(send(), failsWith('ERR_UNEXPECTED_PROTOCOL'));
    });
  }

  it('reports that no server listens', async () => {
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

  it('has no limit for the answer after the connection is open', async () => {
    answer = (_, response) => void setTimeout(() => response.end('late'), 650);
    const patient = networkTransport(undefined, { ...limits, connect: 500 });
    // The second request uses the connection of the first.
    for (const body of ['a', 'b']) {
      const reply = await patient({ method: 'POST', url, headers: {}, body }, never);
      assert.equal(reply.body.toString(), 'late');
    }
  });

  it('has no such limit over TLS after the handshake', async () => {
    // A pre-shared key, which needs no certificate.
    const psk = randomBytes(32);
    const ciphers = 'PSK-AES128-GCM-SHA256';
    const shared = { ciphers, maxVersion: 'TLSv1.2' } as const;
    const secure = createTlsServer({ ...shared, pskCallback: () => psk }, (_, response) => {
      setTimeout(() => response.end('late'), 650);
    });
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    const open = async () => {
      const socket = connectTls({
        ...shared,
        port,
        pskCallback: () => ({ psk, identity: 'test' }),
        checkServerIdentity: () => undefined,
      });
      await once(socket, 'secureConnect');
      return socket;
    };
    try {
      const patient = networkTransport(open, { ...limits, connect: 500 });
      const reply = await patient({ method: 'GET', url: new URL(`https://127.0.0.1:${port}/`), headers: {} }, never);
      assert.equal(reply.body.toString(), 'late');
    } finally {
      secure.closeAllConnections();
      await new Promise((resolve) => secure.close(resolve));
    }
  });

  it('accepts an answer of the largest size', async () => {
    answer = (_, response) => response.end('x'.repeat(limits.bytes));
    assert.equal((await send()).body.length, limits.bytes);
  });

  it('requests an unencoded answer', async () => {
    answer = (request, response) => response.end(request.headers['accept-encoding']);
    assert.equal((await send()).body.toString(), 'identity');
  });

  it('sends nothing for a signal that comes before the connection', async () => {
    const controller = new AbortController();
    const reason = new Error('too late');
    const sending = send(controller.signal);
    controller.abort(reason);
    await assert.rejects(sending, (error) => error === reason);
  });

  it('opens connections to addresses of both families', async () => {
    const opened: string[] = [];
    const agents = createAgents(async (target) => {
      opened.push(target.href);
      throw new Error('not now');
    });
    for (const host of ['::1', '127.0.0.1', 'localhost']) {
      const agent = await agents(false);
      await new Promise((resolve) => agent.createConnection({ host, port: 8080 }, resolve));
    }
    assert.deepEqual(opened, ['http://[::1]:8080/', 'http://127.0.0.1:8080/', 'http://localhost:8080/']);
  });

  it('keeps the connection for the next request', async () => {
    const ports = new Set<number | undefined>();
    answer = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end('well');
    };
    const transport = networkTransport(undefined, limits);
    for (let n = 0; n < 3; n++) await transport({ method: 'POST', url, headers: {}, body: 'x' }, never);
    assert.equal(ports.size, 1);
  });

  it('sends no body if there is none', async () => {
    answer = (request, response, body) =>
      response.end(`${request.method} ${request.headers['content-length']} [${body}]`);
    const reply = await networkTransport(undefined, limits)({ method: 'GET', url, headers: {} }, never);
    assert.equal(reply.body.toString(), 'GET undefined []');
  });

  it('gives up on an answer that trickles', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'), 50);
      response.once('close', () => clearInterval(more));
    };
    await assert.rejects(
      send(never, { whole: 400 }),
      (error) => failsWith('ETIMEDOUT')(error) && /no whole answer within 0\.4 s/.test(String(error)),
    );
  });

  it('gives up on a connection that does not open in time', async () => {
    // It accepts the connection and never begins TLS.
    const silent = createTcpServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const hasty = networkTransport(undefined, { ...limits, connect: 50 });
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    await assert.rejects(
      hasty({ method: 'POST', url: new URL(`https://127.0.0.1:${port}/`), headers: {} }, never),
      (error) => failsWith('ETIMEDOUT')(error) && /no connection within 0\.05 s/.test(String(error)),
    );
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  const odd: { name: string; error: Error; code: string; message: string }[] = [
    {
      name: 'several at once',
      error: Object.assign(new AggregateError([new Error('no IPv6'), new Error('no IPv4')]), { code: 'ECONNREFUSED' }),
      code: 'ECONNREFUSED',
      message: 'no IPv6; no IPv4',
    },
    { name: 'none at all', error: new AggregateError([]), code: 'AggregateError', message: 'AggregateError' },
    { name: 'one without a word', error: Object.assign(new Error(), { code: 'EODD' }), code: 'EODD', message: 'Error' },
    { name: 'one without a code', error: new RangeError('odd'), code: 'RangeError', message: 'odd' },
  ];
  for (const { name, error, code, message } of odd) {
    it(`reports errors that Node words differently: ${name}`, async () => {
      const open = async () => {
        throw error;
      };
      const send = networkTransport(open, limits)({ method: 'GET', url, headers: {} }, never);
      await assert.rejects(send, (thrown) => failsWith(code)(thrown) && (thrown as Error).message === message);
    });
  }
});
