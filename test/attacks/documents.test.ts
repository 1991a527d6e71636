/**
 * Checks the instructions of the documentation for an available token, and its list of variables that the environment
 * file clears.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BUNDLE, startEmulator, stepOf, variablesFor } from '../e2e/pipe/support.ts';
import type { EmulatorProcess } from '../support/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = execFileSync('git', ['ls-files', '*.md', '*.txt', 'examples', 'terraform', 'docs'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(?:md|txt|ya?ml|mts)$/.test(file));

describe('attacks on readers of the documentation', () => {
  it('26: every npm program is run with the version of this release', () => {
    let match = 0;
    for (const file of DOCUMENTS) {
      const text = readFileSync(`${ROOT}${file}`, 'utf8');
      for (const [line, name = '', version] of text.matchAll(
        /\bnpx (?:-y |--yes )?@aws-oidc-assume\/([\w-]+)(?:@([\w.^~-]+))?/g,
      )) {
        match++;
        const { version: released } = JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, 'utf8'));
        assert.equal(version, released, `${file}: ${line}`);
      }
    }
    assert.ok(match >= 4, `${match}`);
  });

  it('26: an image of the pipe, and a task, are named with a version', () => {
    for (const file of DOCUMENTS) {
      const text = readFileSync(`${ROOT}${file}`, 'utf8');
      assert.doesNotMatch(text, /pipe: docker:\/\/[^\s:]+(?::latest)?\s*$/m, file);
      assert.doesNotMatch(text, /task: AwsOidcAssume(?!@\d)/, file);
    }
  });

  describe('25', () => {
    let emulator: EmulatorProcess;
    before(async () => {
      emulator = await startEmulator();
    });
    after(() => emulator?.stop());

    it('25: variables that choose other credentials are cleared, and those that the documentation names stay', async () => {
      const step = await stepOf(emulator);
      try {
        const { exitCode, stderr } = await step.runPipe({ bundle: BUNDLE, variables: variablesFor(emulator) });
        assert.equal(exitCode, 0, stderr);
        const others = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'AWS_SECURITY_TOKEN'];
        const roles = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
        const containers = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'];
        const stay = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_CA_BUNDLE', 'AWS_CONFIG_FILE'];
        const cleared = [...others, ...roles, ...containers];
        const env = Object.fromEntries([...cleared, ...stay].map((name) => [name, 'theirs']));
        const script = `. ./.aws-oidc/env\nenv | sed -n 's/=theirs$//p' | sort`;
        const { stdout } = await step.runScript(script, { env });
        assert.deepEqual(stdout.trim().split('\n'), [...stay].sort());
        const page = readFileSync(`${ROOT}docs/bitbucket.md`, 'utf8');
        for (const name of ['AWS_ENDPOINT_URL…', 'AWS_CA_BUNDLE', 'AWS_CONFIG_FILE'])
          assert.ok(page.includes(`\`${name}\``));
      } finally {
        step.dispose();
      }
    });
  });
});
