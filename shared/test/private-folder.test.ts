import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type FolderRequest, openPrivateFolder } from '../src/publish/private-folder.ts';
import { refused } from './refused.ts';

describe('a private folder', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'private-folder-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));
  const pathOf = (...parts: string[]) => path.join(base, ...parts);
  const request = (folder: string, more: Partial<FolderRequest> = {}): FolderRequest => ({
    base,
    path: folder,
    keepsOwner: false,
    timeLeft: () => 60_000,
    ...more,
  });
  const opened = async (folder: string, more: Partial<FolderRequest> = {}) => {
    const result = await openPrivateFolder(request(folder, more));
    await result.close();
    return result;
  };

  it('is created only for its owner, like the folders above it, with any umask', async () => {
    const before = process.umask(0);
    try {
      await opened(pathOf('out', 'deep'));
    } finally {
      process.umask(before);
    }
    for (const folder of [pathOf('out'), pathOf('out', 'deep')]) assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it("keeps its mode until it is known to be this program's", async () => {
    mkdirSync(pathOf('out'), { mode: 0o755 });
    await opened(pathOf('out'));
    assert.equal(statSync(pathOf('out')).mode & 0o777, 0o755);
  });

  it('removes the folders that were created for it, unless they are no longer empty', async () => {
    mkdirSync(pathOf('mine'));
    const first = await openPrivateFolder(request(pathOf('mine', 'a', 'b')));
    await first.undo();
    await first.close();
    assert.deepEqual(readdirSync(pathOf('mine')), []);
    const second = await openPrivateFolder(request(pathOf('mine', 'a', 'b')));
    writeFileSync(pathOf('mine', 'a', 'theirs'), '');
    await second.undo();
    await second.close();
    assert.deepEqual(readdirSync(pathOf('mine', 'a')), ['theirs']);
  });

  it('is at or below the base folder', async () => {
    await refused(opened(pathOf('..', 'out')), /lies outside/, 'Choose a folder below it.');
    await refused(opened('/tmp'), /lies outside/);
    symlinkSync(base, pathOf('link'));
    await opened(pathOf('link'), { base: pathOf('link') });
    await refused(
      opened(pathOf('none', 'out'), { base: pathOf('none') }),
      /none cannot be opened: it or a folder above it/,
    );
  });

  it('is not accessed through a link, and is not a file', async () => {
    mkdirSync(pathOf('real'));
    symlinkSync(pathOf('real'), pathOf('link'));
    writeFileSync(pathOf('file'), '');
    await refused(opened(pathOf('link')), /is a symbolic link/, 'Remove the link, or choose another output folder.');
    await refused(opened(pathOf('link', 'deep')), /link is a symbolic link/);
    await refused(opened(pathOf('new', '..', 'file', 'deep')), /file exists and is not a folder/);
    assert.deepEqual(readdirSync(pathOf('real')), []);
  });

  it('removes the first part of a path if the rest cannot be created', async () => {
    await refused(
      opened(pathOf('a', 'b', 'x'.repeat(300))),
      /cannot be made: ENAMETOOLONG\.$/,
      'Check the output folder.',
    );
    assert.deepEqual(readdirSync(base), []);
  });

  it('does not change its owner if another user replaced it', async () => {
    const { geteuid } = process;
    try {
      process.geteuid = () => 4321;
      await refused(opened(pathOf('out')), /out was replaced while it was made\.$/, 'Run the step again.');
    } finally {
      if (geteuid !== undefined) process.geteuid = geteuid;
    }
    assert.deepEqual(readdirSync(base), []);
  });

  it('names the forbidden operation, and a way to allow it', async function () {
    // Root can temporarily become another user; others cannot.
    if (process.getuid?.() !== 0 || process.seteuid === undefined) return this.skip();
    chmodSync(base, 0o755);
    mkdirSync(pathOf('theirs'));
    process.seteuid(1234);
    try {
      await refused(
        opened(pathOf('out')),
        /out cannot be made: permission denied \(EACCES\)\.$/,
        'Make the folder writable for the user this runs as, or choose another output folder.',
      );
      const { folder, close } = await openPrivateFolder(request(pathOf('theirs')));
      await refused(
        folder.makePrivate(),
        / cannot be made private: not permitted \(EPERM\)\.$/,
        'Run this as the user who owns the folder, or choose another output folder.',
      );
      await close();
    } finally {
      process.seteuid(0);
    }
  });

  it('belongs to the owner of the base folder, and files to the owner of an existing folder', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { chownSync } = await import('node:fs');
    chownSync(base, 1234, 2345);
    const created = await opened(pathOf('out'), { keepsOwner: true });
    assert.deepEqual([statSync(pathOf('out')).uid, statSync(pathOf('out')).gid], [1234, 2345]);
    assert.deepEqual(created.owner, { uid: 1234, gid: 2345 });
    mkdirSync(pathOf('other'));
    chownSync(pathOf('other'), 77, 78);
    assert.deepEqual((await opened(pathOf('other'), { keepsOwner: true })).owner, { uid: 77, gid: 78 });
    assert.equal((await opened(pathOf('other'))).owner, undefined);
  });
});
