import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BitbucketStep, EmulatorProcess } from '../../support/index.ts';
import { BUNDLE, startEmulator, stepOf, variablesFor } from './support.ts';

describe('the pipe, copied without its second file', () => {
  let folder: string;
  let bundle: string;
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'alone-'));
    bundle = path.join(folder, 'pipe.mjs');
    copyFileSync(BUNDLE, bundle);
    emulator = await startEmulator();
  });
  after(async () => {
    await emulator.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    step = await stepOf(emulator);
  });
  afterEach(() => {
    step.verify();
    step.dispose();
  });

  const run = (variables: Record<string, string> = {}) =>
    step.runPipe({ bundle, variables: variablesFor(emulator, variables) });
  const incomplete = `A file of this program is missing: Cannot find module '`;

  it('assumes the role', async () => {
    const { exitCode, stderr } = await run();
    assert.deepEqual([exitCode, stderr], [0, '']);
  });

  it('reports a denial with its cause, its facts and the file that is missing', async () => {
    const { exitCode, stderr } = await run({ AWS_OIDC_ROLE_ARN: 'arn:aws:iam::123456789012:role/missing' });
    assert.equal(exitCode, 1);
    const lines = stderr.split('\n');
    assert.match(lines[0] ?? '', /^✖ AccessDenied: AWS refused to let this job assume the role\. /);
    assert.match(lines[1] ?? '', /^Fix: Check the name of the role/);
    assert.match(stderr, /^Subject: {2}\{/m);
    assert.match(stderr, /^AWS said: AccessDenied/m);
    assert.ok(stderr.includes(`\n  This failure could not be explained. ${incomplete}`), stderr);
    assert.ok(stderr.includes("diagnosis.mjs' imported from"), stderr);
    assert.ok(stderr.includes('Copy all of its files together.'), stderr);
  });

  it('succeeds with a trust policy file, and warns that it was not checked', async () => {
    const { exitCode, stdout } = await run({ TRUST_POLICY_FILE: 'trust.json' });
    assert.equal(exitCode, 0);
    assert.ok(stdout.includes(`⚠ The trust policy file trust.json was not checked. ${incomplete}`), stdout);
  });
});
