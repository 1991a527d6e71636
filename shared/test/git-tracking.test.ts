import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readGitIndex } from '../src/publish/git-index.ts';
import { refuseTrackedFolder } from '../src/publish/git-tracking.ts';
import { refused } from './refused.ts';

describe('files that git tracks', () => {
  let top: string;
  beforeEach(() => {
    top = mkdtempSync(path.join(tmpdir(), 'git-tracking-'));
  });
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  const pathOf = (...parts: string[]) => path.join(top, ...parts);
  function git(cwd: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'protocol.file.allow=always', ...args],
      { cwd, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: top } },
    );
    assert.equal(status, 0, stderr);
    return stdout;
  }
  function put(...files: string[]): void {
    for (const file of files) {
      mkdirSync(path.dirname(pathOf(file)), { recursive: true });
      writeFileSync(pathOf(file), file);
    }
  }
  const state = (folder = '.aws-oidc', base = top) => refuseTrackedFolder(base, path.join(base, folder));
  const isTracked = (folder = '.aws-oidc', base = top) =>
    refused(state(folder, base), /^git tracks .*: a later commit could hold the credentials\.$/);

  it('are those that git itself lists, in each version of the index', function () {
    this.timeout(60_000);
    const name = fc.string({ unit: fc.constantFrom(...'ab é-.\u{1f600}"'), minLength: 1, maxLength: 4 });
    const file = fc
      .array(name, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map((part) => `${part}_`).join('/'))
      .filter((one) => !one.includes('./'));
    git(top, 'init', '-q');
    fc.assert(
      fc.property(
        fc.uniqueArray(file, { maxLength: 12 }),
        fc.constantFrom('2', '4'),
        fc.boolean(),
        (files, version, isAdded) => {
          rmSync(pathOf('.git', 'index'), { force: true });
          const lines = files.map((one) => `100644 ${'0'.repeat(39)}1\t${one}\0`).join('');
          const { status } = spawnSync('git', ['update-index', '-z', '--index-info'], { cwd: top, input: lines });
          if (status !== 0) return;
          git(top, 'update-index', '--index-version', version);
          // An "intent to add" entry has extended flags.
          if (isAdded) {
            writeFileSync(pathOf('later'), '');
            git(top, 'add', '-N', 'later');
          }
          const listed = git(top, 'ls-files', '-z').split('\0').slice(0, -1);
          const index =
            files.length === 0 && !isAdded ? undefined : readGitIndex(readFileSync(pathOf('.git', 'index')));
          assert.deepEqual(index?.entries.map((entry) => entry.path) ?? [], listed);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are absent in a repository without the folder', async () => {
    git(top, 'init', '-q');
    assert.deepEqual(await state(), { kind: 'untracked' });
    put('.aws-oidc2/env', 'sub/.aws-oidc/env', '.aws');
    git(top, 'add', '-A');
    assert.deepEqual(await state(), { kind: 'untracked' });
    await isTracked('sub/.aws-oidc');
  });

  it('are not searched without a repository', async () => {
    assert.deepEqual(await state(), { kind: 'no-repository' });
  });

  for (const [name, change] of [
    ['as usual', []],
    ['in an index of version 4', ['update-index', '--index-version', '4']],
    ['in a split index', ['update-index', '--split-index']],
    ['and told to skip', ['update-index', '--skip-worktree', '.aws-oidc/env']],
    ['and assumed unchanged', ['update-index', '--assume-unchanged', '.aws-oidc/env']],
  ] as const) {
    it(`are found ${name}`, async () => {
      git(top, 'init', '-q');
      put('.aws-oidc/env', 'a', 'z/z');
      git(top, 'add', '-A');
      if (change.length > 0) git(top, ...change);
      await isTracked();
      git(top, 'commit', '-qm', 'x');
      rmSync(pathOf('.aws-oidc'), { recursive: true });
      await isTracked();
    });
  }

  it('are found in a split index after a change, too', async () => {
    git(top, 'init', '-q');
    put('.aws-oidc/env', 'a');
    git(top, 'add', '-A');
    git(top, 'update-index', '--split-index');
    put('b', 'a2');
    git(top, 'add', '-A');
    await isTracked();
    await isTracked('a2');
    assert.deepEqual(await state('none'), { kind: 'untracked' });
  });

  it('are found in a folder of a sparse index', async () => {
    git(top, 'init', '-q');
    put('out/.aws-oidc/env', 'kept/a');
    git(top, 'add', '-A');
    git(top, 'commit', '-qm', 'x');
    git(top, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'kept');
    assert.deepEqual(
      readGitIndex(readFileSync(pathOf('.git', 'index')))?.entries.map((entry) => entry.path),
      ['kept/a', 'out/'],
    );
    await isTracked('out/.aws-oidc');
    assert.deepEqual(await state('kept/.aws-oidc'), { kind: 'untracked' });
  });

  it('are found with SHA-256', async () => {
    git(top, 'init', '-q', '--object-format=sha256');
    put('.aws-oidc/env', 'a');
    git(top, 'add', '-A');
    await isTracked();
    assert.deepEqual(await state('other'), { kind: 'untracked' });
  });

  it('are found after long names in an index of version 4', async () => {
    git(top, 'init', '-q');
    put(`.aws-a/${'x'.repeat(200)}/${'y'.repeat(200)}`, '.aws-oidc/env');
    git(top, 'add', '-A');
    git(top, 'update-index', '--index-version', '4');
    await isTracked();
    assert.deepEqual(
      readGitIndex(readFileSync(pathOf('.git', 'index')))?.entries.map((entry) => entry.path.length),
      [408, 13],
    );
  });

  it('are not searched above the base folder, or endlessly', async () => {
    assert.deepEqual(await refuseTrackedFolder('/not/above', pathOf('sub/out')), { kind: 'no-repository' });
  });

  it('are found in a work tree, and in a submodule', async () => {
    git(top, 'init', '-q', 'main');
    put('main/.aws-oidc/env', 'main/a');
    git(pathOf('main'), 'add', '-A');
    git(pathOf('main'), 'commit', '-qm', 'x');
    git(pathOf('main'), 'worktree', 'add', '-q', pathOf('tree'));
    await isTracked('.aws-oidc', pathOf('tree'));
    assert.deepEqual(await state('other', pathOf('tree')), { kind: 'untracked' });
    git(top, 'init', '-q', 'outer');
    git(pathOf('outer'), 'submodule', '--quiet', 'add', pathOf('main'), 'sub');
    await isTracked('sub/.aws-oidc', pathOf('outer'));
    assert.deepEqual(await state('sub/other', pathOf('outer')), { kind: 'untracked' });
    await isTracked('sub', pathOf('outer'));
  });

  it('are found if the folder itself is one', async () => {
    git(top, 'init', '-q');
    put('.aws-oidc');
    git(top, 'add', '-A');
    await isTracked();
  });

  describe('are not reported as absent if that could not be checked:', () => {
    const cases: readonly { readonly name: string; readonly put: () => void; readonly reason: RegExp }[] = [
      {
        name: 'a repository elsewhere',
        put: () => writeFileSync(pathOf('.git'), 'gitdir: /not/here/.git/worktrees/x\n'),
        reason: /cannot be read: it or a folder above it does not exist/,
      },
      { name: 'a link to nowhere', put: () => symlinkSync('/not/here', pathOf('.git')), reason: /cannot be read/ },
      {
        name: 'a file of something else',
        put: () => writeFileSync(pathOf('.git'), 'x'),
        reason: /names no repository$/,
      },
      {
        name: 'a repository that is a file',
        put: () => writeFileSync(pathOf('.git'), 'gitdir: .git\n'),
        reason: /\.git is not a folder$/,
      },
      {
        name: 'an index of a coming version',
        put: () => {
          mkdirSync(pathOf('.git'));
          writeFileSync(pathOf('.git', 'index'), 'DIRC\0\0\0\x09\0\0\0\0');
        },
        reason: /is no git index of a known version$/,
      },
      {
        name: 'an index that is cut off',
        put: () => {
          git(top, 'init', '-q');
          put('a', 'b');
          git(top, 'add', 'a', 'b');
          truncateSync(pathOf('.git', 'index'), 150);
        },
        reason: /is no git index of a known version$/,
      },
      {
        name: 'an index that is a pipe',
        put: () => {
          mkdirSync(pathOf('.git'));
          spawnSync('mkfifo', [pathOf('.git', 'index')]);
        },
        reason: /index is not a file$/,
      },
      {
        name: 'an endless index',
        put: () => {
          mkdirSync(pathOf('.git'));
          symlinkSync('/dev/zero', pathOf('.git', 'index'));
        },
        reason: /index is not a file$/,
      },
      {
        name: 'an index of gigabytes',
        put: () => {
          mkdirSync(pathOf('.git'));
          writeFileSync(pathOf('.git', 'index'), '');
          truncateSync(pathOf('.git', 'index'), 2 ** 32);
        },
        reason: /has more than 67108864 bytes$/,
      },
    ];
    for (const { name, put: prepare, reason } of cases) {
      it(name, async () => {
        prepare();
        const result = await state();
        assert.equal(result.kind, 'unknown');
        if (result.kind === 'unknown') assert.match(result.reason, reason);
      });
    }

    it('an outer repository above a checked one', async () => {
      writeFileSync(pathOf('.git'), 'x');
      git(top, 'init', '-q', 'sub');
      assert.equal((await state('sub/out')).kind, 'unknown');
    });

    it('a repository without permission to read', async function () {
      if (process.getuid?.() !== 0 || process.seteuid === undefined) return this.skip();
      git(top, 'init', '-q');
      chmodSync(top, 0o711);
      chmodSync(pathOf('.git'), 0o700);
      process.seteuid(1234);
      try {
        assert.equal((await state()).kind, 'unknown');
      } finally {
        process.seteuid(0);
      }
    });
  });
});
