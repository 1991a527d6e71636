import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pipe from '../e2e/pipe/support.ts';
import * as task from '../e2e/task/support.ts';
import { type EmulatorProcess, needsEngine } from '../support/index.ts';
import { skipWithout, unlessMissing } from '../support/tools.ts';
import { type Arm64Node, arm64Node, buildArm64Image, registerQemu } from './arm64.ts';

const PIPE_MODES = ['environment', 'profile', 'web-identity'] as const;
const TASK_MODES = ['environment', 'secret-variables', 'profile', 'credential-process'] as const;
const MAPPED = Object.fromEntries(
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) => [name, `$(${name})`]),
);
const CLI = fileURLToPath(new URL('../../packages/cli/dist/aws-oidc.mjs', import.meta.url));

describe('the released programs on arm64, through qemu', function () {
  this.timeout(240_000);
  let folder: string;
  let arm64: Arm64Node;
  let emulator: EmulatorProcess;
  let jobs: task.Jobs;
  before(async function () {
    skipWithout(this, 'qemu-aarch64-static', 'update-binfmts', 'apt-get', 'dpkg-deb');
    folder = mkdtempSync(path.join(tmpdir(), 'arm64-'));
    arm64 = await unlessMissing(this, async () => arm64Node(folder));
    registerQemu();
    emulator = await pipe.startEmulator();
    jobs = new task.Jobs(await task.startEmulator(), 'Node24');
  });
  after(async () => {
    await jobs?.close();
    await emulator?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('are really on arm64', () => {
    const { stdout } = spawnSync(arm64.node, ['-p', 'process.arch'], { encoding: 'utf8' });
    assert.equal(stdout, 'arm64\n');
  });

  for (const mode of PIPE_MODES) {
    it(`run the pipe: ${mode}`, async () => {
      const step = await pipe.stepOf(emulator);
      const variables = pipe.variablesFor(emulator, { EXPOSE: mode });
      const { exitCode, stderr } = await step.runPipe({ bundle: pipe.BUNDLE, node: arm64.node, variables });
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(await pipe.says(step, `. ./.aws-oidc/env\n${pipe.sdkSays(emulator)}`), [pipe.arnOf('deploy')]);
      step.verify();
      step.dispose();
    });
  }

  for (const mode of TASK_MODES) {
    it(`run the task: ${mode}`, async () => {
      // The kernel starts the renewing program without the path of the libraries.
      jobs.start({ node: arm64.node, environment: { QEMU_LD_PREFIX: arm64.libraries } });
      await jobs.assume({ expose: mode });
      const arns = await jobs.says(jobs.sdk(), mode === 'secret-variables' ? { env: MAPPED } : {});
      assert.deepEqual(arns, [task.arnOf('deploy')]);
      await jobs.finish();
    });
  }

  it('run the command line', () => {
    const { stdout, status } = spawnSync(arm64.node, [CLI, '--version'], { encoding: 'utf8' });
    assert.equal(status, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  describe('the image of the pipe', () => {
    let image: string;
    before(function () {
      needsEngine(this);
      image = buildArm64Image();
    });

    for (const mode of PIPE_MODES) {
      it(`runs: ${mode}`, async () => {
        const step = await pipe.stepOf(emulator);
        const variables = pipe.variablesFor(emulator, { EXPOSE: mode });
        const { exitCode, stderr } = await step.runPipe({
          image,
          dockerArguments: ['--platform=linux/arm64'],
          variables,
        });
        assert.equal(exitCode, 0, stderr);
        assert.deepEqual(await pipe.says(step, `. ./.aws-oidc/env\n${pipe.sdkSays(emulator)}`), [pipe.arnOf('deploy')]);
        step.verify();
        step.dispose();
      });
    }
  });
});
