import assert from 'node:assert/strict';
import { type BitbucketStep, type EmulatorProcess, written } from '../../support/index.ts';
import { BUNDLE, cliSays, says, startEmulator, stepOf, variablesFor } from './support.ts';

const TEXTS = [
  "'; touch owned; echo '",
  '$(touch owned)`touch owned`',
  'a\nb\r\nexport OWNED=1\n[default]\naws_access_key_id = x',
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007\u009b1m',
  '##vso[task.setvariable variable=OWNED]1\n##[error]x',
  '"\\\'{}%s\u202e\u200b',
];

describe('hostile text through the whole pipe', () => {
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator?.stop());
  afterEach(() => {
    step?.verify();
    step?.dispose();
  });

  /** Checks that the text contains only lines, and nothing that a terminal or a log viewer would interpret. */
  function assertPlain(...outputs: readonly string[]): void {
    for (const line of outputs.join('\n').split('\n')) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
  }

  for (const text of TEXTS) {
    const label = JSON.stringify(text).slice(0, 40);

    it(`in branch, repository and build leaves correct files and a plain log: ${label}`, async () => {
      step = await stepOf(emulator, {
        claims: { branchName: text },
        env: {
          BITBUCKET_BRANCH: text,
          BITBUCKET_REPO_SLUG: text,
          BITBUCKET_BUILD_NUMBER: text,
          BITBUCKET_WORKSPACE: text,
        },
      });
      const result = await step.runPipe({
        bundle: BUNDLE,
        variables: variablesFor(emulator, { EXPOSE: 'profile', DEBUG: 'true' }),
      });
      assert.equal(result.exitCode, 0, result.stderr);
      assertPlain(result.stdout, result.stderr);
      const [arn, owned] = await says(step, `. ./.aws-oidc/env\n${cliSays(emulator)}\necho "\${OWNED-no}"`);
      assert.match(arn ?? '', /^arn:aws:sts::123456789012:assumed-role\/deploy\/[\w+=,.@-]{2,64}$/);
      assert.equal(owned, 'no');
      assert.deepEqual(await says(step, 'ls'), ['']);
    });

    it(`in a variable that contradicts the token is printed as text: ${label}`, async () => {
      step = await stepOf(emulator, { env: { BITBUCKET_BRANCH: text } });
      const result = await step.runPipe({
        bundle: BUNDLE,
        variables: variablesFor(emulator, { DEBUG: 'true' }),
      });
      assert.equal(result.exitCode, 1);
      assert.match(result.stderr, /^✖ IdentityContradicted: /);
      assertPlain(result.stdout, result.stderr);
      assert.deepEqual(await says(step, 'ls -A'), ['.git']);
    });

    it(`in claims and answers of AWS is printed as text: ${label}`, async () => {
      step = await stepOf(emulator, { claims: { sub: text, branchName: text }, env: { BITBUCKET_BRANCH: text } });
      await emulator.control.setFaults([
        { match: { endpoint: 'sts' }, fault: { status: 400, code: 'ValidationError', message: text } },
      ]);
      try {
        const result = await step.runPipe({
          bundle: BUNDLE,
          variables: variablesFor(emulator, { DEBUG: 'true' }),
        });
        assert.equal(result.exitCode, 1);
        assert.match(result.stderr, /^✖ RequestRejected: /);
        assertPlain(result.stdout, result.stderr);
        assert.deepEqual(await says(step, 'ls -A'), ['.git']);
      } finally {
        await emulator.control.clearFaults();
      }
    });

    it(`is coloured by the pipe alone, after the first word: ${label}`, async () => {
      step = await stepOf(emulator, { claims: { sub: text, branchName: text }, env: { BITBUCKET_BRANCH: text } });
      await emulator.control.setFaults([
        { match: { endpoint: 'sts' }, fault: { status: 400, code: 'ValidationError', message: text } },
      ]);
      try {
        const variables = variablesFor(emulator, { DEBUG: 'true', AWS_ACCESS_KEY_ID: 'x', NO_COLOR: '' });
        const { stdout, stderr } = await step.runPipe({ bundle: BUNDLE, variables });
        assert.match(stdout, /^⚠ \p{Cc}\[33m\P{Cc}+\p{Cc}\[0m$/mu);
        assert.match(stderr, /^✖ RequestRejected: \p{Cc}\[31m\P{Cc}+\p{Cc}\[0m\nFix: /u);
        const own = /^(⚠ |✖ \w+: )\p{Cc}\[3[13]m(\P{Cc}*)\p{Cc}\[0m$/gmu;
        assertPlain(stdout.replace(own, '$1$2'), stderr.replace(own, '$1$2'));
      } finally {
        await emulator.control.clearFaults();
      }
    });

    it(`in variables is refused as text: ${label}`, async () => {
      step = await stepOf(emulator);
      for (const name of ['ROLE_SESSION_NAME', 'PROFILE', 'VARIABLE_PREFIX']) {
        const result = await step.runPipe({
          bundle: BUNDLE,
          variables: variablesFor(emulator, {
            [name]: written(text),
            EXPOSE: name === 'PROFILE' ? 'profile' : '',
          }),
        });
        assert.equal(result.exitCode, 1);
        assert.match(result.stderr, new RegExp(`^(?:✖ InvalidOptions: |  )${name} is "`, 'm'));
        assertPlain(result.stdout, result.stderr);
      }
      assert.deepEqual(await says(step, 'ls -A'), ['.git']);
    });
  }
});
