import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { shellWord, sourceLine } from '../src/publish/posix-shell.ts';

describe('a word of a POSIX shell', () => {
  it('keeps its value, with any characters', () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 50).map((text) => text.replaceAll('\0', ''));
    const all = ["it's", "''", '$HOME `id` \\n', 'a\nb', '', ...texts].map((text) =>
      // Lone surrogates have no UTF-8 bytes.
      Buffer.from(text).toString('utf8'),
    );
    const script = `printf '%s\\0' ${all.map(shellWord).join(' ')}`;
    const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    assert.deepEqual(printed.split('\0').slice(0, -1), all);
  });

  it('is short if the shell is in a folder above the file it reads', () => {
    assert.equal(sourceLine('/b/.aws-oidc/env', '/b'), '. ./.aws-oidc/env');
    assert.equal(sourceLine('/b/.aws-oidc/env', '/c'), '. /b/.aws-oidc/env');
    assert.equal(sourceLine("/b/it's/env"), ". '/b/it'\\''s/env'");
  });

  it('cannot contain NUL', () => {
    assert.throws(() => shellWord('a\0b'), new RangeError('a shell word cannot hold NUL'));
  });
});
