import assert from 'node:assert/strict';
import { HAS_AWS_CLI } from '../../support/aws-cli.ts';
import type { BitbucketStep, EmulatorProcess } from '../../support/index.ts';
import { skipBecause } from '../../support/tools.ts';
import { arnOf, cliSays, says, sdkSays, startEmulator, stepOf, succeed } from './support.ts';

/** Stored keys in a shell of the step: variables of the repository. No pipe sees those. */
const STORED_KEYS = { AWS_ACCESS_KEY_ID: 'AKIASTORED', AWS_SECRET_ACCESS_KEY: 'stored-secret-0' };
const NOTICE = /^AWS OIDC Assume: AWS_ACCESS_KEY_ID was a stored key\. This file replaces it in this shell\. Remove/;

describe('stored keys next to the pipe', () => {
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator?.stop());
  beforeEach(async () => {
    step = await stepOf(emulator);
  });
  afterEach(() => {
    step.verify();
    step.dispose();
  });

  const script = (lines: readonly string[], env: Record<string, string>) =>
    step.runScript(lines.join('\n'), {
      env: { AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '', NODE_NO_WARNINGS: '1', ...env },
    });

  it("are reported in one line if they are in the pipe's variables, without a value", async () => {
    const { stdout } = await succeed(step, emulator, STORED_KEYS);
    const warnings = stdout.split('\n').filter((line) => line.startsWith('⚠ '));
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? '',
      /^⚠ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY are in the variables of this pipe, which uses no stored keys\./,
    );
    assert.doesNotMatch(stdout, /AKIASTORED|stored-secret/);
  });

  for (const expose of ['environment', 'profile', 'web-identity']) {
    it(`are reported and replaced by the file of EXPOSE=${expose}, once`, async () => {
      await succeed(step, emulator, { EXPOSE: expose });
      const lines = ['. ./.aws-oidc/env', '. ./.aws-oidc/env', 'echo "${AWS_ACCESS_KEY_ID-}"'];
      // The AWS CLI asks the region's endpoint in this mode.
      const clients = expose === 'web-identity' ? [] : [cliSays(emulator), sdkSays(emulator)];
      const { exitCode, stdout, stderr } = await script(['set -eu', ...lines, ...clients], STORED_KEYS);
      assert.equal(exitCode, 0, stderr);
      const [keyId, ...arns] = stdout.trimEnd().split('\n');
      assert.notEqual(keyId, STORED_KEYS.AWS_ACCESS_KEY_ID);
      assert.deepEqual(
        arns,
        clients.map(() => arnOf('deploy')),
      );
      const [notice = '', ...others] = stderr.trim().split('\n');
      assert.match(notice, NOTICE);
      assert.deepEqual(others, []);
      assert.doesNotMatch(stderr, /AKIASTORED/);
    });
  }

  it('stay in use by AWS tools without the line that reads the file', async function () {
    if (!HAS_AWS_CLI) skipBecause(this, 'the AWS CLI is not installed');
    await succeed(step, emulator);
    // The emulator does not know this key.
    const { stderr } = await script([cliSays(emulator)], { AWS_DEFAULT_REGION: 'eu-west-1', ...STORED_KEYS });
    assert.match(stderr, /InvalidClientTokenId/);
  });

  it('are not reported for temporary credentials, or for none', async () => {
    await succeed(step, emulator);
    for (const env of [{}, { AWS_ACCESS_KEY_ID: 'ASIATEMPORARY', AWS_SECRET_ACCESS_KEY: 'x' }]) {
      const { stderr } = await script(['set -eu', '. ./.aws-oidc/env'], env);
      assert.equal(stderr, '');
    }
  });

  it('are not reported by a file with a prefix, which leaves them in use', async () => {
    await succeed(step, emulator, { VARIABLE_PREFIX: 'STAGING_' });
    const { stderr } = await script(['. ./.aws-oidc/env'], STORED_KEYS);
    assert.equal(stderr, '');
    assert.deepEqual(await says(step, '. ./.aws-oidc/env; echo $AWS_ACCESS_KEY_ID', STORED_KEYS), ['AKIASTORED']);
  });
});
