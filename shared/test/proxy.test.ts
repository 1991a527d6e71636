import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { agentThrough } from '../src/net/proxy.ts';
import { networkTransport, TransportError } from '../src/net/transport.ts';

/** Proxies that pass on, and TLS, are tried with real ones (test/faults). */
describe('a connection through a proxy', () => {
  let server: Server;
  let proxy: URL;
  let asked: IncomingMessage[];
  let onConnect: (socket: Socket) => void;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    asked = [];
    server = createServer();
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      asked.push(request);
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      onConnect(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = new URL(`http://user:pass%20word@127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const send = (signal = new AbortController().signal) =>
    networkTransport(agentThrough(() => proxy))(
      { method: 'POST', url: new URL('https://sts.example.com/'), headers: {}, body: 'token of the job' },
      signal,
    );

  const answers: { status: number; code: string; says: RegExp }[] = [
    { status: 403, code: 'ERR_PROXY_REFUSED', says: /the proxy refused to connect to sts\.example\.com \(HTTP 403\)/ },
    { status: 407, code: 'ERR_PROXY_REFUSED', says: /the proxy asks for a user and a password \(HTTP 407\)/ },
    { status: 500, code: 'EPROXY', says: /the proxy could not connect to sts\.example\.com \(HTTP 500\)/ },
    { status: 502, code: 'EPROXY', says: /the proxy could not connect to sts\.example\.com \(HTTP 502\)/ },
  ];
  for (const { status, code, says } of answers) {
    it(`is none where the proxy says ${status}, and the token stays here`, async () => {
      let received = '';
      onConnect = (socket) => {
        socket.on('data', (chunk) => {
          received += chunk;
        });
        socket.write(`HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`);
      };
      await assert.rejects(
        send(),
        (error) => error instanceof TransportError && error.code === code && says.test(error.message),
      );
      assert.equal(received, '');
      const [request] = asked;
      assert.equal(request?.url, 'sts.example.com:443');
      const basic = Buffer.from('user:pass word').toString('base64');
      assert.equal(request?.headers['proxy-authorization'], `Basic ${basic}`);
    });
  }

  it('is none where the proxy is out of reach, which is told from the host, and without its password', async () => {
    const { host } = proxy;
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(send(), (error) => {
      assert.ok(error instanceof TransportError);
      assert.equal(error.code, 'ECONNREFUSED');
      assert.equal(error.message, `the proxy ${host}: connect ECONNREFUSED ${host}`);
      return true;
    });
  });

  it('that breaks behind the proxy is one that broke', async () => {
    onConnect = (socket) => socket.end('HTTP/1.1 200 Connection established\r\n\r\n');
    await assert.rejects(send(), (error) => error instanceof TransportError && error.code === 'ECONNRESET');
  });

  it('that is given up while the proxy is silent is closed', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let closed: Promise<unknown> = Promise.reject(new Error('never asked'));
    closed.catch(() => {});
    onConnect = (socket) => {
      closed = new Promise((resolve) => socket.once('end', resolve));
      // It reads, else it would not see the end.
      socket.resume();
      controller.abort(reason);
    };
    await assert.rejects(send(controller.signal), (error) => error === reason);
    await closed;
  });

  it('is not begun where there is nothing to wait for', async () => {
    const reason = new Error('too late');
    await assert.rejects(send(AbortSignal.abort(reason)), (error) => error === reason);
    assert.equal(asked.length, 0);
  });

  it('is direct for plain http, and where no proxy is named', async () => {
    const over = new AbortController().signal;
    assert.equal(await agentThrough(() => proxy)(new URL('http://127.0.0.1/'), over), undefined);
    assert.equal(await agentThrough(() => undefined)(new URL('https://x/'), over), undefined);
  });

  it('trusts what it is given beside what Node trusts, directly and through the proxy', async () => {
    const over = new AbortController().signal;
    const url = new URL('https://x/');
    const ca = 'a certificate';
    const direct = agentThrough(() => undefined, { ca });
    const agent = await direct(url, over);
    assert.equal(await direct(url, over), agent, 'one agent for all exchanges');
    const tunnel = await agentThrough(() => proxy, { ca })(url, over);
    for (const one of [agent, tunnel]) {
      const trusted = (one as { options?: { ca?: string[] } } | undefined)?.options?.ca ?? [];
      assert.equal(trusted.at(-1), ca);
      assert.ok(trusted.length > 50);
    }
    // For a proxy that speaks TLS itself.
    const ofProxy = (tunnel as { connectOpts?: { ca?: string[] } } | undefined)?.connectOpts?.ca ?? [];
    assert.equal(ofProxy.at(-1), ca);
  });
});
