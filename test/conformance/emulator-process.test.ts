import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorBundle, startEmulatorProcess } from '../support/emulator-process.ts';
import { run } from './child.ts';

describe('the emulator as a process', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emulator-'));
  });
  after(() => rm(folder, { recursive: true }));

  const emulate = async (...args: readonly string[]) => run(process.execPath, [await emulatorBundle(), ...args], {});
  const file = async (text: string) => {
    const path = join(folder, 'configuration.json');
    await writeFile(path, text);
    return path;
  };

  it('prints all addresses in one line, and stops on request', async () => {
    const emulator = await startEmulatorProcess();
    const { sts, issuers, oidcRequestUri, mint, control, accessToken, github } = emulator.ready;
    const base = /^http:\/\/127\.0\.0\.1:\d+$/;
    assert.match(sts, base);
    for (const url of [...Object.values(issuers), oidcRequestUri, mint, control, github.requestUrl]) {
      assert(url.startsWith(`${sts}/`), url);
    }
    assert.match(
      oidcRequestUri,
      /\/acme\/[0-9a-f-]{36}\/_apis\/distributedtask\/hubs\/build\/plans\/[0-9a-f-]{36}\/jobs\/[0-9a-f-]{36}\/oidctoken$/,
    );
    assert(accessToken.length > 40);
    assert.equal(emulator.ready.https, undefined);
    await emulator.stop();
    assert.equal(emulator.stderr(), '');
  });

  it('stops during requests', async () => {
    const emulator = await startEmulatorProcess();
    await emulator.control.setFaults([{ match: { endpoint: 'sts' }, fault: { hang: true } }]);
    const hanging = fetch(emulator.ready.sts).catch((error: Error) => error.message);
    while ((await emulator.control.requests()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await emulator.stop();
    assert.equal(await hanging, 'fetch failed');
  });

  it('exits with 2 and the usage if it is called incorrectly', async () => {
    const { code, stdout, stderr } = await emulate('--prot', '1');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /--prot/);
    assert.match(stderr, /Usage: aws-oidc-emulator/);
  });

  it('exits with 2 if the configuration does not exist', async () => {
    const { code, stderr } = await emulate('--config', join(folder, 'missing.json'));
    assert.equal(code, 2);
    assert.match(stderr, /^aws-oidc-emulator: The configuration cannot be read: ENOENT/);
  });

  it('exits with 1 and names the place if the configuration is wrong', async () => {
    const wrong = [
      { text: '{"bitbucket": {"workSpace": "acme"}}', expected: /bitbucket\.workSpace is not known/ },
      { text: '{', expected: /is not JSON: / },
    ];
    for (const { text, expected } of wrong) {
      const { code, stderr } = await emulate('--config', await file(text));
      assert.equal(code, 1);
      assert.match(stderr, expected);
    }
  });

  it('exits with 1 if the port is in use', async () => {
    const emulator = await startEmulatorProcess();
    const { code, stderr } = await emulate('--port', new URL(emulator.ready.sts).port);
    await emulator.stop();
    assert.equal(code, 1);
    assert.match(stderr, /EADDRINUSE/);
  });

  it('prints its help', async () => {
    const { code, stdout } = await emulate('--help');
    assert.equal(code, 0);
    assert.match(stdout, /127\.0\.0\.1 by default/);
  });
});
