import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  BitbucketStep,
  buildImage,
  ensureBaseImages,
  imageOfCheckout,
  needsEngine,
  written,
} from '../support/index.ts';
import { unlessMissing } from '../support/tools.ts';

describe('the stand-ins for base images, and a step that runs an image', () => {
  const TAG = imageOfCheckout('support');
  let context: string;
  let step: BitbucketStep;

  before(async function () {
    this.timeout(180_000);
    needsEngine(this);
    const bases = await unlessMissing(this, async () => ensureBaseImages());
    context = mkdtempSync(path.join(tmpdir(), 'context-'));
    writeFileSync(
      path.join(context, 'Dockerfile'),
      `ARG NODE_IMAGE
ARG BASE_IMAGE
FROM \${NODE_IMAGE} AS node
FROM \${BASE_IMAGE}
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY pipe.mjs /opt/pipe.mjs
WORKDIR /elsewhere
ENTRYPOINT ["/usr/local/bin/node", "/opt/pipe.mjs"]
`,
    );
    writeFileSync(
      path.join(context, 'pipe.mjs'),
      // Runs the test's script, and prints the result.
      `console.log(JSON.stringify(await new (async () => {}).constructor('fs', process.env.BODY)(await import('node:fs'))));`,
    );
    buildImage({ context, tag: TAG, args: { ...bases } });
  });
  after(() => context !== undefined && rmSync(context, { recursive: true }));
  beforeEach(() => {
    step = new BitbucketStep({ oidcToken: 'token-of-the-step-0123456789', env: { REPOSITORY_VARIABLE: 'x' } });
  });
  afterEach(() => step?.dispose());

  async function runInPipe(body: string, dockerArguments: string[] = [], variables = {}): Promise<unknown> {
    const { stdout, stderr, exitCode } = await step.runPipe({
      image: TAG,
      variables: { BODY: written(body), ...variables },
      dockerArguments,
    });
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout);
  }

  it("have Node 24, Mozilla's certificates in the place where clients look for them, and no shell", async () => {
    const results = await runInPipe(`
      const authorities = fs.readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8').match(/BEGIN CERTIFICATE/g);
      return [process.version.split('.')[0], authorities.length > 100, fs.existsSync('/bin/sh'), fs.statSync('/tmp').mode & 0o7777]`);
    assert.deepEqual(results, ['v24', true, false, 0o1777]);
  });

  it("passes a pipe's variables to an image unchanged, with the clone as working folder", async () => {
    const awkward = 'two\nlines $HOME `id` "quoted" \\ \u00fc';
    const [names, value, folder, docker] = (await runInPipe(
      `return [Object.keys(process.env), process.env.AWKWARD, process.cwd(), process.env.DOCKER_HOST]`,
      [],
      { AWKWARD: written(awkward), LIST: ['a'] },
    )) as [string[], string, string, string];
    assert.deepEqual([value, folder], [awkward, step.cloneFolder]);
    assert.equal(docker, 'tcp://host.docker.internal:2375');
    for (const name of ['BITBUCKET_STEP_OIDC_TOKEN', 'LIST_COUNT', 'LIST_0', 'CI'])
      assert.ok(names.includes(name), name);
    assert.ok(!names.includes('REPOSITORY_VARIABLE'));
  });

  it('passes the docker client’s own variables to the image, not to the client', async () => {
    const variables = { PATH: '/of/the/pipe', DOCKER_CONFIG: '/nowhere' };
    assert.deepEqual(await runInPipe('return [process.env.PATH, process.env.DOCKER_CONFIG]', [], variables), [
      '/of/the/pipe',
      '/nowhere',
    ]);
  });

  it('keeps only the files that an image writes into the clone', async () => {
    await runInPipe(`fs.writeFileSync('kept', 'x', { mode: 0o600 }); fs.writeFileSync('/tmp/lost', 'x'); return null`);
    assert.equal(step.text('kept'), 'x');
    assert.equal(await runInPipe(`return fs.existsSync('/tmp/lost')`), false);
    const readOnly = await runInPipe(`
      return ['/opt/atlassian/pipelines/agent/ssh/new', '/usr/local/bin/docker'].map((file) => {
        try { fs.writeFileSync(file, ''); return 'written'; } catch (error) { return error.code; }
      })`);
    assert.deepEqual(readOnly, ['EROFS', 'EROFS']);
  });

  it('runs an image with a read-only root, without capabilities, as another user', async () => {
    const results = await runInPipe(
      `
      const root = (() => { try { fs.writeFileSync('/new', ''); return 'written'; } catch (error) { return error.code; } })();
      fs.writeFileSync('mine', '');
      const [, capabilities] = /CapEff:\\s*(\\S+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'));
      return [root, Number.parseInt(capabilities, 16), process.getuid()]`,
      ['--read-only', '--cap-drop=ALL', '--user=1000:1000'],
    );
    assert.deepEqual(results, ['EROFS', 0, 1000]);
    assert.equal(step.files().find((file) => file.path === 'mine')?.uid, 1000);
  });

  it('forwards a termination to the image, and leaves no container', async () => {
    const cancellation = new AbortController();
    const { exitCode, stdout } = await step.runPipe({
      image: TAG,
      variables: {
        BODY: `process.on('SIGTERM', () => process.exit(3)); console.log('ready'); return new Promise(() => setInterval(() => {}, 1000))`,
      },
      signal: cancellation.signal,
      onOutput: () => cancellation.abort(),
    });
    assert.deepEqual([exitCode, stdout], [3, 'ready\n']);
    const containers = execFileSync('docker', ['ps', '-a', '--filter', `ancestor=${TAG}`, '--quiet'], {
      encoding: 'utf8',
    });
    assert.equal(containers, '');
  });

  it('fails a test if its image contains a secret', () =>
    assert.rejects(runInPipe('return process.env.BITBUCKET_STEP_OIDC_TOKEN'), /standard output \(raw\)/));
});
