import assert from 'node:assert/strict';
import {
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BitbucketStep, EmulatorProcess } from '../../support/index.ts';
import { skipBecause, skipWithout } from '../../support/tools.ts';
import { arnOf, BUNDLE, cliSays, says, startEmulator, stepOf, succeed, variablesFor } from './support.ts';

describe('the files of the pipe', () => {
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
    step.verify();
    step.dispose();
    rmSync(otherFolder, { recursive: true });
  });

  const clonePath = (...parts: string[]) => path.join(step.cloneFolder, ...parts);
  /** Contents of the clone, without git's own files. */
  const cloneContents = () =>
    Object.fromEntries(
      step
        .files()
        .filter((file) => !file.path.startsWith('.git/') && file.path !== '.git')
        .map((file) => [file.path, `${file.kind} ${file.mode} ${file.text ?? ''}`]),
    );

  interface Obstacle {
    readonly name: string;
    readonly put: () => void;
    readonly variables?: Record<string, string>;
    readonly says: RegExp;
  }
  const obstacles: readonly Obstacle[] = [
    {
      name: 'a link where the output folder should be',
      put: () => symlinkSync(otherFolder, clonePath('.aws-oidc')),
      says: /\.aws-oidc is a symbolic link\.[\s\S]*Remove the link/,
    },
    {
      name: 'a dangling link where the output folder should be',
      put: () => symlinkSync(path.join(otherFolder, 'nothing'), clonePath('.aws-oidc')),
      says: /\.aws-oidc is a symbolic link/,
    },
    {
      name: 'a link above the output folder',
      put: () => symlinkSync(otherFolder, clonePath('out')),
      variables: { OUTPUT_DIR: 'out/deep/er' },
      says: /\/out is a symbolic link/,
    },
    {
      name: 'a file where the output folder should be',
      put: () => writeFileSync(clonePath('.aws-oidc'), 'theirs'),
      says: /\.aws-oidc exists and is not a folder/,
    },
    {
      name: 'a link where the file should be',
      put: () => {
        mkdirSync(clonePath('.aws-oidc'), { mode: 0o700 });
        writeFileSync(path.join(otherFolder, 'target'), 'theirs');
        symlinkSync(path.join(otherFolder, 'target'), clonePath('.aws-oidc/env'));
      },
      says: /\.aws-oidc\/env is a symbolic link/,
    },
    {
      name: 'a dangling link where the token should be',
      put: () => {
        mkdirSync(clonePath('.aws-oidc'), { mode: 0o700 });
        symlinkSync(path.join(otherFolder, 'target'), clonePath('.aws-oidc/web-identity-token'));
      },
      variables: { EXPOSE: 'web-identity' },
      says: /\.aws-oidc\/web-identity-token is a symbolic link/,
    },
    {
      name: 'a file of somebody else',
      put: () => {
        mkdirSync(clonePath('.aws-oidc'), { mode: 0o700 });
        writeFileSync(clonePath('.aws-oidc/env'), 'export MINE=1\n', { mode: 0o644 });
      },
      says: /\.aws-oidc\/env exists and was not written by AWS OIDC Assume\.[\s\S]*Remove or rename it/,
    },
    {
      name: 'a folder where a file should be, with earlier files beside it',
      put: () => {
        mkdirSync(clonePath('.aws-oidc/credentials'), { recursive: true, mode: 0o700 });
        writeFileSync(clonePath('.aws-oidc/config'), '[profile mine]\n', { mode: 0o644 });
      },
      variables: { EXPOSE: 'profile', PROFILE: 'site' },
      says: /\.aws-oidc\/credentials exists and is not a file/,
    },
    {
      name: 'a profile file that is no text',
      put: () => {
        mkdirSync(clonePath('.aws-oidc'), { mode: 0o700 });
        writeFileSync(clonePath('.aws-oidc/config'), Buffer.of(0xe9));
      },
      variables: { EXPOSE: 'profile' },
      says: /\.aws-oidc\/config exists and was not written by AWS OIDC Assume/,
    },
  ];
  for (const { name, put, variables, says: expected } of obstacles) {
    it(`are not written, followed or changed if there is ${name}`, async () => {
      put();
      const before = cloneContents();
      const there = readdirSync(otherFolder).map((file) => readFileSync(path.join(otherFolder, file), 'utf8'));
      const result = await step.runPipe({ bundle: BUNDLE, variables: variablesFor(emulator, variables) });
      assert.equal(result.exitCode, 1);
      assert.match(result.stderr, /^✖ CannotPublish: /);
      assert.match(result.stderr, expected);
      assert.deepEqual(cloneContents(), before);
      assert.deepEqual(
        readdirSync(otherFolder).map((file) => readFileSync(path.join(otherFolder, file), 'utf8')),
        there,
      );
    });
  }

  it('stay unchanged after a later call fails', async () => {
    await succeed(step, emulator, { EXPOSE: 'profile' });
    mkdirSync(clonePath('.aws-oidc/web-identity-token'));
    const before = cloneContents();
    const result = await step.runPipe({
      bundle: BUNDLE,
      variables: variablesFor(emulator, { EXPOSE: 'web-identity' }),
    });
    assert.equal(result.exitCode, 1);
    assert.deepEqual(cloneContents(), before);
    assert.deepEqual(await says(step, `. ./.aws-oidc/env\n${cliSays(emulator)}`), [arnOf('deploy')]);
  });

  it('are written as new files, not through another name of the old file', async () => {
    await succeed(step, emulator);
    linkSync(clonePath('.aws-oidc/env'), path.join(otherFolder, 'copy'));
    const old = step.text('.aws-oidc/env');
    await succeed(step, emulator);
    assert.notEqual(step.text('.aws-oidc/env'), old);
    assert.equal(readFileSync(path.join(otherFolder, 'copy'), 'utf8'), old);
  });

  describe('for a step with an image that runs as another user', () => {
    before(function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'only root can give files to other users');
      skipWithout(this, 'setpriv');
    });
    const USER = 12_345;
    const asUser = `setpriv --reuid=${USER} --regid=${USER} --clear-groups`;
    const ownersOf = () =>
      step
        .files()
        .filter((file) => file.path.startsWith('.aws-oidc'))
        .map(({ path: name, uid, mode }) => `${name} ${uid} ${mode}`);
    const ALL = [
      `.aws-oidc ${USER} 700`,
      `.aws-oidc/.gitignore ${USER} 600`,
      `.aws-oidc/env ${USER} 600`,
      `.aws-oidc/web-identity-token ${USER} 600`,
    ];

    it('belong to the owner of the clone', async () => {
      chownSync(step.cloneFolder, USER, USER);
      await succeed(step, emulator, { EXPOSE: 'web-identity' });
      assert.deepEqual(ownersOf(), ALL);
      assert.deepEqual(
        await says(step, `${asUser} sh -c '. ./.aws-oidc/env && cat "$AWS_WEB_IDENTITY_TOKEN_FILE" | wc -l'`),
        ['0'],
      );
    });

    it('belong to the owner of the output folder if the step created it', async () => {
      await says(step, `${asUser} mkdir -m 700 .aws-oidc`);
      await succeed(step, emulator, { EXPOSE: 'web-identity' });
      assert.deepEqual(ownersOf(), ALL);
      assert.deepEqual(await says(step, `${asUser} sh -c '. ./.aws-oidc/env && echo "$AWS_REGION"'`), ['eu-west-1']);
    });
  });
});
