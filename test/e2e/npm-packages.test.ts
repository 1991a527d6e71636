import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_20, NODE_24, pnpm } from '../support/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['trust-policy', 'cli', 'emulator'];

/** Uses the npm packages in a folder without any other file of this repository. */
describe('the npm packages', function () {
  this.timeout(180_000);
  let project: string;
  const projectPath = (...names: string[]) => path.join(project, ...names);
  const installed = (name: string) => projectPath('node_modules/@aws-oidc-assume', name);

  before(() => {
    project = mkdtempSync(path.join(tmpdir(), 'npm-packages-'));
    writeFileSync(projectPath('package.json'), '{ "type": "module" }\n');
    for (const name of PACKAGES) {
      const packed = projectPath(name);
      mkdirSync(packed);
      const [command, ...args] = pnpm();
      execFileSync(command, [...args, 'pack', '--pack-destination', packed], {
        cwd: path.join(ROOT, 'packages', name),
        stdio: 'pipe',
      });
      const [tarball = ''] = readdirSync(packed);
      mkdirSync(installed(name), { recursive: true });
      execFileSync('tar', ['-xzf', path.join(packed, tarball), '-C', installed(name), '--strip-components=1']);
    }
    // Libraries that a consumer of the emulator may use.
    for (const library of ['reflect-metadata', 'reflect-metadata-0.1']) {
      symlinkSync(path.join(ROOT, 'packages/emulator/node_modules', library), projectPath('node_modules', library));
    }
    mkdirSync(projectPath('node_modules/@types'));
    symlinkSync(path.join(ROOT, 'node_modules/@types/node'), projectPath('node_modules/@types/node'));
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  for (const name of PACKAGES) {
    it(`${name}: contains its licence and its README, but no sources`, () => {
      const { dependencies = {}, engines } = JSON.parse(
        readFileSync(path.join(installed(name), 'package.json'), 'utf8'),
      );
      assert.deepEqual(dependencies, {});
      assert.equal(engines.node, '>=20.19');
      assert.deepEqual(readdirSync(installed(name)).sort(), ['LICENSE', 'README.md', 'dist', 'package.json']);
    });
  }

  for (const name of PACKAGES) {
    it(`${name}: has a source map with its sources for each file of code`, () => {
      const dist = path.join(installed(name), 'dist');
      const code = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.m?js$/.test(file));
      assert.ok(code.length > 0);
      for (const file of code) {
        const text = readFileSync(path.join(dist, file), 'utf8');
        assert.ok(text.trimEnd().endsWith(`//# sourceMappingURL=${path.basename(file)}.map`), file);
        const { sources, sourcesContent } = JSON.parse(readFileSync(path.join(dist, `${file}.map`), 'utf8'));
        assert.ok(sources.length > 0, file);
        assert.equal(sourcesContent.filter((content: unknown) => typeof content === 'string').length, sources.length);
      }
    });
  }

  for (const name of ['cli', 'emulator']) {
    it(`${name}: names the packages that it contains parts of`, () => {
      const notices = readFileSync(path.join(installed(name), 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
      assert.match(notices, /^This program contains parts of the following packages/);
      assert.match(notices, name === 'cli' ? /^commander \d/m : /^@peculiar\/x509 \d/m);
    });
  }

  for (const [version, node] of Object.entries({ 'Node 20': NODE_20, 'Node 24': NODE_24 })) {
    const run = (...args: string[]) => execFileSync(node, args, { cwd: project, encoding: 'utf8' });
    const runs = (program: string, ...args: string[]) => {
      writeFileSync(projectPath('program.mjs'), program);
      return run('program.mjs', ...args).trim();
    };

    it(`trust-policy: evaluates a policy on ${version}`, () => {
      const program = `
        import { evaluate, generate } from '@aws-oidc-assume/trust-policy';
        const { trustPolicy, providerUrl } = generate({ provider: 'azure-devops', account: '123456789012',
          organizationId: '11111111-2222-4333-8444-555555555555', organization: 'acme', project: 'shop', serviceConnection: 'aws' });
        const claims = { iss: providerUrl, aud: 'api://AzureADTokenExchange', sub: process.argv[2] };
        console.log(evaluate(trustPolicy, { claims }).decision);`;
      assert.equal(runs(program, 'sc://acme/shop/aws'), 'allow');
      assert.equal(runs(program, 'sc://acme/shop/other'), 'deny');
    });

    it(`trust-policy: has its ARN parser in a separate module on ${version}`, () => {
      const program = `
        import { parseRoleArn } from '@aws-oidc-assume/trust-policy/arn';
        console.log(parseRoleArn('arn:aws:iam::123456789012:role/ci/deploy').path);`;
      assert.equal(runs(program), '/ci/');
    });

    it(`cli: is installed as aws-oidc on ${version}`, () => {
      const { bin, version: its } = JSON.parse(readFileSync(path.join(installed('cli'), 'package.json'), 'utf8'));
      assert.equal(run(path.join(installed('cli'), bin['aws-oidc']), '--version'), `${its}\n`);
    });

    it(`emulator: runs in a program on ${version}`, () => {
      const program = `
        import { startEmulator } from '@aws-oidc-assume/emulator';
        const { ready, stop } = await startEmulator({}, { https: true });
        const { issuer } = await (await fetch(ready.issuers.bitbucket + '/.well-known/openid-configuration')).json();
        await stop();
        console.log(issuer === ready.issuers.bitbucket, ready.ca.split('\\n')[0]);`;
      assert.equal(runs(program), 'true -----BEGIN CERTIFICATE-----');
    });

    for (const library of ['reflect-metadata', 'reflect-metadata-0.1']) {
      for (const order of ['before', 'after']) {
        it(`emulator: keeps ${library} working if it is loaded ${order} the emulator, on ${version}`, () => {
          const load = `require('${library}');`;
          const program = `
            import { createRequire } from 'node:module';
            const require = createRequire(import.meta.url);
            ${order === 'before' ? load : ''}
            const { startEmulator } = await import('@aws-oidc-assume/emulator');
            const { stop } = await startEmulator({}, { https: true });
            await stop();
            ${order === 'after' ? load : ''}
            class Service {}
            Reflect.defineMetadata('type', 'text', Service.prototype, 'name');
            Reflect.decorate([Reflect.metadata('role', 'admin')], Service);
            class Derived extends Service {}
            console.log(Reflect.getMetadata('type', Derived.prototype, 'name'), Reflect.getMetadata('role', Derived),
              Reflect.hasOwnMetadata('role', Derived), Reflect.getMetadataKeys(Derived));`;
          assert.equal(runs(program), "text admin false [ 'role' ]");
        });
      }
    }

    it(`emulator: runs as in its README on ${version}`, () => {
      const readme = readFileSync(path.join(installed('emulator'), 'README.md'), 'utf8');
      const [, program = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
      assert.match(runs(program), /^http:\/\/127\.0\.0\.1:\d+ \d{3,}$/);
      assert.match(
        runs(program.replace(/startEmulator\(.*\)/, 'startEmulator()')),
        /^http:\/\/127\.0\.0\.1:\d+ \d{3,}$/,
      );
    });
  }

  it('have types for TypeScript', () => {
    writeFileSync(
      projectPath('program.ts'),
      `import { type Emulator, startEmulator } from '@aws-oidc-assume/emulator';
       import { evaluate } from '@aws-oidc-assume/trust-policy';
       import { parseRoleArn, type RoleArn } from '@aws-oidc-assume/trust-policy/arn';
       const emulator: Emulator = await startEmulator({});
       export const url: string = emulator.ready.issuers.azureDevOps;
       export const role: RoleArn | undefined = parseRoleArn('x');
       export const decision: 'allow' | 'deny' = evaluate('{}', { claims: {} }).decision;
       // @ts-expect-error
       emulator.ready.nothing;
       // @ts-expect-error
       emulator.ready.issuers.nothing;
       // @ts-expect-error
       evaluate('{}', { claims: {} }).nothing;\n`,
    );
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
    execFileSync(path.join(ROOT, 'node_modules/.bin/tsc'), [...options, '--types', 'node', 'program.ts'], {
      cwd: project,
      encoding: 'utf8',
    });
  });
});
