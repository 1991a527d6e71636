/**
 * Attacks through files on the built pipe and the packed task. The numbers refer to the list of attacks that were once
 * tried. Each test failed on the version of that list.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  AUDIT_ROLE,
  arnOf,
  BUNDLE,
  cliSays,
  OTHER_ACCOUNT,
  says,
  startEmulator,
  stepOf,
  succeed,
  variablesFor,
} from '../e2e/pipe/support.ts';
import * as task from '../e2e/task/support.ts';
import { BitbucketStep, type EmulatorProcess, NODE_20 } from '../support/index.ts';
import { skipEvenInCi, skipWithout } from '../support/tools.ts';

const RACE = fileURLToPath(new URL('race.mjs', import.meta.url));
const USER = 1000;

describe('attacks through files on the pipe', () => {
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  let otherFolder: string;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator?.stop());
  beforeEach(async () => {
    step = await stepOf(emulator);
    otherFolder = mkdtempSync(path.join(tmpdir(), 'elsewhere-'));
  });
  afterEach(() => {
    step.dispose();
    rmSync(otherFolder, { recursive: true, force: true });
  });

  const clonePath = (...parts: string[]) => path.join(step.cloneFolder, ...parts);
  const plant = (name: string, text: string) => {
    mkdirSync(path.dirname(clonePath(name)), { recursive: true });
    writeFileSync(clonePath(name), text);
  };
  const run = (variables: Record<string, string> = {}) =>
    step.runPipe({ bundle: BUNDLE, variables: variablesFor(emulator, { DEBUG: 'true', ...variables }) });
  /** Checks that the pipe refuses, names the file, and leaves it unchanged. */
  async function refuses(file: string, variables: Record<string, string> = {}): Promise<void> {
    const before = readFileSync(clonePath(file), 'utf8');
    const { exitCode, stderr } = await run(variables);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^✖ CannotPublish: /);
    assert.ok(stderr.includes(file), stderr);
    assert.equal(readFileSync(clonePath(file), 'utf8'), before);
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: step.cloneFolder,
      encoding: 'utf8',
    });
  const sealOf = (digit: string) => `Seal: ${digit.repeat(64)}`;

  describe('1: a planted environment file', () => {
    const TITLE = '# Written by AWS OIDC Assume. Read it with: . ./.aws-oidc/env';
    const CODE = 'aws() { echo "PWNED"; }';
    const EXPORT = "export Z_AWS_REGION='eu-west-1'";
    const files: Readonly<Record<string, readonly string[]>> = {
      'with the public first line and a function': [TITLE, '# Variables Z_AWS_*', CODE],
      'with a made-up seal and a function': [TITLE, `# ${sealOf('0')}`, '# Variables Z_AWS_*', CODE],
      'with code after a good line': [TITLE, `# ${sealOf('0')}`, '# Variables Z_AWS_*', `${EXPORT}; ${CODE}`],
      'with a variable that shells and loaders obey': [
        TITLE,
        `# ${sealOf('0')}`,
        '# Variables AWS_*',
        "export BASH_ENV='/tmp/evil'",
      ],
      'with a substitution in a value': [TITLE, `# ${sealOf('0')}`, '# Variables Z_AWS_*', 'export Z_AWS_REGION=$(id)'],
      'of somebody else': ['export MINE=1'],
      'that is empty': [],
    };
    for (const [name, lines] of Object.entries(files)) {
      for (const EXPOSE of ['environment', 'profile', 'web-identity']) {
        it(`is refused by name with ${name}: ${EXPOSE}`, async () => {
          plant('.aws-oidc/env', lines.map((line) => `${line}\n`).join(''));
          await refuses('.aws-oidc/env', { EXPOSE });
        });
      }
    }

    it("brings neither code nor keys from another step's artifact or cache", async () => {
      await succeed(step, emulator, { VARIABLE_PREFIX: 'STAGING_', ROLE_SESSION_NAME: 'theirs' });
      const otherFile = step.text('.aws-oidc/env');
      step.dispose();
      step = await stepOf(emulator);
      plant('.aws-oidc/env', otherFile);
      const { stdout } = await succeed(step, emulator, { DEBUG: 'true' });
      assert.match(stdout, /Replaced or removed files of another run: env\./);
      assert.deepEqual(await says(step, '. ./.aws-oidc/env\necho "${STAGING_AWS_ACCESS_KEY_ID:-none}"'), ['none']);
      // An additional line of code invalidates the seal.
      plant('.aws-oidc/env', `${otherFile}${CODE}\n`);
      await refuses('.aws-oidc/env');
    });

    it('is refused if git tracks it, with any content', async () => {
      await succeed(step, emulator);
      git('add', '-f', '.aws-oidc/env');
      await refuses('.aws-oidc/env');
    });
  });

  describe('3: a planted AWS file', () => {
    const files: readonly { readonly file: string; readonly text: string }[] = [
      { file: 'config', text: '[plugins]\ncli_legacy_plugin_path = /tmp/lib\nevil = evilplug\n' },
      { file: 'config', text: '[profile site]\ncredential_process = /bin/sh -c "echo PWNED >&2"\n' },
      {
        file: 'config',
        text: `; Written by AWS OIDC Assume.\n; ${sealOf('0')}\n[default]\ncredential_process = /bin/evil\n`,
      },
      { file: 'config', text: '[default]\nregion = eu-west-1\nca_bundle = ./evil.pem\nendpoint_url = http://evil\n' },
      { file: 'credentials', text: '[audit]\naws_access_key_id = EVIL\naws_secret_access_key = evil\n' },
      { file: 'web-identity-token', text: 'evil' },
    ];
    for (const [number, { file, text }] of files.entries()) {
      for (const EXPOSE of ['profile', 'environment', 'web-identity']) {
        it(`is refused by name: ${file} (${number}), ${EXPOSE}`, async () => {
          plant(`.aws-oidc/${file}`, text);
          await refuses(`.aws-oidc/${file}`, { EXPOSE });
        });
      }
    }

    it('brings no profile from another step', async () => {
      await succeed(step, emulator, { EXPOSE: 'profile', PROFILE: 'theirs' });
      const otherFiles = ['config', 'credentials'].map((name) => [name, step.text(`.aws-oidc/${name}`)] as const);
      step.dispose();
      step = await stepOf(emulator);
      for (const [name, text] of otherFiles) plant(`.aws-oidc/${name}`, text);
      await succeed(step, emulator, { EXPOSE: 'profile', PROFILE: 'mine', AWS_OIDC_ROLE_ARN: AUDIT_ROLE });
      assert.doesNotMatch(step.text('.aws-oidc/credentials'), /theirs/);
      assert.deepEqual(await says(step, `. ./.aws-oidc/env\n${cliSays(emulator)}`), [arnOf('audit', OTHER_ACCOUNT)]);
    });
  });

  describe('6: a race between another user of the step and the root pipe', function () {
    this.timeout(120_000);
    before(function () {
      if (process.getuid?.() !== 0) skipEvenInCi(this, 'only root runs a pipe as root');
    });

    async function raced(kind: 'file' | 'folder', target: string): Promise<void> {
      const attacker = spawn(process.execPath, [RACE, String(USER), step.cloneFolder, kind, target], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        await once(attacker.stdout, 'data');
        await run();
      } finally {
        attacker.kill('SIGKILL');
      }
    }
    /** A clone that belongs to the attacker's user. */
    async function theirClone(): Promise<void> {
      step.dispose();
      step = new BitbucketStep({
        oidcToken: await emulator.control.mint('bitbucket'),
        cloneOwner: { uid: USER, gid: USER },
        issuedSecrets: emulator.control.secretValues,
      });
    }

    it('gives away no file of root in the clone', async () => {
      for (let round = 0; round < 8; round++) {
        await theirClone();
        writeFileSync(clonePath('root-only'), 'of root', { mode: 0o600 });
        const { ino } = statSync(clonePath('root-only'));
        await raced('file', clonePath('root-only'));
        const everything = execFileSync('find', [step.cloneFolder, '-inum', String(ino), '-printf', '%U\n']);
        // The file may be missing, because the owner of the folder may remove it anyway.
        assert.doesNotMatch(everything.toString(), new RegExp(String(USER)));
      }
    });

    it('writes into no folder of root, and fails if its folder was moved away', async () => {
      for (let round = 0; round < 8; round++) {
        await theirClone();
        chmodSync(otherFolder, 0o755);
        await raced('folder', otherFolder);
        // If the folder was moved after the run, it may contain these files.
        step.verify('moved-away');
        assert.deepEqual(readdirSync(otherFolder), []);
      }
    });
  });

  describe('7: keeping files out of git', () => {
    const CLAIM = /kept out of git/;
    const cases: readonly { readonly name: string; readonly put: () => void; readonly isRefused?: boolean }[] = [
      { name: 'as usual', put: () => {} },
      {
        name: 'with a rule of the repository that takes it in',
        put: () => {
          plant('.gitignore', '!/.aws-oidc/\n!.aws-oidc/**\n!*\n');
          plant('.aws-oidc/.gitignore', '!*\n');
        },
      },
      { name: 'with an empty list of exclusions in the folder', put: () => plant('.aws-oidc/.gitignore', '') },
      {
        name: 'with rules of the machine that take it in',
        put: () => {
          writeFileSync(path.join(otherFolder, 'ignore'), '!*\n!.aws-oidc/\n');
          git('config', 'core.excludesFile', path.join(otherFolder, 'ignore'));
          writeFileSync(clonePath('.git/info/exclude'), '!/.aws-oidc/\n!/.aws-oidc/*\n');
        },
      },
      {
        name: 'where the list of exclusions is a link to nothing',
        put: () => {
          mkdirSync(clonePath('.aws-oidc'));
          symlinkSync('/dev/null', clonePath('.aws-oidc/.gitignore'));
        },
        isRefused: true,
      },
      {
        name: 'where git tracks a file of that name',
        put: () => {
          plant('.aws-oidc/env', 'x');
          git('add', '-f', '.aws-oidc/env');
          rmSync(clonePath('.aws-oidc'), { recursive: true });
        },
        isRefused: true,
      },
      {
        name: 'where git tracks it by an index of version 4',
        put: () => {
          plant('.aws-oidc/credentials', 'x');
          git('add', '-f', '.aws-oidc/credentials');
          git('update-index', '--index-version', '4');
          rmSync(clonePath('.aws-oidc'), { recursive: true });
        },
        isRefused: true,
      },
      {
        name: 'where .git is a link',
        put: () => {
          renameSync(clonePath('.git'), path.join(otherFolder, 'git'));
          symlinkSync(path.join(otherFolder, 'git'), clonePath('.git'));
        },
      },
      {
        name: 'where .git is a file, as in a submodule',
        put: () => {
          renameSync(clonePath('.git'), path.join(otherFolder, 'git'));
          writeFileSync(clonePath('.git'), `gitdir: ${path.join(otherFolder, 'git')}\n`);
          plant('.aws-oidc/.gitignore', '');
        },
      },
    ];
    for (const { name, put, isRefused = false } of cases) {
      it(`stays out: ${name}`, async () => {
        put();
        const { exitCode, stdout } = await run({ EXPOSE: 'profile' });
        assert.equal(exitCode, isRefused ? 1 : 0);
        git('add', '-A');
        const staged = git('diff', '--cached', '--name-only', '--diff-filter=AM').split('\n');
        assert.deepEqual(
          staged.filter((file) => /^\.aws-oidc\/(?:env|config|credentials)$/.test(file)),
          [],
        );
        assert.equal(CLAIM.test(stdout), !isRefused);
      });
    }

    it('is not claimed if it could not be checked', async () => {
      rmSync(clonePath('.git'), { recursive: true });
      writeFileSync(clonePath('.git'), 'gitdir: /not/to/be/seen/from/here\n');
      const { exitCode, stdout } = await run();
      assert.equal(exitCode, 0);
      assert.doesNotMatch(stdout, CLAIM);
      assert.match(stdout, /⚠ Whether git tracks files in the output folder could not be checked/);
    });
  });

  describe('earlier guarantees that still apply:', () => {
    it('a pipe instead of a file is refused immediately', async () => {
      mkdirSync(clonePath('.aws-oidc'));
      execFileSync('mkfifo', [clonePath('.aws-oidc/env')]);
      const { exitCode, stderr } = await run();
      assert.equal(exitCode, 1);
      assert.match(stderr, /\.aws-oidc\/env exists and is not a file/);
      rmSync(clonePath('.aws-oidc'), { recursive: true });
    });

    it('a hard link instead of a file does not let the pipe write into another file', async () => {
      await succeed(step, emulator);
      linkSync(clonePath('.aws-oidc/env'), path.join(otherFolder, 'other-name'));
      writeFileSync(path.join(otherFolder, 'target'), 'theirs');
      linkSync(path.join(otherFolder, 'target'), clonePath('.aws-oidc/web-identity-token'));
      await refuses('.aws-oidc/web-identity-token', { EXPOSE: 'web-identity' });
      rmSync(clonePath('.aws-oidc/web-identity-token'));
      const before = readFileSync(path.join(otherFolder, 'other-name'), 'utf8');
      await succeed(step, emulator);
      assert.equal(readFileSync(path.join(otherFolder, 'other-name'), 'utf8'), before);
    });

    it('nothing is open to others, with any umask and any modes around it', async () => {
      chmodSync(step.cloneFolder, 0o1777);
      mkdirSync(clonePath('.aws-oidc'));
      chmodSync(clonePath('.aws-oidc'), 0o777);
      const before = process.umask(0);
      try {
        await succeed(step, emulator, { EXPOSE: 'profile' });
      } finally {
        process.umask(before);
      }
      const modes = ['', '.gitignore', 'config', 'credentials', 'env'].map(
        (name) => statSync(clonePath('.aws-oidc', name)).mode & 0o777,
      );
      assert.deepEqual(modes, [0o700, 0o600, 0o600, 0o600, 0o600]);
    });

    it("nothing is written into git's own folder", async () => {
      rmSync(clonePath('.git/info/exclude'), { force: true });
      symlinkSync(path.join(otherFolder, 'exclude'), clonePath('.git/info/exclude'));
      await succeed(step, emulator);
      assert.equal(existsSync(path.join(otherFolder, 'exclude')), false);
    });
  });

  describe('16: files of a killed run', () => {
    it('are removed by the next run, with their credentials', async () => {
      // Kills the run as soon as the first unfinished file appears.
      let leftovers: string[] = [];
      for (let round = 0; round < 30 && leftovers.length === 0; round++) {
        rmSync(clonePath('.aws-oidc'), { recursive: true, force: true });
        mkdirSync(clonePath('.aws-oidc'), { mode: 0o700 });
        const env = { ...step.environment, ...variablesFor(emulator, { EXPOSE: 'profile' }) } as Record<string, string>;
        const child = spawn(process.execPath, [BUNDLE], { env, stdio: 'ignore' });
        const watcher = watch(clonePath('.aws-oidc'), (_, name) => {
          if (/^\.credentials\..*\.unfinished$/.test(String(name))) child.kill('SIGKILL');
        });
        await once(child, 'close');
        watcher.close();
        leftovers = readdirSync(clonePath('.aws-oidc')).filter((name) => /\.(?:unfinished|before)$/.test(name));
      }
      assert.ok(leftovers.length > 0, 'no run was killed in time');
      step.secrets.add(...(await emulator.control.secretValues()));
      await succeed(step, emulator);
      assert.deepEqual(
        readdirSync(clonePath('.aws-oidc')).filter((name) => name.startsWith('.') && name !== '.gitignore'),
        [],
      );
    });

    it('are removed even if they are copies of older files', async () => {
      await succeed(step, emulator);
      cpSync(clonePath('.aws-oidc/env'), clonePath('.aws-oidc/.env.0123456789ab.before'));
      cpSync(clonePath('.aws-oidc/env'), clonePath('.aws-oidc/.credentials.0123456789ab.unfinished'));
      await succeed(step, emulator, { EXPOSE_ONCE: 'true' });
      assert.deepEqual(readdirSync(clonePath('.aws-oidc')).sort(), ['.gitignore', 'env']);
    });
  });

  describe('17: EXPOSE_ONCE', () => {
    async function sourceAtOtherPath(script: string) {
      await succeed(step, emulator, { EXPOSE_ONCE: 'true' });
      const other = path.join(otherFolder, 'clone');
      renameSync(clonePath('.aws-oidc'), path.join(otherFolder, 'kept'));
      mkdirSync(other);
      renameSync(path.join(otherFolder, 'kept'), path.join(other, '.aws-oidc'));
      const result = await step.runScript(`cd '${other}'\n${script}`, { shell: 'dash' });
      return { ...result, isGone: !existsSync(path.join(other, '.aws-oidc/env')) };
    }

    it('removes the file even if the step sees the clone at another path', async () => {
      const { exitCode, isGone } = await sourceAtOtherPath('. ./.aws-oidc/env\necho "$AWS_REGION"');
      assert.deepEqual([exitCode, isGone], [0, true]);
    });

    it('never leaves the file silently', async () => {
      const { exitCode, stderr, isGone } = await sourceAtOtherPath(
        `cd /\nunset BITBUCKET_CLONE_DIR\n. '${path.join(otherFolder, 'clone')}/.aws-oidc/env'`,
      );
      assert.equal(isGone, false);
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /EXPOSE_ONCE did not work: .* Remove it: it holds credentials\./);
    });
  });

  describe('21: OUTPUT_DIR', () => {
    it('is refused if the folder contains something else, which stays unchanged', async () => {
      plant('site/index.html', 'hello');
      chmodSync(clonePath('site'), 0o755);
      const { exitCode, stderr } = await run({ OUTPUT_DIR: 'site' });
      assert.equal(exitCode, 1);
      assert.match(stderr, /site holds "index\.html", which AWS OIDC Assume did not write/);
      assert.deepEqual(
        [readdirSync(clonePath('site')), statSync(clonePath('site')).mode & 0o777],
        [['index.html'], 0o755],
      );
    });

    it('accepts an empty folder', async () => {
      mkdirSync(clonePath('site'));
      await succeed(step, emulator, { OUTPUT_DIR: 'site' });
    });

    for (const folder of ['.git/hooks', 'sub/.git/hooks', 'sub/.GIT/x', './sub/../.git']) {
      it(`is never in the repository's own folder ${folder}`, async () => {
        mkdirSync(clonePath('sub'), { recursive: true });
        const { exitCode, stderr } = await run({ OUTPUT_DIR: folder });
        assert.equal(exitCode, 1);
        assert.match(stderr, /^✖ InvalidOptions: [\s\S]*OUTPUT_DIR is ".*", which belongs to git/);
        assert.deepEqual(readdirSync(clonePath('sub')), []);
      });
    }
  });

  describe('a file system without hard links and modes', () => {
    it('contains the files of a second call too, and is not called private', async function () {
      if (process.getuid?.() !== 0) skipEvenInCi(this, 'only root mounts');
      skipWithout(this, 'mkfs.exfat', 'mount.exfat-fuse', 'losetup');
      const image = path.join(otherFolder, 'exfat.img');
      writeFileSync(image, '');
      truncateSync(image, 2 ** 24);
      execFileSync('mkfs.exfat', [image], { stdio: 'ignore' });
      const attached = spawnSync('losetup', ['-f', '--show', image], { encoding: 'utf8' });
      if (attached.status !== 0) skipEvenInCi(this, `there is no loop device (${attached.stderr.trim()})`);
      const device = attached.stdout.trim();
      mkdirSync(clonePath('disk'));
      try {
        const mounted = spawnSync('mount.exfat-fuse', [device, clonePath('disk')], { encoding: 'utf8' });
        if (mounted.status !== 0) skipEvenInCi(this, `exFAT cannot be mounted (${mounted.stderr.trim()})`);
        for (const EXPOSE of ['profile', 'environment', 'profile']) {
          const { stdout } = await succeed(step, emulator, { EXPOSE, OUTPUT_DIR: 'disk/out' });
          assert.match(stdout, /⚠ .+\/disk\/out is NOT private: its file system keeps no permissions/);
          assert.doesNotMatch(stdout, /readable by its owner only/);
        }
        assert.deepEqual(await says(step, `. ./disk/out/env\n${cliSays(emulator)}`), [arnOf('deploy')]);
        assert.deepEqual(readdirSync(clonePath('disk/out')).sort(), ['.gitignore', 'config', 'credentials', 'env']);
      } finally {
        spawnSync('umount', [clonePath('disk')]);
        spawnSync('losetup', ['-d', device]);
        rmSync(clonePath('disk'), { recursive: true, force: true });
      }
    });
  });
});

describe('attacks through files on the task', () => {
  let jobs: task.Jobs;
  before(async () => {
    jobs = new task.Jobs(await task.startEmulator(), 'Node20_1');
    assert.ok(existsSync(NODE_20));
  });
  after(() => jobs?.close());
  afterEach(() => jobs.finish());

  const tempPath = (...parts: string[]) => path.join(jobs.agent.tempFolder, 'aws-oidc-assume', ...parts);
  const plant = (name: string, text: string) => {
    mkdirSync(tempPath(), { recursive: true, mode: 0o700 });
    writeFileSync(tempPath(name), text, { mode: 0o600 });
  };
  const EVIL = '[default]\ncredential_process = /bin/sh -c "touch /tmp/never"\n';
  const TITLE = `; Written by AWS OIDC Assume.\n; Seal: ${'0'.repeat(64)}\n`;

  for (const expose of ['profile', 'credential-process'] as const) {
    it(`3: a planted config is refused by name, and loses its commands: ${expose}`, async () => {
      jobs.start();
      plant('config', EVIL);
      const result = await jobs.run({ expose, profile: 'mine' });
      assert.equal(result.result, 'Failed');
      assert.match(result.log.join('\n'), /aws-oidc-assume\/config exists and was not written by AWS OIDC Assume/);
      assert.doesNotMatch(readFileSync(tempPath('config'), 'utf8'), /credential_process/);
    });
  }

  it("3: a config in the task's format with a wrong seal is dropped", async () => {
    jobs.start();
    plant('config', `${TITLE}${EVIL}`);
    await jobs.assume({ expose: 'profile', profile: 'mine' });
    assert.doesNotMatch(readFileSync(tempPath('config'), 'utf8'), /credential_process|\[default\]/);
    await jobs.clientsAre(task.arnOf('deploy'));
  });

  it('16: files of a killed run are removed, even if a step fails', async () => {
    jobs.start();
    plant('.credentials.0123456789ab.before', 'older keys');
    const failed = await jobs.run({ expose: 'profile', roleArn: task.LOCKED_ROLE });
    assert.equal(failed.result, 'Failed');
    assert.deepEqual(readdirSync(tempPath()), []);
  });

  it("leaves the job's access token in one place, and in none if a later step fails", async () => {
    jobs.start();
    const states = () => readdirSync(tempPath()).filter((name) => name.endsWith('.state.json'));
    await jobs.assume({ expose: 'credential-process' });
    await jobs.assume({ expose: 'credential-process' }, { name: 'again' });
    assert.equal(states().length, 1);
    await jobs.assume({ expose: 'credential-process', profile: 'second' }, { name: 'second' });
    assert.equal(states().length, 2);
    await jobs.run({ expose: 'profile', roleArn: task.LOCKED_ROLE }, { name: 'locked' });
    assert.deepEqual(states(), []);
  });
});
