import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCi } from '../../support/docker/engine.ts';
import { awsOidc } from './aws-oidc.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLES = path.join(ROOT, 'examples');
const CDK = path.join(ROOT, 'packages/cdk');
const SYSTEMS = ['bitbucket', 'azure-devops'] as const;

/** Every file of that ending below examples/ that is generated. */
function files(ending: string): string[] {
  const found = SYSTEMS.flatMap((system) =>
    readdirSync(path.join(EXAMPLES, system), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ending))
      .map((file) => path.join(EXAMPLES, system, file)),
  );
  assert.ok(found.length > 0, `no example ends in ${ending}`);
  return found;
}

function run(command: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  return spawnSync(command, [...args], { encoding: 'utf8', cwd: ROOT, ...options, env: { ...env, ...options.env } });
}

/** Passes the test over where a tool is missing, and says so; under CI only for tools that no registry of ours has. */
function needs(context: Mocha.Context, command: string, { everywhere }: { everywhere: boolean }): void {
  const { error, status } = run(command, ['--version']);
  if (error === undefined && status === 0) return;
  if (everywhere && isCi(process.env['CI'])) throw new Error(`${command} is missing: install it`);
  console.log(`      passed over: there is no ${command} here`);
  context.skip();
}

describe('examples', () => {
  it('are what the package generates', () => {
    const { status, stderr } = run(process.execPath, ['--import', 'tsx', 'scripts/examples.ts', '--check']);
    assert.equal(status, 0, stderr);
  });

  it('have shell scripts that shellcheck has nothing to say about', function () {
    needs(this, 'shellcheck', { everywhere: true });
    const { status, stdout } = run('shellcheck', files('.sh'));
    assert.equal(status, 0, stdout);
  });

  it('have templates that cfn-lint has nothing to say about', function () {
    needs(this, 'cfn-lint', { everywhere: false });
    const { status, stdout, stderr } = run('cfn-lint', files('.yaml'));
    assert.equal(status, 0, stdout + stderr);
  });

  it('have configurations that terraform fmt leaves as they are', function () {
    needs(this, 'terraform', { everywhere: false });
    const { status, stdout, stderr } = run('terraform', ['fmt', '-check', '-diff', '-recursive', EXAMPLES]);
    assert.equal(status, 0, stdout + stderr);
  });

  it('have trust policies that lint without a finding', async () => {
    for (const file of files('.sh')) {
      const [, policy] = /--assume-role-policy-document '([^']+)'/.exec(readFileSync(file, 'utf8')) ?? [];
      const { status, stdout } = await awsOidc(['trust', 'lint', '-', '--json'], { stdin: policy ?? '' });
      assert.deepEqual([status, JSON.parse(stdout)], [0, { findings: [] }], file);
    }
  });

  describe('CDK apps', function () {
    this.timeout(120_000);

    for (const system of SYSTEMS) {
      it(`the one for ${system} synthesizes the roles of the other set-ups`, () => {
        // Inside the package's folder aws-cdk-lib is found, as in an app that depends on both.
        const folder = mkdtempSync(path.join(CDK, '.app-'));
        try {
          cpSync(path.join(EXAMPLES, system, 'cdk/app.ts'), path.join(folder, 'app.ts'));
          const env = { CDK_OUTDIR: path.join(folder, 'cdk.out') };
          const { status, stderr } = run(process.execPath, ['--import', 'tsx', path.join(folder, 'app.ts')], { env });
          assert.equal(status, 0, stderr);
          assert.deepEqual(rolesIn(path.join(folder, 'cdk.out')), setUpsOf(system));
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }

    it('can use the package as npm gets it, from both kinds of modules and with its types', () => {
      const { status, stderr } = run(process.execPath, [path.join(CDK, 'scripts/build.mjs')]);
      assert.equal(status, 0, stderr);
      const folder = mkdtempSync(path.join(tmpdir(), 'cdk-app-'));
      try {
        install(folder);
        for (const [file, text] of Object.entries(APPS)) {
          writeFileSync(path.join(folder, file), text);
          const { stdout, stderr: why } = run(process.execPath, [file], { cwd: folder });
          assert.equal(stdout, 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc', why);
        }
        writeFileSync(path.join(folder, 'app.mts'), APPS['app.mjs'].replace('process.stdout.write', 'String'));
        writeFileSync(
          path.join(folder, 'tsconfig.json'),
          JSON.stringify({
            compilerOptions: {
              module: 'nodenext',
              target: 'es2023',
              strict: true,
              noEmit: true,
              skipLibCheck: true,
              types: [],
            },
            files: ['app.mts'],
          }),
        );
        const checked = run(path.join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder]);
        assert.equal(checked.status, 0, checked.stdout);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
});

const USE = `const provider = BitbucketOidcProvider.fromAccount(new Stack(new App(), 'S'), 'P', {
  workspace: 'acme', workspaceUuid: '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11' });
process.stdout.write(provider.issuer);`;
const APPS = {
  'app.cjs': `const { BitbucketOidcProvider } = require('@aws-oidc-assume/cdk'); const { App, Stack } = require('aws-cdk-lib'); ${USE}`,
  'app.mjs': `import { BitbucketOidcProvider } from '@aws-oidc-assume/cdk'; import { App, Stack } from 'aws-cdk-lib'; ${USE}`,
} as const;

/** Lays the package out as npm would, with what package.json says under publishConfig, beside the libraries it needs. */
function install(folder: string): void {
  const modules = path.join(folder, 'node_modules');
  const installed = path.join(modules, '@aws-oidc-assume/cdk');
  cpSync(path.join(CDK, 'dist'), path.join(installed, 'dist'), { recursive: true });
  const { name, publishConfig } = JSON.parse(readFileSync(path.join(CDK, 'package.json'), 'utf8'));
  writeFileSync(path.join(installed, 'package.json'), JSON.stringify({ name, ...publishConfig }));
  for (const library of ['aws-cdk-lib', 'constructs']) {
    symlinkSync(path.join(CDK, 'node_modules', library), path.join(modules, library));
  }
}

function rolesIn(out: string): (string | undefined)[] {
  const template = JSON.parse(readFileSync(path.join(out, 'CiRoles.template.json'), 'utf8'));
  return Object.values<{ Type: string; Properties: { RoleName?: string } }>(template.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties }) => Properties.RoleName)
    .toSorted();
}

function setUpsOf(system: string): string[] {
  return readdirSync(path.join(EXAMPLES, system))
    .filter((name) => name !== 'cdk')
    .toSorted();
}
