import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { snippetsOf } from '../../docs/snippets.ts';
import { NODE_20, NODE_24, needsCdk, pnpm } from '../../support/index.ts';
import { findTool, skipEvenInCi } from '../../support/tools.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CDK = path.join(ROOT, 'packages/cdk');
const EXAMPLES = path.join(ROOT, 'examples');
const SYSTEMS = ['bitbucket', 'azure-devops'] as const;

/** Oldest CDK that package.json allows, and the newest. */
const CDK_VERSIONS = { oldest: path.join(CDK, 'node_modules'), newest: path.join(CDK, 'test/newest/node_modules') };
type CdkVersion = keyof typeof CDK_VERSIONS;
const VERSIONS: readonly CdkVersion[] = ['oldest', 'newest'];

const manifest = (folder: string) => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** A program that prints the types of the resources of a stack with a provider and a role. */
const app = (load: (name: string) => string) => `
  const { App, Stack } = ${load('aws-cdk-lib')};
  const { BitbucketOidcProvider, BitbucketOidcRole, BitbucketScope } = ${load('@aws-oidc-assume/cdk')};
  const app = new App();
  const stack = new Stack(app, 'site');
  const provider = new BitbucketOidcProvider(stack, 'provider',
    { workspace: 'acme', workspaceUuid: '11111111-2222-4333-8444-555555555555' });
  const role = new BitbucketOidcRole(stack, 'role',
    { provider, trust: [BitbucketScope.repository('{aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee}')] });
  role.allowEcrPush('shop');
  const { Resources } = app.synth().getStackByName('site').template;
  console.log(Object.values(Resources).map(({ Type }) => Type).sort().join());`;
const TYPES = 'AWS::IAM::OIDCProvider,AWS::IAM::Policy,AWS::IAM::Role\n';

describe('the CDK package', function () {
  this.timeout(240_000);
  let projects: string;
  const project = (version: CdkVersion) => path.join(projects, version);
  const installed = () => path.join(project('oldest'), 'node_modules/@aws-oidc-assume/cdk');

  before(function () {
    needsCdk(this);
    projects = mkdtempSync(path.join(tmpdir(), 'cdk-package-'));
    const [command, ...args] = pnpm();
    execFileSync(command, [...args, 'pack', '--pack-destination', projects], { cwd: CDK, stdio: 'pipe' });
    const [tarball = ''] = readdirSync(projects);
    for (const version of VERSIONS) {
      const modules = path.join(project(version), 'node_modules');
      mkdirSync(path.join(modules, '@aws-oidc-assume/cdk'), { recursive: true });
      const target = path.join(modules, '@aws-oidc-assume/cdk');
      execFileSync('tar', ['-xzf', path.join(projects, tarball), '-C', target, '--strip-components=1']);
      for (const peer of ['aws-cdk-lib', 'constructs']) {
        symlinkSync(path.join(CDK_VERSIONS[version], peer), path.join(modules, peer));
      }
      mkdirSync(path.join(modules, '@types'));
      symlinkSync(path.join(ROOT, 'node_modules/@types/node'), path.join(modules, '@types/node'));
      writeFileSync(path.join(project(version), 'package.json'), '{ "type": "module" }\n');
    }
  });
  after(() => {
    if (projects !== undefined) rmSync(projects, { recursive: true, force: true });
  });

  it('contains its licence, its README and its jsii assembly, but no sources', () => {
    assert.deepEqual(readdirSync(installed()).sort(), ['.jsii', 'LICENSE', 'README.md', 'dist', 'package.json']);
    assert.equal(manifest(installed()).dependencies, undefined);
  });

  it('has a source map to its TypeScript sources', () => {
    const { sources, sourcesContent } = JSON.parse(readFileSync(path.join(installed(), 'dist/index.js.map'), 'utf8'));
    assert.equal(sourcesContent.length, sources.length);
    assert.ok(sources.some((source: string) => source.endsWith('.ts')));
    assert.match(readFileSync(path.join(installed(), 'dist/index.js'), 'utf8'), /sourceMappingURL=index\.js\.map\s*$/);
  });

  it('compiles with the oldest CDK that it allows', () => {
    const { peerDependencies, version } = manifest(installed());
    for (const [name, range] of Object.entries(peerDependencies)) {
      assert.equal(range, `^${manifest(path.join(CDK_VERSIONS.oldest, name)).version}`);
    }
    assert.equal(version, manifest(ROOT).version);
  });

  it('describes its API to the other languages', () => {
    const { types, targets } = JSON.parse(readFileSync(path.join(installed(), '.jsii'), 'utf8'));
    assert.deepEqual(Object.keys(targets).sort(), ['dotnet', 'go', 'java', 'js', 'python']);
    const classes = Object.values<{ kind: string; name: string }>(types).filter(({ kind }) => kind === 'class');
    assert.deepEqual(
      classes.map(({ name }) => name).sort(),
      ['AzureDevOps', 'Bitbucket', 'GitHub'].flatMap((name) => [
        `${name}OidcProvider`,
        `${name}OidcRole`,
        `${name}Scope`,
      ]),
    );
  });

  for (const [version, node] of Object.entries({ 'Node 20': NODE_20, 'Node 24': NODE_24 })) {
    for (const cdk of VERSIONS) {
      it(`creates a role in apps of either kind with the ${cdk} CDK on ${version}`, () => {
        const run = (file: string, program: string) => {
          writeFileSync(path.join(project(cdk), file), program);
          return execFileSync(node, [file], { cwd: project(cdk), encoding: 'utf8' });
        };
        assert.equal(
          run(
            'app.mjs',
            app((name) => `await import('${name}')`),
          ),
          TYPES,
        );
        assert.equal(
          run(
            'app.cjs',
            app((name) => `require('${name}')`),
          ),
          TYPES,
        );
      });
    }
  }

  for (const cdk of VERSIONS) {
    it(`has types that match those of the ${cdk} CDK`, () => {
      writeFileSync(
        path.join(project(cdk), 'types.ts'),
        `import { BitbucketScope, type IGitHubOidcProvider } from '@aws-oidc-assume/cdk';
         import type { IOidcProvider, IOpenIdConnectProvider } from 'aws-cdk-lib/aws-iam';
         BitbucketScope.repository('x');
         export const taken = (provider: IGitHubOidcProvider): [IOidcProvider, IOpenIdConnectProvider] => [provider, provider];
         // @ts-expect-error
         BitbucketScope.repository(7);\n`,
      );
      const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
      const { stdout } = spawnSync(
        path.join(ROOT, 'node_modules/.bin/tsc'),
        [...options, '--skipLibCheck', 'false', 'types.ts'],
        { cwd: project(cdk), encoding: 'utf8' },
      );
      // Errors in the CDK's own declarations are ignored.
      assert.deepEqual(
        stdout.split('\n').filter((line) => /^types\.ts|@aws-oidc-assume/.test(line)),
        [],
      );
    });
  }

  describe('in the examples', () => {
    for (const system of SYSTEMS) {
      for (const cdk of VERSIONS) {
        it(`creates the roles of the other setups for ${system} with the ${cdk} CDK`, () => {
          const file = path.join(project(cdk), `${system}.ts`);
          cpSync(path.join(EXAMPLES, system, 'cdk/app.ts'), file);
          const outputFolder = path.join(project(cdk), `${system}.out`);
          const tsx = path.join(ROOT, 'node_modules/tsx/dist/loader.mjs');
          const { status, stderr } = spawnSync(process.execPath, ['--import', tsx, file], {
            cwd: project(cdk),
            encoding: 'utf8',
            env: { ...process.env, CDK_OUTDIR: outputFolder },
          });
          assert.equal(status, 0, stderr);
          const { Resources } = JSON.parse(readFileSync(path.join(outputFolder, 'CiRoles.template.json'), 'utf8'));
          const roles = Object.values<{ Type: string; Properties: { RoleName?: string } }>(Resources)
            .filter(({ Type }) => Type === 'AWS::IAM::Role')
            .map(({ Properties }) => Properties.RoleName);
          const setups = readdirSync(path.join(EXAMPLES, system)).filter(
            (name) => name.includes('-deploy') || name === 'image-push',
          );
          assert.deepEqual(roles.toSorted(), setups.toSorted());
        });
      }
    }
  });

  describe('in its README', () => {
    const snippets = snippetsOf('packages/cdk/README.md').filter(({ language }) => language === 'ts');

    for (const { place, text } of snippets) {
      it(`creates the role at ${place}`, () => {
        const lines = text.split('\n');
        const imports = lines.filter((line) => line.startsWith('import '));
        const rest = lines.filter((line) => !line.startsWith('import '));
        const program = `${imports.join('\n')}
          import { App, Stack } from 'aws-cdk-lib';
          class Documented extends Stack {
            constructor(app: App) {
              super(app, 'documented', { env: { account: '123456789012', region: 'eu-west-1' } });
              ${rest.join('\n')}
            }
          }
          const app = new App();
          new Documented(app);
          const { Resources } = app.synth().getStackByName('documented').template;
          console.log(Object.values(Resources).some(({ Type }: any) => Type === 'AWS::IAM::Role'));`;
        const file = path.join(project('newest'), 'documented.ts');
        writeFileSync(file, program);
        const tsx = path.join(ROOT, 'node_modules/tsx/dist/loader.mjs');
        const args = ['--import', tsx, file];
        const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: project('newest'), encoding: 'utf8' });
        assert.equal(stdout, 'true\n', stderr);
      });
    }
  });

  describe('in other languages', () => {
    before(() => {
      execFileSync(process.execPath, [path.join(CDK, 'scripts/languages.mjs')], { cwd: CDK, stdio: 'pipe' });
    });
    const generated = (...names: string[]) => path.join(CDK, 'dist-languages', ...names);
    const sources = (language: string, ending: string) =>
      readdirSync(generated(language), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(ending))
        .map((name) => readFileSync(generated(language, name), 'utf8'))
        .join('\n');

    for (const [language, ending, form] of [
      ['python', '.py', /\n {4}def allow_s3_sync\(/],
      ['java', '.java', /public void allowS3Sync\(/],
      ['dotnet', '.cs', /void AllowS3Sync\(/],
      ['go', '.go', /\bAllowS3Sync\(/],
    ] as const) {
      it(`is generated for ${language}`, () => assert.match(sources(language, ending), form));
    }

    it('is generated for TypeScript and JavaScript as published to npm', () => {
      assert.deepEqual(readdirSync(generated('js')), [`cdk@${manifest(CDK).version}.jsii.tgz`]);
    });

    it('has Python that Python compiles, with every call of the Python examples', function () {
      const compile = 'import sys\nfor file in sys.argv[1:]: compile(open(file).read(), file, "exec")';
      if (findTool('python3') === undefined) skipEvenInCi(this, 'python3 is not installed');
      const modules = readdirSync(generated('python/src'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.py'))
        .map((name) => generated('python/src', name));
      assert.ok(modules.length >= 2);
      const readmeVersions = path.join(projects, 'readme.py');
      const pythonSnippets = snippetsOf('packages/cdk/README.md').filter(({ language }) => language === 'python');
      writeFileSync(readmeVersions, pythonSnippets.map(({ text }) => text).join('\n'));
      const apps = [...SYSTEMS.map((system) => path.join(EXAMPLES, system, 'cdk-python/app.py')), readmeVersions];
      execFileSync('python3', ['-c', compile, ...modules, ...apps]);
      const definitions = sources('python/src', '.py');
      const calls = apps.flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/(?:Scope|[a-z]_[a-z]+)\.(\w+)\(/g)].map(([, name]) => name),
      );
      assert.ok(calls.length > 10);
      for (const name of calls) assert.match(definitions, new RegExp(`\\n {4}def ${name}\\(`));
    });
  });
});
