import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate, rootCertificates } from 'node:tls';
import { createTlsIdentity, type TlsIdentity } from '../../packages/emulator/src/http/tls-identity.ts';
import { ignoredCheckSwitch } from '../src/net/certificate-check.ts';
import { connectThrough, type ProxyFor } from '../src/net/proxy.ts';
import { secure } from '../src/net/secure.ts';
import { networkTransport, type Transport } from '../src/net/transport.ts';
import { TransportError } from '../src/net/transport-error.ts';

const never = new AbortController().signal;

/** test/faults contains tests with real proxies. */
describe('a connection through a proxy', () => {
  let server: Server;
  let proxy: URL;
  let requests: IncomingMessage[];
  let onConnect: (socket: Socket) => void;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    requests = [];
    server = createServer();
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      requests.push(request);
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
    networkTransport(connectThrough(() => proxy))(
      { method: 'POST', url: new URL('https://sts.example.com/'), headers: {}, body: 'token of the job' },
      signal,
    );

  const answers: { status: number; code: string; says: string }[] = [
    { status: 403, code: 'ERR_PROXY_REFUSED', says: 'refused to connect to sts.example.com (HTTP 403)' },
    { status: 407, code: 'ERR_PROXY_REFUSED', says: 'did not accept the user and password given to it (HTTP 407)' },
    { status: 500, code: 'EPROXY', says: 'could not connect to sts.example.com (HTTP 500)' },
    { status: 502, code: 'EPROXY', says: 'could not connect to sts.example.com (HTTP 502)' },
  ];
  for (const { status, code, says } of answers) {
    it(`fails if the proxy answers ${status}, and the token is not sent`, async () => {
      let received = '';
      onConnect = (socket) => {
        socket.on('data', (chunk) => {
          received += chunk;
        });
        socket.write(`HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`);
      };
      await assert.rejects(send(), (error) => {
        assert.ok(error instanceof TransportError);
        assert.equal(error.code, code);
        assert.equal(error.message, `the proxy ${proxy.host} ${says}`);
        return true;
      });
      assert.equal(received, '');
      const [request] = requests;
      assert.equal(request?.url, 'sts.example.com:443');
      const basic = Buffer.from('user:pass word').toString('base64');
      assert.equal(request?.headers['proxy-authorization'], `Basic ${basic}`);
    });
  }

  it('fails if the proxy is unreachable, which is distinguished from the host, and without its password', async () => {
    const { host } = proxy;
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(send(), (error) => {
      assert.ok(error instanceof TransportError);
      assert.equal(error.code, 'ECONNREFUSED');
      assert.equal(error.message, `the proxy ${host}: connect ECONNREFUSED ${host}`);
      return true;
    });
  });

  it('is reported as broken if it breaks behind the proxy', async () => {
    onConnect = (socket) => socket.end('HTTP/1.1 200 Connection established\r\n\r\n');
    await assert.rejects(send(), (error) => error instanceof TransportError && error.code === 'ECONNRESET');
  });

  it('is closed if it is cancelled while the proxy is silent', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let closed: Promise<unknown> = Promise.reject(new Error('never asked'));
    closed.catch(() => {});
    onConnect = (socket) => {
      closed = new Promise((resolve) => socket.once('end', resolve));
      // It reads, because otherwise it would not see the end.
      socket.resume();
      controller.abort(reason);
    };
    await assert.rejects(send(controller.signal), (error) => error === reason);
    await closed;
  });

  it('is not opened after the signal was aborted', async () => {
    const reason = new Error('too late');
    await assert.rejects(send(AbortSignal.abort(reason)), (error) => error === reason);
    assert.equal(requests.length, 0);
  });

  const schemes = [
    { header: 'Proxy-Authenticate: Basic realm="x"\r\n', says: 'asks for a user and a password (HTTP 407)' },
    { header: '', says: 'asks for a user and a password (HTTP 407)' },
    {
      header: 'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n',
      says: 'asks for a sign-in by Negotiate or NTLM, but only Basic is supported (HTTP 407)',
    },
  ];
  for (const { header, says } of schemes) {
    it(`fails if the proxy requires a user: ${says}`, async () => {
      proxy.username = '';
      proxy.password = '';
      onConnect = (socket) => socket.end(`HTTP/1.1 407 No\r\n${header}Content-Length: 0\r\n\r\n`);
      await assert.rejects(send(), { code: 'ERR_PROXY_REFUSED', message: `the proxy ${proxy.host} ${says}` });
      assert.equal(requests[0]?.headers['proxy-authorization'], undefined);
    });
  }

  it('is direct for plain http, and without a proxy', async () => {
    const site = createServer((_, response) => response.end('here'));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    try {
      const answer = await networkTransport(connectThrough(() => proxy))({ method: 'GET', url, headers: {} }, never);
      assert.equal(answer.body.toString(), 'here');
      assert.equal(requests.length, 0);
    } finally {
      site.closeAllConnections();
      site.close();
    }
  });

  it('uses the default ports if none is named', async () => {
    // Whether a server listens there is unknown, so the error names the port, or there is none.
    const ports: [url: string, proxyFor: ProxyFor, port: number][] = [
      ['http://127.0.0.1/', () => undefined, 80],
      ['https://127.0.0.1/', () => undefined, 443],
      ['https://sts.example.com/', () => new URL('http://127.0.0.1'), 80],
      ['https://sts.example.com/', () => new URL('https://127.0.0.1'), 443],
    ];
    for (const [url, proxyFor, port] of ports) {
      const open = connectThrough(proxyFor)(new URL(url), AbortSignal.timeout(500));
      await open.then(
        (socket) => socket.destroy(),
        ({ message, name }: Error) => assert.ok(message.endsWith(`:${port}`) || name === 'TimeoutError', message),
      );
    }
  });

  it('names another port of the host, and the user that has no password', async () => {
    proxy.password = '';
    onConnect = (socket) => socket.end('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n');
    const request = { method: 'GET', url: new URL('https://sts.example.com:8443/'), headers: {} } as const;
    await assert.rejects(networkTransport(connectThrough(() => proxy))(request, never), {
      message: `the proxy ${proxy.host} refused to connect to sts.example.com:8443 (HTTP 403)`,
    });
    assert.equal(requests[0]?.headers['proxy-authorization'], `Basic ${Buffer.from('user:').toString('base64')}`);
  });

  it('needs a password without a user as well', async () => {
    proxy.username = '';
    onConnect = (socket) => socket.end('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n');
    await assert.rejects(send());
    assert.equal(requests[0]?.headers['proxy-authorization'], `Basic ${Buffer.from(':pass word').toString('base64')}`);
  });

  it('does not begin TLS after it was closed or cancelled', async () => {
    const reason = new Error('too late');
    await assert.rejects(secure(new Socket(), 'sts.example.com', {}, AbortSignal.abort(reason)), (it) => it === reason);
    const closed = new Socket();
    closed.destroy();
    await assert.rejects(secure(closed, 'sts.example.com', {}, never), { code: 'ECONNRESET' });
  });

  describe('over TLS', () => {
    let identity: TlsIdentity;
    let site: TlsServer;
    let ports: Set<number | undefined>;

    before(async () => {
      identity = await createTlsIdentity(['localhost', '127.0.0.1', '::1'], Date.now());
    });
    beforeEach(async () => {
      ports = new Set();
      site = createTlsServer({ cert: identity.certificate, key: identity.key }, (request, response) => {
        ports.add(request.socket.remotePort);
        response.end('here');
      });
      await new Promise<void>((resolve) => site.listen(0, resolve));
      onConnect = passOn;
    });
    afterEach(async () => {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    });

    const portOf = (listening: TlsServer | Server) => (listening.address() as AddressInfo).port;
    const passOn = (socket: Socket) => {
      const upstream = connect(portOf(site), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
    };
    const ask = (transport: Transport, host = 'localhost') =>
      transport({ method: 'GET', url: new URL(`https://${host}:${portOf(site)}/`), headers: {} }, never);
    const trusting = (proxyFor: ProxyFor) => networkTransport(connectThrough(proxyFor, { ca: identity.ca }));

    it('trusts the given authority in addition to those of Node, directly and through the proxy', async () => {
      assert.ok(rootCertificates.length > 50);
      assert.equal((await ask(trusting(() => undefined))).body.toString(), 'here');
      assert.equal(requests.length, 0);
      assert.equal((await ask(trusting(() => proxy))).body.toString(), 'here');
      assert.deepEqual(
        requests.map(({ url }) => url),
        [`localhost:${portOf(site)}`],
      );
    });

    it('checks addresses as well as names', async () => {
      assert.equal(
        (
          await ask(
            trusting(() => undefined),
            '127.0.0.1',
          )
        ).body.toString(),
        'here',
      );
      onConnect = passOn;
      const overIpv6 = ask(
        trusting(() => proxy),
        '[::1]',
      );
      // Node 22.23 refuses IPv6 addresses that a certificate names.
      const names = { subjectaltname: 'IP Address:0:0:0:0:0:0:0:1' } as PeerCertificate;
      if (checkServerIdentity('::1', names) === undefined) assert.equal((await overIpv6).body.toString(), 'here');
      else await assert.rejects(overIpv6, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      assert.equal(requests[0]?.url, `[::1]:${portOf(site)}`);
      await assert.rejects(
        ask(
          trusting(() => undefined),
          '127.0.0.2',
        ),
        { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      );
    });

    it('keeps the tunnel for the next request', async () => {
      const transport = trusting(() => proxy);
      for (let n = 0; n < 3; n++) await ask(transport);
      assert.equal(requests.length, 1);
      assert.equal(ports.size, 1);
    });

    it('uses TLS to a TLS proxy, and checks its certificate', async () => {
      const overTls = createTlsServer({ cert: identity.certificate, key: identity.key });
      overTls.on('connect', (_, socket: Socket) => passOn(socket));
      await new Promise<void>((resolve) => overTls.listen(0, '127.0.0.1', resolve));
      const secured = new URL(`https://localhost:${portOf(overTls)}`);
      try {
        assert.equal((await ask(trusting(() => secured))).body.toString(), 'here');
        // Node 24 adds its own advice to OpenSSL's words.
        await assert.rejects(
          ask(networkTransport(connectThrough(() => secured))),
          (error: Error & { code?: string }) =>
            error.code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' &&
            error.message.startsWith(`the proxy ${secured.host}: unable to verify the first certificate`),
        );
      } finally {
        overTls.closeAllConnections();
        overTls.close();
      }
    });

    it('is refused without the authority, despite NODE_TLS_REJECT_UNAUTHORIZED', async () => {
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      const warnings: string[] = [];
      const listen = ({ message }: Error) => void warnings.push(message);
      process.on('warning', listen);
      try {
        for (const proxyFor of [() => undefined, () => proxy]) {
          await assert.rejects(ask(networkTransport(connectThrough(proxyFor))), {
            code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
          });
        }
        assert.equal(ports.size, 0);
        assert.equal(process.env['NODE_TLS_REJECT_UNAUTHORIZED'], '0');
        // Node's own warning claims that nothing is checked.
        assert.deepEqual(warnings, []);
        assert.match(ignoredCheckSwitch(process.env) ?? '', /^NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here/);
        assert.equal(ignoredCheckSwitch({}), undefined);
      } finally {
        process.off('warning', listen);
        if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      }
    });

    it('ends during the handshake when it is cancelled', async () => {
      const silent = createTcpServer((socket) => sockets.add(socket));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const controller = new AbortController();
      const reason = new Error('enough');
      setTimeout(() => controller.abort(reason), 50);
      const { port } = silent.address() as AddressInfo;
      const url = new URL(`https://127.0.0.1:${port}/`);
      await assert.rejects(
        networkTransport()({ method: 'GET', url, headers: {} }, controller.signal),
        (error) => error === reason,
      );
      const [socket] = sockets;
      if (socket !== undefined && !socket.destroyed) await once(socket.resume(), 'close');
      silent.close();
    });

    it('is reported as broken if the other side hangs up in the handshake', async () => {
      const rude = createTcpServer((socket) => socket.end());
      await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
      const url = new URL(`https://127.0.0.1:${(rude.address() as AddressInfo).port}/`);
      await assert.rejects(networkTransport()({ method: 'GET', url, headers: {} }, never), { code: 'ECONNRESET' });
      rude.close();
    });
  });
});
