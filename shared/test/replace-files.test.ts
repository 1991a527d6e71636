import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../src/core/failure.ts';
import { OpenFolder } from '../src/publish/open-folder.ts';
import { LEFTOVER, type NewFile, replaceFiles } from '../src/publish/replace-files.ts';
import { refused } from './refused.ts';

/** Called before each operation on the folder, to interfere like another process. */
type Disturb = (operation: string, name: string) => void;

describe('replaced files', () => {
  let base: string;
  let folder: OpenFolder;
  beforeEach(async () => {
    base = mkdtempSync(path.join(tmpdir(), 'replace-files-'));
    mkdirSync(path.join(base, 'out'));
    folder = await OpenFolder.open(path.join(base, 'out'), { timeLeft: () => 60_000 });
  });
  afterEach(async () => {
    await folder.close();
    rmSync(base, { recursive: true, force: true });
  });
  const pathOf = (...parts: string[]) => path.join(base, 'out', ...parts);
  const text = (name: string) => readFileSync(pathOf(name), 'utf8');
  const modeOf = (name: string) => (statSync(pathOf(name)).mode & 0o777).toString(8);
  const files = (...names: string[]): NewFile[] => names.map((name) => ({ name, contents: `new ${name}` }));
  const replace = (...names: string[]) => replaceFiles(folder, [files(...names)], undefined);

  /** The open folder, with a notification before each operation. */
  function disturbed(disturb: Disturb): OpenFolder {
    return new Proxy(folder, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          disturb(String(key), String(args[0]));
          return value.apply(target, args);
        };
      },
    });
  }

  it('are written completely and privately, with any umask', async () => {
    const before = process.umask(0);
    try {
      writeFileSync(pathOf('b'), 'old and longer', { mode: 0o644 });
      assert.deepEqual(await replace('a', 'b'), { leftovers: [], readableByOthers: [] });
    } finally {
      process.umask(before);
    }
    assert.deepEqual(readdirSync(pathOf()), ['a', 'b']);
    assert.deepEqual([text('a'), text('b'), modeOf('a'), modeOf('b')], ['new a', 'new b', '600', '600']);
  });

  it('keep bytes that are not UTF-8', async () => {
    await replaceFiles(folder, [[{ name: 'a', contents: Buffer.of(0xe9) }]], undefined);
    assert.deepEqual([...readFileSync(pathOf('a'))], [0xe9]);
  });

  it('are in place group by group', async () => {
    const seen: string[][] = [];
    const watched = disturbed((operation) => {
      if (operation === 'create') seen.push(readdirSync(pathOf()).filter((name) => !LEFTOVER.test(name)));
    });
    await replaceFiles(watched, [files('first'), files('a', 'b')], undefined);
    assert.deepEqual(seen, [[], ['first'], ['first']]);
  });

  it('are as before if one cannot be put in place', async () => {
    writeFileSync(pathOf('a'), 'old', { mode: 0o640 });
    writeFileSync(pathOf('d'), 'old d');
    // A folder appears at the path of a file.
    const blockedFolder = disturbed((operation, name) => {
      if (operation === 'rename' && name.startsWith('.c.')) mkdirSync(pathOf('c'));
    });
    await refused(
      replaceFiles(blockedFolder, [files('first'), files('a', 'b', 'c', 'd')], undefined),
      /c cannot be written: EISDIR\.$/,
    );
    assert.deepEqual(readdirSync(pathOf()), ['a', 'c', 'd']);
    assert.deepEqual([text('a'), text('d'), modeOf('a')], ['old', 'old d', '640']);
  });

  it('are as before if one cannot be written', async () => {
    writeFileSync(pathOf('a'), 'old');
    await refused(replace('a', 'no/such'), /no\/such cannot be written: it or a folder above it does not exist/);
    assert.deepEqual(readdirSync(pathOf()), ['a']);
    assert.equal(text('a'), 'old');
  });

  it('name the cause, and undo as much as possible, if undoing fails too', async () => {
    for (const name of ['a', 'b', 'd']) writeFileSync(pathOf(name), `old ${name}`);
    const blockedFolder = disturbed((operation, name) => {
      if (operation === 'rename' && name.startsWith('.c.')) {
        mkdirSync(pathOf('c'));
        // A cleaner removes one of the copies.
        for (const copy of readdirSync(pathOf()).filter((one) => /^\.b\..*before$/.test(one))) rmSync(pathOf(copy));
      }
    });
    await assert.rejects(replaceFiles(blockedFolder, [files('a', 'b', 'c', 'd')], undefined), (error: unknown) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'CannotPublish');
      assert.match(error.message, /^\S+\/c cannot be written: EISDIR\. \S+\/b could not be put back: .*ENOENT\)\.$/);
      assert.match(error.details.changes?.join('\n') ?? '', /Remove the files that could not be put back/);
      return true;
    });
    assert.deepEqual([text('a'), text('d')], ['old a', 'old d']);
    assert.deepEqual(readdirSync(pathOf()), ['a', 'b', 'c', 'd']);
  });

  it("do not hide a program's error behind one of undoing", async () => {
    const thwarted = disturbed((operation) => {
      if (operation === 'isInPlace') throw new TypeError('a bug');
      if (operation === 'remove') throw new Error('no');
    });
    await assert.rejects(replaceFiles(thwarted, [files('a')], undefined), {
      code: 'Internal',
      message: /^TypeError: a bug \S+\/a could not be put back: no\.$/,
    });
  });

  it('are published although an older copy stays, whose name is returned', async () => {
    writeFileSync(pathOf('a'), 'old');
    const thwarted = disturbed((operation, name) => {
      if (operation === 'remove' && name.endsWith('.before')) throw new Error('in use');
    });
    const { leftovers } = await replaceFiles(thwarted, [files('a')], undefined);
    assert.equal(text('a'), 'new a');
    assert.equal(leftovers.length, 1);
    assert.match(leftovers[0] ?? '', LEFTOVER);
  });

  it('are not reported as written if another process replaced them', async () => {
    writeFileSync(pathOf('theirs'), 'theirs');
    const attacked = disturbed((operation, name) => {
      if (operation === 'rename' && name.startsWith('.a.')) renameSync(pathOf('theirs'), pathOf(name));
    });
    await refused(replaceFiles(attacked, [files('a')], undefined), /a was replaced while it was written/);
    assert.deepEqual(readdirSync(pathOf()), []);
  });

  it('are not reported as written if the folder was moved away', async () => {
    const attacked = disturbed((operation) => {
      if (operation === 'rename') renameSync(pathOf(), path.join(base, 'away'));
    });
    await refused(replaceFiles(attacked, [files('a')], undefined), /out was replaced while this program ran/);
    assert.deepEqual(readdirSync(path.join(base, 'away')), []);
  });

  it('belong to the given owner', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    await replaceFiles(folder, [files('a')], { uid: 1234, gid: 2345 });
    const { uid, gid } = statSync(pathOf('a'));
    assert.deepEqual({ uid, gid }, { uid: 1234, gid: 2345 });
    const nobody = { uid: 2 ** 33, gid: 0 };
    await refused(
      replaceFiles(folder, [files('b')], nobody),
      /cannot be given to user 8589934592, who is to read it: /,
      'Run this as user 8589934592, or with the capabilities CHOWN, FOWNER and DAC_OVERRIDE.',
    );
    assert.deepEqual(readdirSync(pathOf()), ['a']);
  });
});
