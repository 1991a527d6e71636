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
import { Failure } from '../src/failure.ts';
import { privateFile, privateFolder } from '../src/private-files.ts';

describe('private files', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'private-files-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const at = (...parts: string[]) => path.join(base, ...parts);
  const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
  const always = () => true;

  async function refused(action: Promise<void>, expected: RegExp): Promise<void> {
    await assert.rejects(action, (error: unknown) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'CannotPublish');
      assert.match(error.message, expected);
      return true;
    });
  }

  it('are readable by their owner only, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await privateFolder(base, at('out', 'deep'), undefined);
      await privateFile(at('out', 'deep', 'env'), 'x', undefined, always);
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
    await privateFile(at('env'), 'new', undefined, (present) => present === 'old and longer');
    assert.equal(readFileSync(at('env'), 'utf8'), 'new');
    assert.equal(modeOf(at('env')), '600');
    assert.deepEqual(readdirSync(base), ['env']);
  });

  it('leave a file of somebody else', async () => {
    writeFileSync(at('env'), 'theirs');
    await refused(
      privateFile(at('env'), 'new', undefined, () => false),
      /was not written by AWS OIDC Assume/,
    );
    assert.equal(readFileSync(at('env'), 'utf8'), 'theirs');
  });

  it('follow no link, be it file, folder or a folder above', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'elsewhere-'));
    try {
      symlinkSync(elsewhere, at('out'));
      await refused(privateFolder(base, at('out'), undefined), /is a symbolic link/);
      await refused(privateFolder(base, at('out', 'deep'), undefined), /is a symbolic link/);
      writeFileSync(path.join(elsewhere, 'target'), 'theirs');
      symlinkSync(path.join(elsewhere, 'target'), at('env'));
      await refused(privateFile(at('env'), 'new', undefined, always), /is a symbolic link/);
      symlinkSync(path.join(elsewhere, 'nothing'), at('dangling'));
      await refused(privateFile(at('dangling'), 'new', undefined, always), /is a symbolic link/);
      assert.deepEqual(readdirSync(elsewhere), ['target']);
      assert.equal(readFileSync(path.join(elsewhere, 'target'), 'utf8'), 'theirs');
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('stay below the base folder', async () => {
    await refused(privateFolder(base, at('..', 'out'), undefined), /lies outside/);
    await refused(privateFolder(base, '/tmp', undefined), /lies outside/);
  });

  it('are not made where something else lies', async () => {
    writeFileSync(at('out'), '');
    await refused(privateFolder(base, at('out'), undefined), /is not a folder/);
    mkdirSync(at('env'));
    await refused(privateFile(at('env'), 'x', undefined, always), /is not a file/);
  });

  it('leave nothing half-written when the file cannot be put in place', async () => {
    await refused(
      privateFile(at('missing', 'env'), 'x', undefined, always),
      /cannot be written: a folder above it does not exist/,
    );
    assert.equal(existsSync(at('missing')), false);
  });
});
