import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { arnOf, FIPS_HOST, Jobs, startEmulator, warningsOf } from './support.ts';

/** Characters with a meaning in an address. */
const PASSWORD = `p@ss:w/o?r#d%&=[] ${randomUUID()}`;
const USER = 'DOMAIN\\build agent';

interface Proxy {
  readonly port: number;
  /** `host:port` of every CONNECT. */
  readonly requests: string[];
  stop(): void;
}

/**
 * Starts an HTTP proxy that requires the user and password.
 *
 * @param sts port of STS, to which it redirects AWS's name
 */
async function startProxy(sts: number): Promise<Proxy> {
  const requests: string[] = [];
  const expectedHeader = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', ({ url = '', headers }, socket) => {
    requests.push(url);
    if (headers['proxy-authorization'] !== expectedHeader) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const [address, targetPort] = hostname === FIPS_HOST ? ['127.0.0.1', sts] : [hostname, Number(port)];
    const target = connect(targetPort, address, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('the network of the agent, as the task uses it', () => {
  let jobs: Jobs;
  let proxy: Proxy;
  let folder: string;
  let caFile: string;

  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node20_1');
    const { ca, https } = jobs.emulator.ready;
    assert(ca && https);
    proxy = await startProxy(Number(new URL(https.sts).port));
    folder = mkdtempSync(path.join(tmpdir(), 'ca-'));
    caFile = path.join(folder, 'ca.pem');
    writeFileSync(caFile, ca);
  });
  after(async () => {
    proxy?.stop();
    rmSync(folder, { recursive: true });
    await jobs?.close();
  });
  beforeEach(() => {
    proxy.requests.length = 0;
  });
  afterEach(() => jobs.finish());

  /** A job whose server uses HTTPS with the emulator's own certificate authority. */
  const start = (variables: Record<string, string>, secretVariables: Record<string, string> = {}) => {
    const { https } = jobs.emulator.ready;
    assert(https);
    const server = new URL(https.oidcRequestUri).origin;
    jobs.start({
      systemConnection: { url: `${server}/acme/`, accessToken: jobs.emulator.ready.accessToken },
      variables: { 'System.OidcRequestUri': https.oidcRequestUri, ...variables },
      secretVariables,
    });
    return { stsEndpoint: https.sts };
  };
  const throughProxy = () => ({ 'Agent.ProxyUrl': `http://127.0.0.1:${proxy.port}`, 'Agent.ProxyUsername': USER });

  it("trusts the agent's configured certificate authority", async () => {
    await jobs.assume(start({ 'Agent.CAInfo': caFile }));
    assert.deepEqual(proxy.requests, []);
  });

  it('also trusts the certificates that Node was told to trust', async () => {
    const other = path.join(folder, 'other.pem');
    writeFileSync(other, rootCertificates[0] ?? '');
    await jobs.assume(start({ 'Agent.CAInfo': other }), { env: { NODE_EXTRA_CA_CERTS: caFile } });
  });

  it('trusts no other, even if the agent skips validation, and reports it', async () => {
    const result = await jobs.run(start({ 'Agent.SkipCertValidation': 'True' }));
    assert.equal(result.result, 'Failed');
    assert.match(
      result.log.join('\n'),
      /CertificateNotTrusted[\s\S]*configure the agent with its CA certificate \(--sslcacert\)/,
    );
    assert.match(warningsOf(result).join('\n'), /accepts any certificate.*This task does not/);
  });

  it('uses its proxy, with user and password, for token and credentials', async () => {
    const inputs = start({ ...throughProxy(), 'Agent.CAInfo': caFile }, { 'Agent.ProxyPassword': PASSWORD });
    const result = await jobs.assume(inputs);
    const { host } = new URL(inputs.stsEndpoint);
    // One tunnel serves both, because they have the same host here.
    assert.deepEqual(proxy.requests, [host]);
    assert.ok(!result.log.join('\n').includes(PASSWORD));
  });

  it('uses its proxy in a later step too', async () => {
    const inputs = start({ ...throughProxy(), 'Agent.CAInfo': caFile }, { 'Agent.ProxyPassword': PASSWORD });
    await jobs.assume({ ...inputs, expose: 'credential-process' });
    proxy.requests.length = 0;
    await jobs.clientsAre(arnOf('deploy'));
    assert.ok(proxy.requests.length >= 2, String(proxy.requests));
  });

  it("uses the region's FIPS endpoint on request, and again when it renews the credentials", async () => {
    start({ ...throughProxy(), 'Agent.CAInfo': caFile }, { 'Agent.ProxyPassword': PASSWORD });
    const target = `${FIPS_HOST}:443`;
    await jobs.assume({ stsEndpoint: '', expose: 'credential-process' }, { env: { AWS_USE_FIPS_ENDPOINT: 'true' } });
    assert.ok(proxy.requests.includes(target), String(proxy.requests));
    proxy.requests.length = 0;
    await jobs.clientsAre(arnOf('deploy'));
    assert.equal(proxy.requests.filter((one) => one === target).length, 2, String(proxy.requests));
  });

  it("bypasses the proxy for hosts in the agent's list", async () => {
    await jobs.assume(
      start(
        {
          ...throughProxy(),
          'Agent.ProxyBypassList': '["^https://127\\\\.0\\\\.0\\\\.1:", "(?<broken"]',
          'Agent.CAInfo': caFile,
        },
        { 'Agent.ProxyPassword': PASSWORD },
      ),
    );
    assert.deepEqual(proxy.requests, []);
  });

  it('reports that the proxy requires another user', async () => {
    const result = await jobs.run(
      start({ ...throughProxy(), 'Agent.CAInfo': caFile }, { 'Agent.ProxyPassword': 'not that password' }),
    );
    assert.match(result.log.join('\n'), /ProxyRefused[\s\S]*--proxyurl, --proxyusername and --proxypassword/);
    assert.equal(proxy.requests.length, 1);
  });

  for (const { name, variables, says } of [
    {
      name: 'a proxy that is no address',
      variables: { 'Agent.ProxyUrl': 'proxy' },
      says: /Agent\.ProxyUrl is not the address of an HTTP proxy/,
    },
    {
      name: 'certificates that are not there',
      variables: { 'Agent.CAInfo': '/nowhere/ca.pem' },
      says: /Agent\.CAInfo is \/nowhere\/ca\.pem, a file that cannot be read \(ENOENT\)/,
    },
  ]) {
    it(`reports ${name} together with mistakes of the inputs`, async () => {
      const result = await jobs.run({ ...start(variables), durationSeconds: '1' });
      assert.equal(result.result, 'Failed');
      assert.match(result.log.join('\n'), says);
      assert.match(result.log.join('\n'), /durationSeconds is "1"/);
    });
  }

  it('uses a host with another name only if the pipeline names it', async () => {
    const { https } = jobs.emulator.ready;
    assert(https);
    const { port } = new URL(https.sts);
    const uri = https.oidcRequestUri.replace('127.0.0.1', 'localhost');
    const inputs = start({ 'System.OidcRequestUri': uri, 'Agent.CAInfo': caFile });
    const refused = await jobs.run(inputs);
    assert.match(refused.log.join('\n'), /points to localhost:\d+, which is neither/);
    await jobs.assume({ ...inputs, tokenHosts: `vstoken.example.com\nlocalhost:${port}` }, { name: 'named' });
  });
});
