/** Attacks by a forged token with addresses that `aws-oidc doctor` might ask, on the built command line. */
import assert from 'node:assert/strict';
import { awsOidc } from '../e2e/cli/aws-oidc.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../support/index.ts';
import { Listener } from './support/listener.ts';

describe('attacks by the issuer of a token', function () {
  this.timeout(120_000);
  let emulator: EmulatorProcess;
  let inside: Listener;
  before(async () => {
    emulator = await startEmulatorProcess();
    inside = await Listener.start((_, response) => response.writeHead(200).end('{}'));
  });
  after(async () => {
    inside?.stop();
    await emulator?.stop();
  });

  async function doctor(iss: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const stdin = await emulator.control.mint('bitbucket', { iss });
    const { stdout, stderr } = await awsOidc(['doctor', '--token-file', '-', '--json', ...args], { env, stdin });
    const checks: { name: string; status: string; message: string }[] = JSON.parse(stdout || stderr).checks ?? [];
    return checks.find(({ name }) => name === 'discovery');
  }

  it('27: an address of this machine or of a private network is not asked', async () => {
    const { port } = inside;
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '127.0.0.2',
      '127.1',
      '0x7f.1',
      '2130706433',
      '0.0.0.0',
      '0',
      '[::]',
    ]) {
      for (const scheme of ['http', 'https']) {
        const check = await doctor(`${scheme}://${host}:${port}`);
        assert.equal(check?.status, 'fail', `${scheme}://${host}`);
      }
    }
    for (const issuer of [
      'http://169.254.169.254/latest/meta-data',
      'https://169.254.169.254',
      'https://10.0.0.1',
      'https://[fd00:ec2::254]',
      'https://[::ffff:169.254.169.254]',
      'https://metadata.google.internal',
      'https://intranet',
      'https://printer.local',
      `https://user@127.0.0.1:${port}`,
      `https://example.com@127.0.0.1:${port}`,
      `https://127.0.0.1:${port}#.example.com`,
      `https://127.0.0.1:${port}?.example.com`,
      `https://127.0.0.1:${port}\\.example.com`,
      'file:///etc/passwd',
      'data:application/json,{}',
    ]) {
      const check = await doctor(issuer);
      assert.equal(check?.status, 'fail', issuer);
    }
    assert.equal(inside.connections, 0);
  });

  it('27: such an address is not asked through a proxy either', async () => {
    const proxy = { HTTPS_PROXY: inside.origin, HTTP_PROXY: inside.origin, ALL_PROXY: inside.origin };
    for (const issuer of ['https://127.0.0.1', 'https://10.0.0.1', 'https://intranet', 'https://x.internal']) {
      assert.equal((await doctor(issuer, [], proxy))?.status, 'fail', issuer);
    }
    assert.equal(inside.connections, 0);
    // A public name goes to the proxy, so the others were refused for their differences.
    await doctor('https://ci.example.com', [], proxy);
    assert.deepEqual(
      inside.requests.map(({ path }) => path),
      ['ci.example.com:443'],
    );
  });

  it("27: a token does not enable an emulator: only the user's STS endpoint does, and only for its own port", async () => {
    const before = inside.connections;
    const { sts, issuers } = emulator.ready;
    const own = issuers.bitbucket;
    assert.equal((await doctor(own))?.status, 'fail');
    assert.equal((await doctor(own, ['--sts-endpoint', sts]))?.status, 'ok');
    assert.equal((await doctor(inside.origin, ['--sts-endpoint', sts]))?.status, 'fail');
    assert.equal(
      (await doctor(own, ['--sts-endpoint', 'https://sts.eu-west-1.amazonaws.com', '--region', 'eu-west-1']))?.status,
      'fail',
    );
    assert.equal(inside.connections, before);
  });

  it('27: keys on another host, or behind a redirect, are not followed', async () => {
    const before = inside.connections;
    const own = emulator.ready.issuers.bitbucket;
    const discovery = (jwks: string) => JSON.stringify({ issuer: own, jwks_uri: jwks });
    for (const fault of [
      { status: 200, body: discovery(`${inside.origin}/keys`) },
      { status: 200, body: discovery('https://169.254.169.254/keys') },
      { status: 302, body: '', headers: { location: `${inside.origin}/` } },
    ]) {
      await emulator.control.setFaults([{ match: { endpoint: 'discovery' }, fault }]);
      await doctor(own, ['--sts-endpoint', emulator.ready.sts]);
    }
    await emulator.control.clearFaults();
    assert.equal(inside.connections, before);
  });
});
