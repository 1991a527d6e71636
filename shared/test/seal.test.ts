import assert from 'node:assert/strict';
import { Secret } from '../src/core/secret.ts';
import { Seal } from '../src/publish/seal.ts';

describe('a seal', () => {
  const seal = new Seal(new Secret('token of this step'));
  const style = { comment: ';', note: ' Read it.' } as const;
  const text = seal.sealed('/b/env', style, 'line 1\nline 2\n');

  it('consists of two comments above the text, and shows nothing of the secret', () => {
    assert.match(text, /^; Written by AWS OIDC Assume\. Read it\.\n; Seal: [0-9a-f]{64}\nline 1\nline 2\n$/);
    assert.doesNotMatch(text, /token/);
  });

  it('recognises a file of the same run', () => {
    assert.deepEqual(seal.open('/b/env', ';', text), { body: 'line 1\nline 2\n', isOfThisRun: true });
  });

  const others: readonly { readonly name: string; readonly read: () => ReturnType<Seal['open']> }[] = [
    { name: 'of another run', read: () => new Seal(new Secret('another')).open('/b/env', ';', text) },
    { name: 'at another place', read: () => seal.open('/b/config', ';', text) },
    { name: 'with a changed text', read: () => seal.open('/b/env', ';', text.replace('line 2', 'line 3')) },
    { name: 'with a changed title', read: () => seal.open('/b/env', ';', text.replace('Read', 'Load')) },
    { name: 'with another seal', read: () => seal.open('/b/env', ';', text.replace(/[0-9a-f]{64}/, '0'.repeat(64))) },
  ];
  for (const { name, read } of others) {
    it(`does not accept a file ${name} as one of this run`, () => assert.equal(read()?.isOfThisRun, false));
  }

  it('is missing in an unsealed file, whose whole content is its text', () => {
    assert.deepEqual(seal.open('/b/env', ';', '; Written by AWS OIDC Assume.\n'), { body: '', isOfThisRun: false });
    const { body = '' } = seal.open('/b/env', ';', text.replace('; Seal', '# Seal')) ?? {};
    assert.match(body, /^# Seal: [0-9a-f]{64}\nline 1\nline 2\n$/);
  });

  for (const foreign of ['', 'x', '# Written by AWS OIDC Assume.\n', `\n${text}`]) {
    it(`is not recognised in ${JSON.stringify(foreign.slice(0, 40))}`, () =>
      assert.equal(seal.open('/b/env', ';', foreign), undefined));
  }

  it('does not let a note end its comment', () => {
    assert.throws(() => seal.sealed('/b/env', { comment: '#', note: '\nrm -rf /' }, ''), RangeError);
  });
});
