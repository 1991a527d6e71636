import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { processCommand } from '../../../ado-extension/AwsOidcAssume/AwsOidcAssumeV1/src/expose/process-command.ts';
import { HAS_AWS_CLI } from '../../support/aws-cli.ts';
import { skipBecause } from '../../support/tools.ts';
import { arnOf, HANDLERS, Jobs, OTHER_ACCOUNT, startEmulator } from './support.ts';

const LONG_LIVED = fileURLToPath(new URL('while-sessions-expire.mjs', import.meta.url));

async function identityTokens({ emulator }: Jobs): Promise<Set<string>> {
  const secrets = await emulator.control.secrets();
  return new Set(secrets.filter(({ kind }) => kind === 'identity-token').map(({ value }) => value));
}

for (const handler of HANDLERS) {
  describe(`the credential process of the task on ${handler}`, () => {
    let jobs: Jobs;

    beforeEach(async () => {
      jobs = new Jobs(await startEmulator(), handler);
    });
    afterEach(async () => {
      await jobs.finish();
      await jobs.close();
    });

    const expose = { expose: 'credential-process' };
    const moveClock = (seconds: number) =>
      `"${process.execPath}" -e 'fetch("${jobs.emulator.ready.control}/clock", { method: "POST", body: JSON.stringify({ advanceSeconds: ${seconds} }) })'`;
    it('serves a step while three sessions expire, with a new token each time: AWS CLI', async function () {
      // The stand-in compares the expiry with this machine's clock, which is not moved.
      if (!HAS_AWS_CLI) skipBecause(this, 'the AWS CLI is not installed');
      jobs.start();
      await jobs.assume(expose);
      const round = `${jobs.cli()}\n${moveClock(3601)}`;
      assert.deepEqual(await jobs.says([round, round, round, jobs.cli()].join('\n')), Array(4).fill(arnOf('deploy')));
      const sessions = await jobs.emulator.control.sessions();
      assert.deepEqual(
        sessions.map(({ expired }) => expired),
        // The task's session, three that expired during the step, and the last one.
        [true, true, true, true, false],
      );
      assert.equal((await identityTokens(jobs)).size, 5);
    });
  });
}

describe('the credential process', () => {
  let jobs: Jobs;

  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node24');
  });
  after(() => jobs?.close());
  afterEach(() => jobs.finish());

  const expose = { expose: 'credential-process' };

  it('serves one process while three sessions expire: AWS SDK for JavaScript', async () => {
    jobs.start();
    const begun = performance.now();
    await jobs.assume(expose);
    // For a client with another clock, a one-hour session from a slow clock expires after these seconds. A busy machine
    // needs more of them to fetch and use a session.
    const secondsLeft = Math.min(40, Math.max(5, Math.ceil((performance.now() - begun) / 100)));
    const before = await identityTokens(jobs);
    const earlier = (await jobs.emulator.control.sessions()).length;
    await jobs.emulator.control.advanceClock(secondsLeft - 3600);
    const env = { AWS_ENDPOINT_URL_STS: jobs.emulator.ready.sts };
    assert.deepEqual(
      await jobs.says(`"${process.execPath}" "${LONG_LIVED}" 3`, { env }),
      Array(3).fill(arnOf('deploy')),
    );
    await jobs.emulator.control.advanceClock(3600 - secondsLeft);
    const opened = (await jobs.emulator.control.sessions()).slice(earlier);
    const expired = opened.filter(({ expiration }) => Date.parse(expiration) < Date.now());
    assert.ok(expired.length >= 3, `${expired.length} sessions`);
    // One token per session, including sessions that the SDK fetched ahead of need.
    assert.equal((await identityTokens(jobs)).size - before.size, opened.length);
  });

  it('assumes the role with all inputs of the task', async () => {
    jobs.start();
    await jobs.assume({
      ...expose,
      profile: 'shop',
      durationSeconds: '900',
      sessionName: 'long-job',
      sessionPolicyArns: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    });
    await jobs.clientsAre(arnOf('deploy', undefined, 'long-job'));
    const [taskSession, cliSession] = (await jobs.emulator.control.sessions()).slice(-3);
    assert.deepEqual(
      { ...cliSession, accessKeyId: '', userId: '', expiration: '' },
      { ...taskSession, accessKeyId: '', userId: '', expiration: '' },
    );
  });

  for (const name of ['with spaces', 'a #b', 'Büro 東京', "l'été", '`id` "quoted" \\back', 'a;b&c|d%e']) {
    it(`is found by both clients in a folder named ${name}`, async () => {
      const workFolder = path.join(tmpdir(), `${name} ${process.pid}`);
      try {
        jobs.start({ workFolder });
        await jobs.assume(expose);
        await jobs.clientsAre(arnOf('deploy'));
        await jobs.finish();
      } finally {
        rmSync(workFolder, { recursive: true, force: true });
      }
    });
  }

  for (const name of ['$HOME']) {
    it(`is refused in a folder named ${name}, which AWS tools would misread`, async () => {
      const workFolder = path.join(tmpdir(), `${name} ${process.pid}`);
      try {
        jobs.start({ workFolder });
        const result = await jobs.run(expose);
        assert.equal(result.result, 'Failed');
        assert.match(result.log.join('\n'), /CannotPublish/);
        await jobs.clientsFindNothing();
        await jobs.finish();
      } finally {
        rmSync(workFolder, { recursive: true, force: true });
      }
    });
  }

  it('has a command that botocore splits correctly, as on Windows', function () {
    const python = ['-c', 'import awscli.botocore'];
    if (spawnSync('/usr/bin/python3', python).status !== 0) skipBecause(this, "Debian's awscli is not installed");
    const folder = "D:\\a\\_temp\\it's (1) & more\\Büro";
    const process = { node: 'C:\\node.exe', script: `${folder}\\renewal.js`, argument: `${folder}\\abc.state.json` };
    const words = [`${folder}\\abc.cmd`];
    const program =
      "import json, sys; from awscli.botocore.compat import compat_shell_split; print(json.dumps(compat_shell_split(sys.argv[1], 'win32')))";
    const { stdout, stderr } = spawnSync('/usr/bin/python3', [
      '-c',
      program,
      processCommand(process, 'win32', 'abc').line,
    ]);
    assert.deepEqual(JSON.parse(stdout.toString() || `"${stderr}"`), words);
  });

  it("explains a failure in the client's error, without secrets", async function () {
    if (!HAS_AWS_CLI) skipBecause(this, 'the AWS CLI is not installed');
    jobs.start();
    await jobs.assume(expose);
    await jobs.emulator.control.setFaults([
      { match: { endpoint: 'sts', action: 'AssumeRoleWithWebIdentity' }, fault: { code: 'AccessDenied' } },
    ]);
    try {
      const cli = await jobs.agent.runScript(jobs.cli());
      assert.notEqual(cli.exitCode, 0);
      assert.match(cli.stderr, /custom-process: AccessDenied: AWS refused to let this job assume the role/);
      assert.match(cli.stderr, /\nSubject: {2}\S/);
    } finally {
      await jobs.emulator.control.clearFaults();
    }
  });

  it('respects the allowed accounts', async () => {
    jobs.start();
    await jobs.assume({ ...expose, allowedAccountIds: arnOf('deploy').split(':')[4] ?? '' });
    await jobs.clientsAre(arnOf('deploy'));
    const refused = await jobs.run({ ...expose, allowedAccountIds: OTHER_ACCOUNT }, { name: 'other' });
    assert.match(refused.log.join('\n'), /AccountNotAllowed/);
  });

  it('returns nothing after the end of the job', async () => {
    jobs.start();
    await jobs.assume(expose);
    const [command = ''] = await jobs.says('grep credential_process "$AWS_CONFIG_FILE" | cut -d= -f2-');
    await jobs.agent.runPostJob();
    const late = await jobs.agent.runScript(command);
    assert.notEqual(late.exitCode, 0);
    assert.equal(late.stdout, '');
  });
});
