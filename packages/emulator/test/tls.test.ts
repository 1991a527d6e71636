import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { type Emulator, startEmulator } from '../src/index.ts';

describe('the emulator over TLS', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({}, { https: true, tlsNames: ['sts.eu-west-1.amazonaws.com'] });
  });
  after(() => emulator.stop());

  /** The server's certificate, checked against the authority and the name; or the error of the check. */
  const greet = (servername: string, ca: string | undefined = emulator.ready.ca) =>
    new Promise<X509Certificate | Error>((resolve) => {
      const url = new URL(emulator.ready.https?.sts ?? '');
      const clientRequest = request(
        { host: url.hostname, port: url.port, servername, ca, agent: false },
        (response) => {
          const { raw } = (response.socket as TLSSocket).getPeerCertificate();
          response.resume();
          resolve(new X509Certificate(raw));
        },
      );
      clientRequest.on('error', resolve);
      clientRequest.end();
    });

  it('serves the same addresses as without TLS', () => {
    const { https, sts, issuers } = emulator.ready;
    assert(https);
    assert.match(https.sts, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(https.issuers.bitbucket, issuers.bitbucket.replace(sts, https.sts));
  });

  for (const name of ['localhost', 'host.docker.internal', 'sts.eu-west-1.amazonaws.com']) {
    it(`has a certificate for ${name}`, async () => {
      const certificate = await greet(name);
      assert(certificate instanceof X509Certificate, String(certificate));
      assert(certificate.checkIP('127.0.0.1'));
      assert(!certificate.ca);
    });
  }

  it('has no certificate for another name', async () => {
    const error = await greet('sts.amazonaws.com');
    assert.equal((error as NodeJS.ErrnoException).code, 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('has a new authority in each run', async () => {
    const another = await startEmulator({}, { https: true });
    await another.stop();
    assert.notEqual(another.ready.ca, emulator.ready.ca);
    assert(new X509Certificate(another.ready.ca ?? '').ca);
    assert((await greet('localhost', another.ready.ca)) instanceof Error);
  });

  it('resets a connection', async () => {
    await fetch(`${emulator.ready.control}/faults`, {
      method: 'PUT',
      body: JSON.stringify({ faults: [{ fault: { dropConnection: 'before' } }] }),
    });
    const error = await greet('localhost');
    await fetch(`${emulator.ready.control}/faults`, { method: 'DELETE' });
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET');
  });
});

describe('an emulator that cannot start', () => {
  it('reports that the port is in use', async () => {
    const first = await startEmulator({});
    const port = Number(new URL(first.ready.sts).port);
    await assert.rejects(startEmulator({}, { port }), { code: 'EADDRINUSE' });
    await first.stop();
  });

  it('closes its port if the port for TLS is in use', async () => {
    const other = await startEmulator({});
    const usedPort = Number(new URL(other.ready.sts).port);
    const before = await startEmulator({});
    const port = Number(new URL(before.ready.sts).port);
    await before.stop();
    await assert.rejects(startEmulator({}, { port, https: true, httpsPort: usedPort }), { code: 'EADDRINUSE' });
    const after = await startEmulator({}, { port });
    await Promise.all([after.stop(), other.stop()]);
  });

  it('reports what is wrong with the configuration', async () => {
    await assert.rejects(startEmulator({ bitbucket: 1 }), {
      name: 'ShapeError',
      message: /^bitbucket must be an object/,
    });
  });
});
