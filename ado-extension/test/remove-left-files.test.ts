import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeLeftFiles } from '../AwsOidcAssume/AwsOidcAssumeV1/src/publish/remove-left-files.ts';

describe("removing the task's files", () => {
  let folder: string;
  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'left-')), 'aws-oidc-assume');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));
  const put = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  it('removes every file of the task, and the folder', async () => {
    put('config', '; Written by AWS OIDC Assume.\n[default]\n');
    put('credentials', '');
    for (const name of [
      'core.cjs',
      'credential-process.cjs',
      'diagnosis.cjs',
      'abc.state.json',
      'abc.cmd',
      '.config.0a1b.before',
    ])
      put(name, 'x');
    assert.equal(await removeLeftFiles(folder), true);
    assert.equal(existsSync(folder), false);
  });

  it('leaves files of others, at any path', async () => {
    put('config', '[core]\nrepositoryformatversion = 0\n');
    put('credentials', '[default]\n');
    put('notes.txt', 'x');
    mkdirSync(path.join(folder, 'abc.cmd'));
    put('core.cjs', 'x');
    assert.equal(await removeLeftFiles(folder), false);
    assert.deepEqual(readdirSync(folder).sort(), ['abc.cmd', 'config', 'credentials', 'notes.txt']);
  });

  it('does not follow links', async () => {
    const link = path.join(path.dirname(folder), 'link');
    put('core.cjs', 'x');
    symlinkSync(folder, link);
    assert.equal(await removeLeftFiles(link), false);
    assert.deepEqual(readdirSync(folder), ['core.cjs']);
  });
});
