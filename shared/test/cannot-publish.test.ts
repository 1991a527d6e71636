import assert from 'node:assert/strict';
import { Failure } from '../src/core/failure.ts';
import { attempt, codeOf, reasonOf } from '../src/publish/cannot-publish.ts';
import { refused } from './refused.ts';

describe('a file operation that fails', () => {
  const failing = (code: string) =>
    attempt('x cannot be written', () => Promise.reject(Object.assign(new Error('m'), { code })));

  for (const [code, message, change] of [
    ['ENOSPC', 'no space left (ENOSPC)', 'Make room on the disk of the build.'],
    ['EDQUOT', 'the disk quota is used up (EDQUOT)', 'Make room on the disk of the build.'],
    ['EROFS', 'the file system is read-only (EROFS)', /^Make the folder writable/],
    ['EACCES', 'permission denied (EACCES)', /^Make the folder writable/],
    ['EPERM', 'not permitted (EPERM)', /^Run this as the user who owns the folder/],
    ['EBUSY', 'another program has it open (EBUSY)', /^End the program that has the file open/],
    ['EIO', 'EIO', 'Check the output folder.'],
  ] as const) {
    it(`reports the reason and the fix: ${code}`, async () => {
      await assert.rejects(failing(code), (error: unknown) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.message, `x cannot be written: ${message}.`);
        assert.match(error.details.changes?.[0] ?? '', typeof change === 'string' ? new RegExp(`^${change}$`) : change);
        return true;
      });
    });
  }

  it('usually concerns an open file on Windows', async () => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      await refused(
        failing('EPERM'),
        /not permitted \(EPERM\)\.$/,
        'End the program that may have the file open (a virus scanner, an editor), and run this again.',
      );
      const withoutCode = attempt('x cannot be written', () => Promise.reject(new Error('m')));
      await assert.rejects(withoutCode, (error: unknown) => !/End the program/.test(JSON.stringify(error)));
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });

  it('keeps a failure that already has a reason', async () => {
    const failure = new Failure('CannotPublish', 'because');
    await refused(
      attempt('x', () => Promise.reject(failure)),
      /^because$/,
    );
    assert.equal(reasonOf(failure), 'because');
    assert.equal(codeOf(failure), undefined);
  });

  it('reports the thrown value if it is not an error of Node', () => {
    assert.equal(reasonOf(new Error('text')), 'text');
    assert.equal(reasonOf('text'), 'text');
  });
});
