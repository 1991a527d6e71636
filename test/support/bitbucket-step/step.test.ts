import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BitbucketStep } from './step.ts';

describe('a step of Bitbucket Pipelines', () => {
  const oidcToken = 'token-of-the-step-0123456789';
  let folder: string;
  let step: BitbucketStep;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pipe-'));
    step = new BitbucketStep({ oidcToken, env: { REPOSITORY_VARIABLE: 'x' } });
  });
  afterEach(() => {
    step.dispose();
    rmSync(folder, { recursive: true });
  });

  function pipe(body: string): string {
    const bundle = path.join(folder, 'pipe.mjs');
    writeFileSync(bundle, body);
    return bundle;
  }

  it('gives a pipe the variables listed for it, and of the others only those of Bitbucket', async () => {
    const bundle = pipe(
      'const e = process.env; console.log(JSON.stringify([e.A, e.L_COUNT, e.L_0, e.L_1, e.REPOSITORY_VARIABLE, e.BITBUCKET_REPO_SLUG, e.HOME, process.cwd() === e.BITBUCKET_CLONE_DIR]))',
    );
    const { stdout } = await step.runPipe({ bundle, variables: { A: '1', L: ['x', 'y'] } });
    assert.deepEqual(JSON.parse(stdout), ['1', '2', 'x', 'y', null, 'shop-api', null, true]);
  });

  it('keeps what the pipe leaves for the next line', async () => {
    await step.runPipe({
      bundle: pipe(
        `import fs from 'node:fs'; fs.mkdirSync('.aws-oidc'); fs.writeFileSync('.aws-oidc/env', "export A='b'")`,
      ),
    });
    const next = await step.runScript('. ./.aws-oidc/env\necho "$A $REPOSITORY_VARIABLE"');
    assert.equal(next.stdout, 'b x\n');
    assert.deepEqual(
      step
        .files()
        .map(({ path: file }) => file)
        .filter((file) => !file.startsWith('.git')),
      ['.aws-oidc', '.aws-oidc/env'],
    );
  });

  it('fails the test in whose output a secret shows', async () => {
    await assert.rejects(
      step.runPipe({ bundle: pipe('console.error(process.env.BITBUCKET_STEP_OIDC_TOKEN)') }),
      /standard error \(raw\)/,
    );
  });

  it('fails the test that leaves a secret anywhere but in a private file of the output folder', async () => {
    const leave = (file: string, mode: string) =>
      pipe(
        `import fs from 'node:fs'; fs.mkdirSync('.aws-oidc', { recursive: true }); fs.writeFileSync('${file}', process.env.BITBUCKET_STEP_OIDC_TOKEN, { mode: ${mode} })`,
      );
    await step.runPipe({ bundle: leave('.aws-oidc/token', '0o600') });
    step.verify();
    await step.runPipe({ bundle: leave('.aws-oidc/open', '0o644') });
    assert.throws(() => step.verify(), /file \.aws-oidc\/open \(644\)/);
  });
});
