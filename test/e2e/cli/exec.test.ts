import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fromProcess } from '@aws-sdk/credential-providers';
import { AWS_CLI_PROGRAM } from '../../support/aws-cli.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../../support/index.ts';
import { skipBecause, skipWithout } from '../../support/tools.ts';
import { assertNoSecrets, awsOidc, BUNDLE, bitbucketStep, type Environment, ROLE } from './aws-oidc.ts';

describe('aws-oidc exec, env and credential-process', () => {
  let emulator: EmulatorProcess;
  let env: Environment;
  let folder: string;

  before(async () => {
    emulator = await startEmulatorProcess();
    env = { ...(await bitbucketStep(emulator)), AWS_ROLE_ARN: ROLE, AWS_REGION: 'eu-west-1' };
    folder = await mkdtemp(path.join(tmpdir(), 'cli-'));
  });
  after(async () => {
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const endpoint = () => ['--sts-endpoint', emulator.ready.sts];
  const exec = (...command: string[]) => awsOidc(['exec', ...endpoint(), '--', ...command], { env });

  for (const status of [0, 1, 42, 255]) {
    it(`returns exit status ${status}`, async () => {
      assert.equal((await exec('sh', '-c', `exit ${status}`)).status, status);
    });
  }

  it('exits as a shell does if the command is missing', async () => {
    const { status, stderr } = await exec('no-such-command-anywhere');
    assert.equal(status, 127);
    assert.match(stderr, /no-such-command-anywhere could not be started: there is no such command \(ENOENT\)/);
  });

  it('exits as a shell does if the file cannot be run', async () => {
    const file = path.join(folder, 'not-executable');
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, 0o600);
    const { status, stderr } = await exec(file);
    assert.equal(status, 126);
    assert.match(stderr, /permission denied \(EACCES\)/);
  });

  it('exits with 128 + n if signal n ended the command', async () => {
    assert.equal((await exec('sh', '-c', 'kill -KILL $$')).status, 128 + 9);
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`forwards ${signal}, and waits for the command`, async () => {
      // A shell cannot trap a signal that its parent ignores (POSIX.1-2017, trap).
      const script = `process.on('${signal}', () => { console.log('got ${signal}'); process.exit(17); });
        setInterval(() => {}, 1000); console.log('ready');`;
      const { status, stdout } = await awsOidc(['exec', ...endpoint(), '--', process.execPath, '-e', script], {
        env,
        when: { printed: 'ready', act: (pid) => process.kill(pid, signal) },
      });
      assert.equal(status, 17);
      assert.equal(stdout, `ready\ngot ${signal}\n`);
    });
  }

  it('gives the command its own standard input', async () => {
    const { stdout } = await awsOidc(['exec', ...endpoint(), '--', 'cat'], { env, stdin: 'hello' });
    assert.equal(stdout, 'hello');
  });

  it('runs the command even if its standard error is closed', async () => {
    const ran = await awsOidc(['exec', '--verbose', ...endpoint(), '--', 'echo', 'ran'], { env, errorsUnread: true });
    assert.deepEqual([ran.status, ran.stdout], [0, 'ran\n']);
  });

  it('reports in one line that its output cannot be written', () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { status, stderr } = spawnSync(process.execPath, [BUNDLE, 'env', ...endpoint()], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', full, 'pipe'],
      });
      assert.equal(status, 1);
      assert.equal(stderr, 'aws-oidc: standard output cannot be written: ENOSPC.\n');
    } finally {
      closeSync(full);
    }
  });

  it('prints no credentials, even with --verbose', async () => {
    const ran = await awsOidc(['exec', '--verbose', ...endpoint(), '--', 'true'], { env });
    assert.equal(ran.status, 0);
    assert.match(ran.stderr, /Assumed arn:aws:sts::123456789012:assumed-role\/deploy\/bitbucket,acme,shop,42,1f0c9a2b/);
    await assertNoSecrets(emulator, ran);
  });

  it('gives the AWS CLI its credentials', async function () {
    if (AWS_CLI_PROGRAM === undefined) skipBecause(this, 'the AWS CLI is not installed');
    const { status, stdout, stderr } = await exec(
      AWS_CLI_PROGRAM,
      'sts',
      'get-caller-identity',
      '--endpoint-url',
      emulator.ready.sts,
    );
    assert.equal(status, 0, stderr);
    assert.equal(
      JSON.parse(stdout).Arn,
      'arn:aws:sts::123456789012:assumed-role/deploy/bitbucket,acme,shop,42,1f0c9a2b',
    );
  });

  it('env sets up a POSIX shell', async () => {
    const script = `credentials=$("$NODE" "$BUNDLE" env --sts-endpoint "$STS") || exit 1
eval "$credentials"
printf '%s %s %s' "\${AWS_ACCESS_KEY_ID%%[A-Z0-9]*}" "$AWS_REGION" "\${AWS_PROFILE-none}"
test -n "$AWS_SESSION_TOKEN"`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'] ?? '',
        ...env,
        AWS_PROFILE: 'old',
        NODE: process.execPath,
        BUNDLE,
        STS: emulator.ready.sts,
      },
    });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, ' eu-west-1 none');
  });

  it('env sets up fish, and does not change a universal variable of the user', function () {
    skipWithout(this, 'fish');
    const script = `set -Ux AWS_DEFAULT_PROFILE mine
set credentials ($NODE $BUNDLE env --shell fish --sts-endpoint $STS | string collect); or exit 1
eval $credentials
env | string match -r '^AWS_(?:REGION|PROFILE|DEFAULT_PROFILE)=.*' | sort
test -n "$AWS_SESSION_TOKEN"; or exit 2
set -eg AWS_DEFAULT_PROFILE; echo $AWS_DEFAULT_PROFILE
set denied ($NODE $BUNDLE env --shell fish --role-arn nonsense 2>/dev/null | string collect); or exit 42`;
    const { status, stdout, stderr } = spawnSync('fish', ['-c', script], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        // Keeps fish from reading the path of the clone as Latin-1.
        LANG: 'C.UTF-8',
        ...env,
        AWS_PROFILE: 'old',
        NODE: process.execPath,
        BUNDLE,
        STS: emulator.ready.sts,
      },
    });
    assert.equal(status, 42, stderr);
    assert.equal(stdout, 'AWS_DEFAULT_PROFILE=\nAWS_REGION=eu-west-1\nmine\n');
  });

  it('exits as a shell does for every other error at the start', async () => {
    const loop = path.join(folder, 'loop');
    await symlink(loop, loop);
    for (const command of ['/etc/passwd/x', loop, `/${'x'.repeat(5000)}`]) {
      const { status, stderr } = await exec(command);
      assert.equal(status, 126, stderr);
      assert.match(stderr, /could not be started/);
    }
  });

  it('removes the identity token from the environment of the command', async () => {
    const { stdout } = await exec('env');
    assert.match(stdout, /^AWS_SESSION_TOKEN=/m);
    assert.ok(!stdout.includes(env['BITBUCKET_STEP_OIDC_TOKEN'] ?? ''));
  });

  for (const command of ['env', 'credential-process']) {
    it(`${command} prints no credentials to a terminal`, async () => {
      await emulator.control.clearRequests();
      // script(1) gives the program its own terminal.
      const line = `'${process.execPath}' '${BUNDLE}' ${command} --sts-endpoint '${emulator.ready.sts}'`;
      const { status, stdout } = spawnSync('/usr/bin/script', ['-qec', line, '/dev/null'], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', SHELL: '/bin/sh', ...env },
      });
      assert.equal(status, 2);
      assert.match(stdout, /standard output is a terminal/);
      assert.deepEqual(await emulator.control.requests(), []);
    });
  }

  it('env prints nothing if the role is denied', async () => {
    const denied = await bitbucketStep(emulator, { sub: '{00000000-0000-4000-8000-000000000000}:{1}' });
    const { status, stdout, stderr } = await awsOidc(['env', ...endpoint()], { env: { ...env, ...denied } });
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^✖ AccessDenied/);
  });

  it('credential-process is understood by the AWS SDK', async () => {
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const words = [...settings, process.execPath, BUNDLE, 'credential-process', ...endpoint()];
    const command = ['env', ...words.map((word) => `'${word}'`)].join(' ');
    const config = path.join(folder, 'config');
    await writeFile(config, `[profile deploy]\ncredential_process = ${command}\n`, { mode: 0o600 });
    const credentials = await fromProcess({ profile: 'deploy', configFilepath: config, filepath: config })();
    assert.match(credentials.accessKeyId, /^ASIA/);
    assert.ok((credentials.expiration?.getTime() ?? 0) > Date.now());
    assert.equal(credentials.accountId, '123456789012');
  });

  it('reports a wrong role, a missing region and a wrong duration at once, with status 2', async () => {
    const { status, stderr } = await awsOidc(
      ['exec', '--role-arn', 'deploy', '--duration-seconds', '5', '--', 'true'],
      {
        env: await bitbucketStep(emulator),
      },
    );
    assert.equal(status, 2);
    for (const option of ['--role-arn', '--region', '--duration-seconds']) assert.ok(stderr.includes(option), option);
  });
});
