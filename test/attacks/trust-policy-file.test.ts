/** Attacks through the trust policy file, on the built programs. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { awsOidc } from '../e2e/cli/aws-oidc.ts';
import { BUNDLE } from '../e2e/pipe/support.ts';
import { NODE_24 } from '../support/index.ts';
import { ACCOUNT, type Outcome, type Program, startPrograms } from './support/programs.ts';

/** The emulator denies this role, and the report reads the file. */
const DENIED = `arn:aws:iam::${ACCOUNT}:role/missing`;
const TIME_LIMIT = 4;
const MEMORY = `--import=data:text/javascript,process.on('exit',()=>console.log('MEMORY',process.resourceUsage().maxRSS))`;

describe('attacks through the trust policy file', function () {
  this.timeout(120_000);
  let programs: Program[];
  let folder: string;
  let socket: Server;
  before(async () => {
    programs = await startPrograms('pipe', 'task');
    folder = mkdtempSync(path.join(tmpdir(), 'trust-file-'));
    execFileSync('mkfifo', [pathOf('fifo')]);
    mkdirSync(pathOf('folder'));
    symlinkSync('/dev/zero', pathOf('link-to-zero'));
    symlinkSync(pathOf('loop'), pathOf('loop'));
    symlinkSync(pathOf('fifo'), pathOf('link-to-fifo'));
    writeFileSync(pathOf('sparse'), '');
    truncateSync(pathOf('sparse'), 2 ** 31 - 4096);
    writeFileSync(pathOf('deep'), '['.repeat(60_000));
    writeFileSync(pathOf('deep-members'), '{"Statement":'.repeat(30_000));
    writeFileSync(pathOf('proto'), '{"__proto__":{"Statement":[]},"constructor":{},"Version":"2012-10-17"}');
    const stars = Array.from({ length: 3000 }, () => `"${'*a'.repeat(4)}"`).join(',');
    writeFileSync(
      pathOf('stars'),
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"x:sub":[${stars}]}}}]}`,
    );
    socket = createServer().listen(pathOf('socket'));
    await once(socket, 'listening');
  });
  after(async () => {
    socket?.close();
    rmSync(folder, { recursive: true, force: true });
    for (const program of programs ?? []) await program.close();
  });

  const pathOf = (name: string) => path.join(folder, name);

  function assertBounded({ succeeded, code, output, took }: Outcome): void {
    assert.equal(succeeded, false);
    // The denial remains the cause; the file is only a note.
    assert.equal(code, 'AccessDenied', output);
    assert.ok(took < TIME_LIMIT * 1000 + 4000, `${took} ms`);
  }

  const files = ['fifo', 'link-to-fifo', 'folder', 'socket', 'link-to-zero', 'loop', 'sparse', 'missing'];
  const kernel = ['/dev/zero', '/dev/full', '/dev/random', '/dev/tty', '/proc/kmsg', '/proc/self/mem', '/proc/kcore'];
  for (const file of [...files, ...kernel]) {
    it(`20: is not read, and does not block: ${file}`, async () => {
      const trustPolicyFile = path.resolve(folder, file);
      for (const program of programs) {
        const options = { roleArn: DENIED, trustPolicyFile, timeoutSeconds: String(TIME_LIMIT) };
        const outcome = await program.assume(options, { NODE_OPTIONS: program.name === 'pipe' ? MEMORY : '' });
        assertBounded(outcome);
        assert.match(outcome.output, /cannot be read|could not be read|does not exist/);
        const memory = Number(/^MEMORY (\d+)$/m.exec(outcome.output)?.[1] ?? 0) / 1024;
        assert.ok(memory < 250, `${memory} MiB`);
      }
    });
  }

  for (const file of ['deep', 'deep-members', 'proto', 'stars']) {
    it(`20: is handled in time, in any form: ${file}`, async () => {
      const [pipe] = programs;
      assert(pipe);
      assertBounded(await pipe.assume({ roleArn: DENIED, trustPolicyFile: pathOf(file), timeoutSeconds: '10' }));
    });
  }

  it('20: is never quoted: files of the system, of the kernel, and JSON that is not a policy', async () => {
    const [pipe] = programs;
    assert(pipe);
    const secret = 'correct-horse-battery-staple';
    writeFileSync(pathOf('text'), `${secret}\n`);
    writeFileSync(pathOf('json'), JSON.stringify({ password: secret, list: [secret] }));
    writeFileSync(pathOf('string'), JSON.stringify(secret));
    writeFileSync(pathOf('broken'), `{"Statement": ${secret}`);
    writeFileSync(
      pathOf('value'),
      JSON.stringify({ Version: secret, Statement: [{ Effect: secret, Action: secret }] }),
    );
    for (const file of [
      'text',
      'json',
      'string',
      'broken',
      '/etc/shadow',
      '/etc/passwd',
      '/proc/self/environ',
      '/proc/self/maps',
    ]) {
      const { output } = await pipe.assume(
        { roleArn: DENIED, trustPolicyFile: path.resolve(folder, file) },
        { DEBUG: 'true' },
      );
      assert.doesNotMatch(output, /correct-horse|root:|PATH=|node24|r-xp/, file);
    }
  });

  it('20: a FIFO without a writer does not outlive a signal', async () => {
    const [pipe] = programs;
    assert(pipe);
    // Started as in a step; the time limit is far away.
    const child = spawn(NODE_24, [BUNDLE], {
      env: {
        BITBUCKET_CLONE_DIR: folder,
        BITBUCKET_STEP_OIDC_TOKEN: await pipe.emulator.control.mint('bitbucket'),
        BITBUCKET_WORKSPACE: 'acme',
        AWS_OIDC_ROLE_ARN: DENIED,
        AWS_DEFAULT_REGION: 'eu-west-1',
        STS_ENDPOINT: pipe.emulator.ready.sts,
        TRUST_POLICY_FILE: '/proc/kmsg',
        TIMEOUT_SECONDS: '600',
      },
      stdio: 'ignore',
    });
    const closed = once(child, 'close');
    setTimeout(() => child.kill('SIGTERM'), 1500);
    const begun = performance.now();
    await closed;
    assert.ok(performance.now() - begun < 6000);
  });

  for (const args of [
    ['trust', 'lint'],
    ['explain', '--role-arn', DENIED, '--claims', '/dev/null', '--policy'],
    ['inspect', '--token-file'],
    ['inspect', '--cloudtrail'],
  ]) {
    it(`20, own 5: the command line refuses endless files: ${args.join(' ')}`, async () => {
      const begun = performance.now();
      const { status, stderr } = await awsOidc([...args, '/dev/zero']);
      assert.equal(status, 2);
      assert.match(stderr, /\/dev\/zero cannot be read: it is larger than \d+ MiB\./);
      assert.ok(performance.now() - begun < 10_000);
    });
  }
});
