import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmulatorProcess, startEmulatorProcess } from '../support/emulator-process.ts';
import { run } from './child.ts';

const script = fileURLToPath(new URL('verify-token.ts', import.meta.url));
const issuers = [
  {
    provider: 'bitbucket',
    issuer: 'bitbucket',
    alg: 'RS256',
    audience: 'ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11',
  },
  { provider: 'azure-devops', issuer: 'azureDevOps', alg: 'RS256', audience: 'api://AzureADTokenExchange' },
  { provider: 'github', issuer: 'github', alg: 'ES256', audience: 'sts.amazonaws.com' },
] as const;

describe('jose', () => {
  let emulator: EmulatorProcess;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jose-'));
    const authority = join(folder, 'ca.pem');
    emulator = await startEmulatorProcess({
      https: true,
      args: ['--ca-file', authority],
      config: { github: { algorithm: 'ES256' } },
    });
  });
  after(async () => {
    await emulator.stop();
    await rm(folder, { recursive: true });
  });

  const verify = (issuerUrl: string, token: string, audience: string, env: Readonly<Record<string, string>> = {}) =>
    run(process.execPath, ['--import', 'tsx', script, issuerUrl, token, audience], {
      PATH: process.env['PATH'] ?? '',
      ...env,
    });

  for (const { provider, issuer, alg, audience } of issuers) {
    for (const scheme of ['http', 'https'] as const) {
      it(`verifies a token of ${provider} with the issuer's documents over ${scheme}`, async () => {
        const { ready, control } = emulator;
        const url = scheme === 'http' ? ready.issuers[issuer] : (ready.https?.issuers[issuer] ?? '');
        const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
        const { code, stdout, stderr } = await verify(url, await control.mint(provider), audience, env);
        assert.equal(code, 0, stderr);
        const { jwksUri, alg: used } = JSON.parse(stdout) as { jwksUri: string; alg: string };
        assert.equal(used, alg);
        assert(jwksUri.startsWith(`${scheme}://127.0.0.1:`), jwksUri);
      });
    }
  }

  it('refuses a token signed with another key', async () => {
    const token = await emulator.control.mint('github', {}, { signWith: 'wrong-key' });
    const { code, stderr } = await verify(emulator.ready.issuers.github, token, 'sts.amazonaws.com');
    assert.notEqual(code, 0);
    assert.match(stderr, /signature verification failed/);
  });

  it('does not reach the keys over TLS without the authority', async () => {
    const url = emulator.ready.https?.issuers.github ?? '';
    const { code } = await verify(url, await emulator.control.mint('github'), 'sts.amazonaws.com');
    assert.notEqual(code, 0);
  });

  it('reads the same authority from the file and from the ready line', async () => {
    const copy = join(folder, 'copy.pem');
    await writeFile(copy, emulator.ready.ca ?? '');
    const url = emulator.ready.https?.issuers.github ?? '';
    const token = await emulator.control.mint('github');
    const { code, stderr } = await verify(url, token, 'sts.amazonaws.com', { NODE_EXTRA_CA_CERTS: copy });
    assert.equal(code, 0, stderr);
  });
});
