import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
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
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileAccess } from '../src/publish/descriptors.ts';
import { OpenFolder } from '../src/publish/open-folder.ts';
import { refused } from './refused.ts';

const timeLeft = () => 60_000;
const SYSTEMS: readonly { readonly name: string; readonly access: FileAccess }[] = [
  { name: 'by descriptor, as on Linux', access: { timeLeft, platform: 'linux' } },
  { name: 'by path, as on macOS', access: { timeLeft, platform: 'darwin', descriptors: '/nowhere' } },
  { name: 'by path and without modes, as on Windows', access: { timeLeft, platform: 'win32' } },
];

for (const { name: system, access } of SYSTEMS) {
  describe(`an open folder, accessed ${system}`, () => {
    let base: string;
    let folder: OpenFolder;
    beforeEach(async () => {
      base = mkdtempSync(path.join(tmpdir(), 'open-folder-'));
      mkdirSync(path.join(base, 'out'));
      folder = await OpenFolder.open(path.join(base, 'out'), access);
    });
    afterEach(async () => {
      await folder.close();
      rmSync(base, { recursive: true, force: true });
    });
    const pathOf = (...parts: string[]) => path.join(base, 'out', ...parts);

    it('writes, reads, renames and removes files', async () => {
      const writtenFile = await folder.create('a', 'text', undefined);
      assert.equal(statSync(pathOf('a')).mode & 0o777, 0o600);
      assert.equal(await folder.isFile('a', writtenFile), true);
      await folder.rename('a', 'b');
      assert.equal((await folder.read('b'))?.bytes.toString(), 'text');
      await folder.overwrite('b', 'new');
      assert.equal(readFileSync(pathOf('b'), 'utf8'), 'new');
      await folder.remove('b');
      await folder.remove('b');
      assert.equal(await folder.read('b'), undefined);
      assert.equal(await folder.isFile('b', writtenFile), false);
      assert.deepEqual(await folder.names(), []);
    });

    it('never writes into an existing file', async () => {
      writeFileSync(pathOf('a'), 'theirs');
      await assert.rejects(folder.create('a', 'new', undefined), { code: 'EEXIST' });
      assert.equal(readFileSync(pathOf('a'), 'utf8'), 'theirs');
    });

    it('distinguishes files, folders, links and FIFOs, and reads only files', async () => {
      writeFileSync(pathOf('file'), '');
      mkdirSync(pathOf('folder'));
      symlinkSync(pathOf('file'), pathOf('link'));
      spawnSync('mkfifo', [pathOf('pipe')]);
      const kinds = await Promise.all(['file', 'folder', 'link', 'pipe', 'none'].map((name) => folder.kindOf(name)));
      assert.deepEqual(kinds, ['file', 'folder', 'link', 'other', undefined]);
      await refused(folder.read('link'), /is a symbolic link/, 'Remove the link, or choose another output folder.');
      await refused(folder.read('folder'), /exists and is not a file/);
      await refused(folder.read('pipe'), /exists and is not a file/);
    });

    it('rejects a file that is larger than its own files', async () => {
      writeFileSync(pathOf('large'), '');
      truncateSync(pathOf('large'), 2 ** 31);
      await refused(folder.read('large'), /has 2147483648 bytes, more than this program writes/);
    });

    it('opens and creates folders in it, but follows no link', async () => {
      assert.equal(await folder.makeChild('new'), true);
      assert.equal(await folder.makeChild('new'), false);
      const child = await folder.child('new');
      assert.equal(child.path, pathOf('new'));
      await child.close();
      symlinkSync(tmpdir(), pathOf('link'));
      writeFileSync(pathOf('file'), '');
      await refused(
        folder.child('link'),
        /link is a symbolic link/,
        'Remove the link, or choose another output folder.',
      );
      await refused(folder.child('file'), /file exists and is not a folder/);
      await refused(folder.child('none'), /none cannot be opened: it or a folder above it does not exist \(ENOENT\)/);
      await folder.removeChild('new');
      await folder.removeChild('new');
      assert.deepEqual(readdirSync(pathOf()).sort(), ['file', 'link']);
      await assert.rejects(folder.removeChild('file'), { code: 'ENOTDIR' });
    });

    it('reports the reason why it cannot inspect an entry', async () => {
      await refused(
        folder.kindOf('x'.repeat(300)),
        /x cannot be looked at: ENAMETOOLONG\.$/,
        'Check the permissions of the folders above it.',
      );
    });

    it('overwrites no link and no FIFO', async () => {
      symlinkSync(pathOf('target'), pathOf('link'));
      await assert.rejects(folder.overwrite('none', 'x'), { code: 'ENOENT' });
      mkdirSync(pathOf('folder'));
      await assert.rejects(folder.overwrite('folder', 'x'), { code: 'EISDIR' });
      if (access.platform !== 'win32') await assert.rejects(folder.overwrite('link', 'x'), { code: 'ELOOP' });
    });

    it('keeps a folder that is not empty', async () => {
      await folder.makeChild('full');
      writeFileSync(pathOf('full', 'theirs'), '');
      await folder.removeChild('full');
      assert.deepEqual(readdirSync(pathOf('full')), ['theirs']);
    });

    it('detects that its path belongs to another folder', async () => {
      assert.equal(await folder.isInPlace(), true);
      renameSync(pathOf(), path.join(base, 'away'));
      assert.equal(await folder.isInPlace(), false);
      symlinkSync(tmpdir(), pathOf());
      assert.equal(await folder.isInPlace(), false);
    });
  });
}

describe('an open folder', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'open-folder-'));
    mkdirSync(path.join(base, 'out'));
    mkdirSync(path.join(base, 'trap'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));
  const swap = () => {
    renameSync(path.join(base, 'out'), path.join(base, 'away'));
    symlinkSync(path.join(base, 'trap'), path.join(base, 'out'));
  };

  it('is written at its present place, on Linux', async () => {
    const folder = await OpenFolder.open(path.join(base, 'out'), { timeLeft });
    swap();
    await folder.create('env', 'secret', undefined);
    await folder.close();
    assert.deepEqual(readdirSync(path.join(base, 'trap')), []);
    assert.deepEqual(readdirSync(path.join(base, 'away')), ['env']);
  });

  it('is not written after it was replaced, on other systems', async () => {
    const folder = await OpenFolder.open(path.join(base, 'out'), { timeLeft, descriptors: '/nowhere' });
    swap();
    await refused(folder.create('env', 'secret', undefined), /was replaced while this program ran/);
    await folder.close();
    assert.deepEqual(readdirSync(path.join(base, 'trap')), []);
  });

  it('is not confused with another by a wrong path through descriptors', async () => {
    const folder = await OpenFolder.open(path.join(base, 'out'), { timeLeft, descriptors: base });
    await folder.create('env', '', undefined);
    await folder.close();
    assert.deepEqual(readdirSync(path.join(base, 'out')), ['env']);
  });

  it('may be a link if the user named it', async () => {
    symlinkSync(path.join(base, 'out'), path.join(base, 'link'));
    for (const platform of ['linux', 'win32'] as const) {
      const folder = await OpenFolder.open(path.join(base, 'link'), { timeLeft, platform });
      await folder.close();
    }
    writeFileSync(path.join(base, 'file'), '');
    await assert.rejects(OpenFolder.open(path.join(base, 'file'), { timeLeft, platform: 'win32' }), /not a folder/);
  });

  it('becomes private, and reports whether the file system keeps that', async () => {
    chmodSync(path.join(base, 'out'), 0o777);
    const folder = await OpenFolder.open(path.join(base, 'out'), { timeLeft });
    assert.equal(await folder.makePrivate(), true);
    assert.equal(statSync(path.join(base, 'out')).mode & 0o777, 0o700);
    await folder.close();
  });

  it('changes owner and mode of its own file, not of another with its name', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const secret = path.join(base, 'root-only');
    writeFileSync(secret, 'of root', { mode: 0o600 });
    const folder = await OpenFolder.open(path.join(base, 'out'), { timeLeft });
    const creation = folder.create('env', 'x'.repeat(2 ** 20), { uid: 1234, gid: 1234 });
    // Acts like an attacker, as soon as the name exists.
    while (!readdirSync(path.join(base, 'out')).includes('env')) await new Promise(setImmediate);
    rmSync(path.join(base, 'out', 'env'));
    linkSync(secret, path.join(base, 'out', 'env'));
    await creation;
    await folder.close();
    assert.equal(statSync(secret).uid, 0);
  });
});
