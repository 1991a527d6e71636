import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_20, NODE_24 } from '../support/index.ts';

/** What npm gets of trust-policy: JavaScript and types, used by a program that knows nothing of this repository. */
describe('trust-policy as published', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  let folder: string;

  before(function () {
    this.timeout(60_000);
    folder = mkdtempSync(path.join(tmpdir(), 'trust-policy-'));
    const tsc = path.join(root, 'node_modules/.bin/tsc');
    execFileSync(tsc, ['-p', path.join(root, 'packages/trust-policy/tsconfig.build.json'), '--outDir', folder]);
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, node] of Object.entries({ 'Node 20': NODE_20, 'Node 24': NODE_24 })) {
    it(`evaluates a policy on ${name}`, () => {
      const program = `
        import { evaluate, generate } from './index.js';
        const { trustPolicy, providerArn } = generate({ provider: 'azure-devops', account: '123456789012', organizationId: '11111111-2222-4333-8444-555555555555', organization: 'acme', project: 'shop', serviceConnection: 'aws' });
        const claims = { iss: 'https://' + providerArn.split('oidc-provider/')[1], aud: 'api://AzureADTokenExchange', sub: process.argv[2] };
        console.log(evaluate(trustPolicy, { claims }).decision);`;
      writeFileSync(path.join(folder, 'program.js'), program);
      const decide = (sub: string) =>
        execFileSync(node, [path.join(folder, 'program.js'), sub], { encoding: 'utf8' }).trim();
      assert.equal(decide('sc://acme/shop/aws'), 'allow');
      assert.equal(decide('sc://acme/shop/other'), 'deny');
    });
  }
});
