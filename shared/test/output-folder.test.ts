import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
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
import { Secret } from '../src/core/secret.ts';
import type { FileKinds } from '../src/publish/file-kinds.ts';
import { type OutputFile, OutputFolder } from '../src/publish/output-folder.ts';
import { Seal } from '../src/publish/seal.ts';
import { refused } from './refused.ts';

/** A sealed list of words, a plain note, and a token that belongs to one run. */
const KINDS: FileKinds = {
  sealed: [
    {
      name: 'list',
      comment: '#',
      note: '',
      accepts: (body) => /^(?:\w+\n)*$/.test(body),
      withoutSecrets: (text) => (text.includes('keep') ? 'keep\n' : ''),
    },
    { name: 'other', comment: ';', note: ' x', accepts: (body) => body === 'x\n', withoutSecrets: () => '' },
  ],
  plain: [
    { matches: (name) => name === 'note', accepts: () => true, isOfThisRun: () => true, holdsSecrets: false },
    {
      matches: (name) => /^token\d*$/.test(name),
      accepts: (bytes) => bytes.toString().startsWith('t:'),
      isOfThisRun: (bytes) => bytes.toString() === 't:mine',
      holdsSecrets: true,
    },
  ],
};

describe('the output folder', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'output-folder-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const pathOf = (...parts: string[]) => path.join(base, 'out', ...parts);
  const names = () => readdirSync(pathOf()).sort();
  const text = (name: string) => readFileSync(pathOf(name), 'utf8');
  const folder = (run = 'run 1', platform?: NodeJS.Platform) =>
    new OutputFolder(
      {
        base,
        path: pathOf(),
        keepsOwner: false,
        timeLeft: () => 1000,
        ...(platform === undefined ? {} : { platform }),
      },
      KINDS,
      new Seal(new Secret(run)),
    );
  const word = (one: string): OutputFile => ({
    name: 'list',
    contents: (existingText) => `${existingText ?? ''}${one}\n`,
  });
  const note: OutputFile = { name: 'note', contents: () => 'n' };
  const put = (name: string, contents: string) => {
    mkdirSync(pathOf(), { recursive: true });
    writeFileSync(pathOf(name), contents);
  };
  const LEFT = '.list.0123456789ab';

  it('is private, and contains the published files', async () => {
    const report = await folder().publish({ first: [note], files: [word('a')] });
    assert.deepEqual(report, { stale: [], isPrivate: true, warnings: [] });
    assert.deepEqual(names(), ['list', 'note']);
    assert.equal(statSync(pathOf()).mode & 0o777, 0o700);
    assert.match(text('list'), /^# Written by AWS OIDC Assume\.\n# Seal: [0-9a-f]{64}\na\n$/);
    assert.equal(text('note'), 'n');
  });

  it('lets calls of one run extend a file, and drops files of another run', async () => {
    await folder().publish({ files: [word('a')] });
    await folder().publish({ files: [word('b')] });
    assert.match(text('list'), /\na\nb\n$/);
    const report = await folder('run 2').publish({ files: [word('c')] });
    assert.deepEqual(report.stale, ['list']);
    assert.match(text('list'), /[0-9a-f]\nc\n$/);
  });

  it('removes files of another run that this one does not write, and keeps its own', async () => {
    put('token', 't:mine');
    await folder('run 2').publish({ files: [{ name: 'other', contents: () => 'x\n' }] });
    put('token2', 't:theirs');
    const report = await folder().publish({ files: [word('a')] });
    assert.deepEqual(names(), ['list', 'token']);
    assert.deepEqual(report.stale, ['other', 'token2']);
  });

  it('removes files that the new ones make obsolete', async () => {
    put('token', 't:mine');
    put('token2', 't:mine');
    await folder().publish({
      files: [word('a')],
      isObsolete: (name, texts) => name === 'token2' && String(texts.get('list')).endsWith('\na\n'),
    });
    assert.deepEqual(names(), ['list', 'token']);
  });

  it('removes files of a killed run, but not similar ones', async () => {
    put(`${LEFT}.before`, 'old secret');
    put(`${LEFT}.unfinished`, 'half a secret');
    await folder().publish({ files: [word('a')] });
    assert.deepEqual(names(), ['list']);
    put('.theirs.0123456789ab.before', '');
    await refused(folder().publish({ files: [word('a')] }), /holds "\.theirs\.0123456789ab\.before"/);
  });

  it('warns about a leftover that cannot be removed', async () => {
    mkdirSync(pathOf(`${LEFT}.before`), { recursive: true });
    const { warnings } = await folder().publish({ files: [word('a')] });
    assert.match(
      warnings.join('\n'),
      /\.before is no longer needed and could not be removed: .*it may hold credentials\.$/,
    );
  });

  const foreign: readonly { readonly name: string; readonly put: () => void; readonly says: RegExp }[] = [
    {
      name: 'a file of somebody else',
      put: () => put('index.html', ''),
      says: /out holds "index\.html", which AWS OIDC/,
    },
    { name: 'a hidden file', put: () => put('.npmrc', ''), says: /holds "\.npmrc"/ },
    { name: 'a name that hides itself', put: () => put('a\u001b[2K', ''), says: /holds "a\\u001b\[2K"/ },
    {
      name: 'a list without a seal',
      put: () => put('list', 'a\n'),
      says: /list exists and was not written by AWS OIDC Assume/,
    },
    {
      name: 'a list with a seal of another kind',
      put: () => put('list', `; Written by AWS OIDC Assume.\n; Seal: ${'0'.repeat(64)}\na\n`),
      says: /list exists and was not written/,
    },
    {
      name: 'a list that holds something else',
      put: () => put('list', `# Written by AWS OIDC Assume.\n# Seal: ${'0'.repeat(64)}\nrm -rf /\n`),
      says: /list exists and was not written/,
    },
    { name: 'a token that is none', put: () => put('token', 'x'), says: /token exists and was not written/ },
    {
      name: 'a link',
      put: () => {
        mkdirSync(pathOf());
        symlinkSync('/etc/passwd', pathOf('note'));
      },
      says: /note is a symbolic link/,
    },
    {
      name: 'a folder',
      put: () => mkdirSync(pathOf('note'), { recursive: true }),
      says: /note exists and is not a file/,
    },
  ];
  for (const { name, put: plant, says } of foreign) {
    it(`is refused as a whole, and not changed, if it contains ${name}`, async () => {
      plant();
      const before = [names(), statSync(pathOf()).mode];
      await refused(folder().publish({ files: [word('a')] }), says);
      assert.deepEqual([names(), statSync(pathOf()).mode], before);
    });
  }

  it('is removed if nothing could be published', async () => {
    const failing = { name: 'list', contents: () => assert.fail('no') };
    await assert.rejects(folder().publish({ files: [failing] }), { message: 'no' });
    assert.equal(existsSync(pathOf()), false);
  });

  it('does not change a file through another name', async () => {
    await folder().publish({ files: [word('a')] });
    linkSync(pathOf('list'), path.join(base, 'copy'));
    await folder().publish({ files: [word('b')] });
    assert.match(readFileSync(path.join(base, 'copy'), 'utf8'), /\na\n$/);
  });

  describe('with cleared secrets', () => {
    it('is not created by clearing', async () => {
      assert.equal(await folder().clearSecrets(), false);
      assert.equal(existsSync(pathOf()), false);
      symlinkSync('/tmp', pathOf());
      assert.equal(await folder().clearSecrets(), false);
    });

    it('keeps no secret of any writer', async () => {
      put('list', 'planted, and keep');
      put('token', 'anything');
      put('note', 'n');
      put('index.html', 'theirs');
      put(`${LEFT}.before`, 'old secret');
      assert.equal(await folder().clearSecrets(), true);
      assert.deepEqual(names(), ['index.html', 'list', 'note']);
      assert.match(text('list'), /^# Written by AWS OIDC Assume\.\n# Seal: [0-9a-f]{64}\nkeep\n$/);
    });

    it('loses its links, but not their targets', async () => {
      writeFileSync(path.join(base, 'target'), 'theirs');
      mkdirSync(pathOf());
      symlinkSync(path.join(base, 'target'), pathOf('list'));
      await folder().clearSecrets();
      assert.deepEqual(names(), []);
      assert.equal(readFileSync(path.join(base, 'target'), 'utf8'), 'theirs');
    });

    it('is emptied in place if no file can be replaced', async function () {
      // Root can temporarily become another user; others cannot.
      if (process.getuid?.() !== 0 || process.seteuid === undefined) return this.skip();
      put('list', 'a secret');
      chmodSync(base, 0o755);
      chownSync(pathOf('list'), 1234, 1234);
      chmodSync(pathOf(), 0o755);
      process.seteuid(1234);
      try {
        assert.equal(await folder().clearSecrets(), true);
      } finally {
        process.seteuid(0);
      }
      assert.match(text('list'), /^# Written by AWS OIDC Assume\.\n# Seal: [0-9a-f]{64}\n$/);
    });

    it('is emptied as far as possible, and the rest is named', async () => {
      mkdirSync(pathOf('token'), { recursive: true });
      put('token2', 't:x');
      await refused(folder().clearSecrets(), /^Credentials may still lie in \S+\/token: /, 'Remove these files.');
      assert.deepEqual(names(), ['token']);
    });
  });
});
