import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../src/core/failure.ts';
import {
  foreignFile,
  type Owner,
  type PrivateFile,
  privateFiles,
  privateFolder,
  removeFolders,
  statOf,
} from '../src/publish/private-files.ts';

describe('private files', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'private-files-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const at = (...parts: string[]) => path.join(base, ...parts);
  const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
  const write = (file: string, text: string, owner?: Owner) => privateFiles([{ file, contents: () => text }], owner);

  async function refused(action: Promise<unknown>, expected: RegExp, change?: string): Promise<void> {
    await assert.rejects(action, (error: unknown) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'CannotPublish');
      assert.match(error.message, expected);
      if (change !== undefined) assert.deepEqual(error.details.changes, [change]);
      return true;
    });
  }

  it('are readable by their owner only, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await privateFolder(base, at('out', 'deep'), undefined);
      await write(at('out', 'deep', 'env'), 'x');
    } finally {
      process.umask(before);
    }
    assert.equal(modeOf(at('out')), '700');
    assert.equal(modeOf(at('out', 'deep')), '700');
    assert.equal(modeOf(at('out', 'deep', 'env')), '600');
  });

  it('close a folder that stood open', async () => {
    mkdirSync(at('out'));
    chmodSync(at('out'), 0o777);
    await privateFolder(base, at('out'), undefined);
    assert.equal(modeOf(at('out')), '700');
  });

  it('replace a file of ours whole, and tighten its mode', async () => {
    writeFileSync(at('env'), 'old and longer', { mode: 0o644 });
    const contents = (present: Buffer | undefined) => {
      assert.equal(String(present), 'old and longer');
      return 'new';
    };
    await privateFiles([{ file: at('env'), contents }], undefined);
    assert.equal(readFileSync(at('env'), 'utf8'), 'new');
    assert.equal(modeOf(at('env')), '600');
    assert.deepEqual(readdirSync(base), ['env']);
  });

  it('leave a file of somebody else', async () => {
    writeFileSync(at('env'), 'theirs');
    const contents = () => {
      throw foreignFile(at('env'));
    };
    await refused(
      privateFiles([{ file: at('env'), contents }], undefined),
      /was not written by AWS OIDC Assume/,
      'Remove or rename it, or choose another output folder.',
    );
    assert.equal(readFileSync(at('env'), 'utf8'), 'theirs');
  });

  it('follow no link, be it file, folder or a folder above', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'elsewhere-'));
    try {
      symlinkSync(elsewhere, at('out'));
      const change = 'Remove the link, or choose another output folder.';
      await refused(privateFolder(base, at('out'), undefined), /is a symbolic link/, change);
      await refused(privateFolder(base, at('out', 'deep'), undefined), /is a symbolic link/);
      writeFileSync(path.join(elsewhere, 'target'), 'theirs');
      symlinkSync(path.join(elsewhere, 'target'), at('env'));
      await refused(write(at('env'), 'new'), /is a symbolic link/, change);
      symlinkSync(path.join(elsewhere, 'nothing'), at('dangling'));
      await refused(write(at('dangling'), 'new'), /is a symbolic link/);
      assert.deepEqual(readdirSync(elsewhere), ['target']);
      assert.equal(readFileSync(path.join(elsewhere, 'target'), 'utf8'), 'theirs');
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('stay below the base folder', async () => {
    await refused(privateFolder(base, at('..', 'out'), undefined), /lies outside/, 'Choose a folder below it.');
    await refused(privateFolder(base, '/tmp', undefined), /lies outside/);
  });

  it('may lie in the base folder itself, though a link leads there: it is what the user named', async () => {
    mkdirSync(at('real'));
    symlinkSync(at('real'), at('link'));
    assert.deepEqual(await privateFolder(at('link'), at('link'), undefined), []);
  });

  it('are not made where something else lies', async () => {
    const change = 'Remove it, or choose another output folder.';
    writeFileSync(at('out'), '');
    await refused(privateFolder(base, at('out'), undefined), /is not a folder/, change);
    mkdirSync(at('env'));
    await refused(write(at('env'), 'x'), /is not a file/, change);
  });

  it('leave nothing half-written when the file cannot be put in place', async () => {
    await refused(write(at('missing', 'env'), 'x'), /cannot be written: a folder above it does not exist/);
    assert.equal(existsSync(at('missing')), false);
  });

  describe('several at once', () => {
    const holding = (name: string, text: string): PrivateFile => ({ file: at(name), contents: () => text });
    /** A folder comes to lie where the file is to go, after that place was looked at. */
    const thwarted = (name: string): PrivateFile => ({
      file: at(name),
      contents: () => {
        mkdirSync(at(name));
        return 'x';
      },
    });

    it('are all written, each from what was there', async () => {
      writeFileSync(at('b'), 'old');
      const appended = { file: at('b'), contents: (present: Buffer | undefined) => `${present} and new` };
      await privateFiles([holding('a', '1'), appended], undefined);
      assert.equal(readFileSync(at('a'), 'utf8'), '1');
      assert.equal(readFileSync(at('b'), 'utf8'), 'old and new');
      assert.deepEqual(readdirSync(base).sort(), ['a', 'b']);
    });

    it('are all as before when one may not be written', async () => {
      writeFileSync(at('b'), 'theirs');
      writeFileSync(at('a'), 'old', { mode: 0o640 });
      await assert.rejects(
        privateFiles(
          [
            holding('a', 'new'),
            holding('c', 'new'),
            {
              file: at('b'),
              contents: () => {
                throw new Failure('CannotPublish', 'no');
              },
            },
          ],
          undefined,
        ),
        { message: 'no' },
      );
      assert.deepEqual(readdirSync(base).sort(), ['a', 'b']);
      assert.equal(readFileSync(at('a'), 'utf8'), 'old');
      assert.equal(modeOf(at('a')), '640');
    });

    it('are all as before when it breaks off with some in place already', async () => {
      writeFileSync(at('a'), 'old', { mode: 0o640 });
      writeFileSync(at('e'), 'old e');
      await refused(
        privateFiles(
          [holding('a', 'new'), holding('b', 'new'), thwarted('c'), holding('d', 'new'), holding('e', 'new')],
          undefined,
        ),
        /c cannot be written: EISDIR/,
      );
      assert.deepEqual(readdirSync(base).sort(), ['a', 'c', 'e']);
      assert.equal(readFileSync(at('e'), 'utf8'), 'old e');
      assert.equal(readFileSync(at('a'), 'utf8'), 'old');
      assert.equal(modeOf(at('a')), '640');
    });

    it('keep bytes that are no UTF-8', async () => {
      writeFileSync(at('a'), Buffer.from([0xe9, 0x0a]));
      const contents = (present: Buffer | undefined) => Buffer.concat([present ?? Buffer.of(), Buffer.from('x')]);
      await privateFiles([{ file: at('a'), contents }], undefined);
      assert.deepEqual([...readFileSync(at('a'))], [0xe9, 0x0a, 0x78]);
    });
  });

  it('go with the folders that were made for them, unless something else lies there now', async () => {
    mkdirSync(at('mine'));
    const made = await privateFolder(base, at('mine', 'a', 'b'), undefined);
    assert.deepEqual(made, [at('mine', 'a'), at('mine', 'a', 'b')]);
    writeFileSync(at('mine', 'a', 'theirs'), '');
    await removeFolders(made);
    assert.deepEqual(readdirSync(at('mine', 'a')), ['theirs']);
    rmSync(at('mine', 'a'), { recursive: true });
    await removeFolders(made);
    writeFileSync(at('mine', 'a'), '');
    await assert.rejects(removeFolders(made.slice(0, 1)), { code: 'ENOTDIR' });
  });

  it('say what lies in the way above them', async () => {
    writeFileSync(at('file'), '');
    const inFile = at('file', 'below');
    await refused(
      privateFolder(at('file'), inFile, undefined),
      /below cannot be made: ENOTDIR\.$/,
      'Check the output folder.',
    );
    await refused(
      statOf(inFile),
      /below cannot be looked at: ENOTDIR\.$/,
      'Check the permissions of the folders above it.',
    );
    await refused(
      write(at('nowhere', 'env'), 'x'),
      /cannot be written: a folder above it does not exist \(ENOENT\)\.$/,
    );
  });

  it('say what is not allowed, and how to allow it', async function () {
    // Only root can become another user for a moment, to whom all of this is forbidden.
    if (process.getuid?.() !== 0 || process.seteuid === undefined) return this.skip();
    const change = 'Make the folder writable for the user this runs as, or choose another output folder.';
    writeFileSync(at('env'), 'x', { mode: 0o600 });
    chmodSync(base, 0o755);
    process.seteuid(1234);
    try {
      await refused(
        privateFolder(base, at('out'), undefined),
        /out cannot be made: permission denied \(EACCES\)\.$/,
        change,
      );
      await refused(
        privateFolder(base, base, undefined),
        / cannot be made private: not permitted \(EPERM\)\.$/,
        'Run this as the user who owns the folder, or choose another output folder.',
      );
      await refused(write(at('new'), 'x'), /new cannot be written: permission denied/, change);
      await refused(write(at('env'), 'x'), /env cannot be read: permission denied/, change);
    } finally {
      process.seteuid(0);
    }
    assert.deepEqual(readdirSync(base), ['env']);
  });

  it('say whom they could not be given to', async function () {
    // Only root gives files away at all.
    if (process.getuid?.() !== 0) return this.skip();
    const nobody = { uid: 2 ** 33, gid: 0 };
    await refused(
      write(at('env'), 'x', nobody),
      /cannot be given to user 8589934592, who is to read it: /,
      'Run this as user 8589934592, or with the capabilities CHOWN, FOWNER and DAC_OVERRIDE.',
    );
    assert.deepEqual(readdirSync(base), []);
    await refused(privateFolder(base, at('a', 'b'), nobody), /cannot be given to user 8589934592/);
    assert.deepEqual(readdirSync(base), []);
  });

  it('belong to whom they are given', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const owner = { uid: 1234, gid: 2345 };
    mkdirSync(at('theirs'));
    await privateFolder(base, at('theirs', 'below'), owner);
    assert.deepEqual([statSync(at('theirs')).uid, statSync(at('theirs', 'below')).uid], [0, 1234]);
    await privateFolder(base, at('folder'), owner);
    await write(at('folder', 'env'), 'x', owner);
    for (const file of [at('folder'), at('folder', 'env')]) {
      const { uid, gid } = statSync(file);
      assert.deepEqual({ uid, gid }, owner);
    }
  });
});
