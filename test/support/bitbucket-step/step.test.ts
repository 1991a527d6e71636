import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shellsHere } from '../tools.ts';
import { escapedForYaml } from './listed-variables.ts';
import { BitbucketStep, type Shell } from './step.ts';

describe('a step of Bitbucket Pipelines', () => {
  const oidcToken = 'token-of-the-step-0123456789';
  let folder: string;
  let step: BitbucketStep;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pipe-'));
    step = new BitbucketStep({ oidcToken, env: { REPOSITORY_VARIABLE: 'x', BITBUCKET_LIKE: 'y' } });
  });
  afterEach(() => {
    step.dispose();
    rmSync(folder, { recursive: true });
  });

  function pipe(body: string): string {
    const bundle = path.join(folder, 'pipe.mjs');
    writeFileSync(bundle, `import fs from 'node:fs';\nconst token = process.env.BITBUCKET_STEP_OIDC_TOKEN;\n${body}`);
    return bundle;
  }

  const variablesOf = async (bitbucketStep: BitbucketStep, variables = {}): Promise<Record<string, string>> => {
    const file = path.join(folder, 'environment.json');
    await bitbucketStep.runPipe({
      bundle: pipe(`fs.writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env))`),
      variables,
    });
    return JSON.parse((await bitbucketStep.runScript(`cat ${file}`, { mayPrintSecrets: true })).stdout);
  };

  it("gives a pipe its listed variables and Bitbucket's, but no others", async () => {
    const variables = await variablesOf(step, { A: '1', EMPTY: '', L: ['x', 'y'], NONE: [] });
    const { A, EMPTY, L_COUNT, L_0, L_1, NONE_COUNT } = variables;
    assert.deepEqual([A, EMPTY, L_COUNT, L_0, L_1, NONE_COUNT], ['1', '', '2', 'x', 'y', '0']);
    // Node passes its coverage variable on to every child.
    const unlisted = Object.keys(variables).filter(
      (name) => !/^(?:A|EMPTY|L_.*|NONE_COUNT|NODE_V8_COVERAGE)$/.test(name),
    );
    assert.deepEqual(unlisted.filter((name) => !name.startsWith('BITBUCKET_')).sort(), [
      'CI',
      'DOCKER_HOST',
      'NO_COLOR',
      'PATH',
      'PIPELINES_JWT_TOKEN',
    ]);
    assert.equal(variables['BITBUCKET_LIKE'], undefined);
    assert.equal(variables['BITBUCKET_STEP_OIDC_TOKEN'], oidcToken);
  });

  it("lets the step's shell read the listed values, with any quotes in YAML", async () => {
    const policy = '{"Resource":"${aws:username}","Team":"${aws:PrincipalTag/team}"}';
    const awkward = 'two\nlines $HOME `id` $(id) "quoted" \\" \\\\ \u00fc';
    const { A, B, C, D, E, F_0, F_1 } = await variablesOf(step, {
      A: '$REPOSITORY_VARIABLE-${REPOSITORY_VARIABLE}',
      B: '[$NOT_DEFINED]',
      C: policy,
      D: escapedForYaml(policy),
      E: escapedForYaml(awkward),
      F: ['$REPOSITORY_VARIABLE', '\\\\'],
    });
    assert.deepEqual([A, B, C], ['x-x', '[]', '{"Resource":"","Team":""}']);
    assert.deepEqual([D, E, F_0, F_1], [policy, awkward, 'x', '\\']);
    await assert.rejects(variablesOf(step, { A: '${' }), /the step's shell says/);
  });

  it('gives UUIDs with braces, and no token without oidc: true', async () => {
    const plain = new BitbucketStep();
    const variables = await variablesOf(plain);
    const uuids = Object.entries(variables).filter(([name]) => name.endsWith('_UUID'));
    assert.ok(uuids.length >= 5);
    for (const [name, uuid] of uuids) assert.match(uuid, /^\{[0-9a-f-]{36}\}$/, name);
    assert.equal(variables['BITBUCKET_STEP_OIDC_TOKEN'], undefined);
    plain.dispose();
  });

  it('names a tag instead of a branch, a pull request and a deployment', async () => {
    const other = new BitbucketStep({
      tag: '1.0.0',
      pullRequest: { id: 7, destinationBranch: 'main' },
      deploymentEnvironment: { name: 'production', uuid: '{00000000-0000-4000-8000-000000000001}' },
    });
    const variables = await variablesOf(other);
    assert.deepEqual(
      ['BRANCH', 'TAG', 'PR_ID', 'PR_DESTINATION_BRANCH', 'DEPLOYMENT_ENVIRONMENT', 'DEPLOYMENT_ENVIRONMENT_UUID'].map(
        (name) => variables[`BITBUCKET_${name}`],
      ),
      [undefined, '1.0.0', '7', 'main', 'production', '{00000000-0000-4000-8000-000000000001}'],
    );
    other.dispose();
  });

  it('keeps files of the pipe for the next line', async () => {
    await step.runPipe({
      bundle: pipe(`fs.mkdirSync('.aws-oidc'); fs.writeFileSync('.aws-oidc/env', "export A='b'")`),
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

  for (const shell of shellsHere<Shell>('sh', 'bash', 'dash', 'busybox sh')) {
    it(`runs lines in ${shell}, in a clone, and stops at the first that fails`, async () => {
      const ran = await step.runScript('git rev-parse --show-toplevel; echo out >&2; false; echo not reached', {
        shell,
      });
      assert.deepEqual([ran.exitCode, ran.stdout.trim(), ran.stderr], [1, step.cloneFolder, 'out\n']);
    });
  }

  it('keeps both streams in the order of arrival', async () => {
    const { log } = await step.runScript('echo 1; sleep 0.1; echo 2 >&2; sleep 0.1; echo 3');
    assert.equal(log, '1\n2\n3\n');
  });

  it('ends a command with SIGTERM', async () => {
    const cancellation = new AbortController();
    const { exitCode, stdout } = await step.runPipe({
      bundle: pipe(`
        process.on('SIGTERM', () => { console.log('ended'); process.exit(3); });
        setInterval(() => {}, 1000);
        console.log('ready');`),
      signal: cancellation.signal,
      onOutput: () => cancellation.abort(),
    });
    assert.deepEqual([exitCode, stdout], [3, 'ready\nended\n']);
  });

  it('reports modes, owners and kinds of files in the clone', () => {
    const pathOf = (name: string) => path.join(step.cloneFolder, name);
    mkdirSync(pathOf('d'), { mode: 0o700 });
    writeFileSync(pathOf('d/f'), 'text', { mode: 0o600 });
    symlinkSync('d/f', pathOf('l'));
    const { uid, gid } = lstatSync(pathOf('d'));
    assert.deepEqual(
      step.files().filter((file) => !file.path.startsWith('.git')),
      [
        { path: 'd', mode: '700', uid, gid, kind: 'folder', text: undefined },
        { path: 'd/f', mode: '600', uid, gid, kind: 'file', text: 'text' },
        { path: 'l', mode: '777', uid, gid, kind: 'link', text: 'd/f' },
      ],
    );
  });

  describe('as root, for others', () => {
    before(function () {
      // Another user cannot own a file or run a command for this user.
      if (process.getuid?.() !== 0) this.skip();
    });

    it('lets another user own the clone, and runs the script as a third one', async () => {
      const nobody = { uid: 65_534, gid: 65_534 };
      const other = new BitbucketStep({ cloneOwner: { uid: 1000, gid: 1000 } });
      assert.equal(other.files().find((file) => file.path === '.git')?.uid, 1000);
      writeFileSync(path.join(other.cloneFolder, 'private'), '', { mode: 0o600 });
      const { stdout, exitCode } = await other.runScript('id -u; cat private', { user: nobody });
      assert.deepEqual([stdout, exitCode], ['65534\n', 1]);
      other.dispose();
    });
  });

  describe('fails the test', () => {
    const leave = (file: string, mode: number) =>
      pipe(`
        fs.mkdirSync('${path.dirname(file)}', { recursive: true, mode: 0o700 });
        fs.writeFileSync('${file}', token, { mode: ${mode} })`);

    it('if its output shows a secret', async () => {
      await assert.rejects(step.runPipe({ bundle: pipe('console.error(token)') }), /standard error \(raw\)/);
      const encoded = pipe(`console.log(Buffer.from(token).toString('base64'))`);
      await assert.rejects(step.runPipe({ bundle: encoded }), /standard output \(base64\)/);
    });

    it('if a script shows a secret unexpectedly', async () => {
      await assert.rejects(step.runScript('echo $BITBUCKET_STEP_OIDC_TOKEN'), /standard output \(raw\)/);
      assert.ok((await step.runScript('env', { mayPrintSecrets: true })).stdout.includes(oidcToken));
    });

    it('if a script puts a secret into arguments', () =>
      assert.rejects(step.runScript(`: ${oidcToken}`, { mayPrintSecrets: true }), /arguments \(raw\)/));

    it('if a pipe leaves a secret outside a private file of a private output folder', async () => {
      await step.runPipe({ bundle: leave('.aws-oidc/token', 0o600) });
      step.verify();
      await step.runPipe({ bundle: leave('.aws-oidc/open', 0o644) });
      assert.throws(() => step.verify(), /file \.aws-oidc\/open \(644\) \(raw\)$/);
      rmSync(path.join(step.cloneFolder, '.aws-oidc/open'));
      chmodSync(path.join(step.cloneFolder, '.aws-oidc'), 0o755);
      assert.throws(() => step.verify(), /file \.aws-oidc\/token \(600\)/);
    });

    it('if a pipe leaves a secret in another folder, unless it was told to', async () => {
      await step.runPipe({ bundle: leave('out/a/token', 0o600) });
      assert.throws(() => step.verify(), /file out\/a\/token/);
      await step.runPipe({ bundle: leave('out/a/token', 0o600), variables: { OUTPUT_DIR: './out/a/' } });
      step.verify();
    });

    it('if a pipe passes a secret to later steps', async () => {
      const script = 'echo "T=$BITBUCKET_STEP_OIDC_TOKEN" >> "$BITBUCKET_PIPELINES_VARIABLES_PATH"';
      await step.runScript(script);
      assert.throws(() => step.verify(), /variables of the pipeline \(raw\)/);
    });

    it('at the end, for secrets that are issued later, and only once', async () => {
      const other = new BitbucketStep({ issuedSecrets: async () => ['issued-while-the-step-ran'] });
      await other.runScript('echo made-while-the-step-ran');
      other.secrets.add('made-while-the-step-ran');
      assert.throws(() => other.dispose(), /standard output \(raw\)/);
      other.dispose();
      const informedStep = new BitbucketStep({ issuedSecrets: async () => ['issued-while-the-step-ran'] });
      await assert.rejects(informedStep.runScript('echo issued-while-the-step-ran'), /standard output \(raw\)/);
      informedStep.dispose();
    });
  });
});
