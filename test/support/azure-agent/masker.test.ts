import assert from 'node:assert/strict';
import { Masker } from './masker.ts';

describe('the masker', () => {
  const cases: { name: string; secrets: string[]; text: string; expected: string }[] = [
    { name: 'the value itself, each time', secrets: ['abc'], text: 'abcxabc', expected: '***x***' },
    { name: 'JSON text', secrets: ['a"b\\c\n'], text: '{"k":"a\\"b\\\\c\\n"}', expected: '{"k":"***"}' },
    { name: 'a URL', secrets: ["a/b+c='!"], text: '?q=a%2Fb%2Bc%3D%27%21', expected: '?q=***' },
    { name: 'what a shell makes of backslashes', secrets: ['a\\\\b\\t\\"'], text: 'a\\b\t"', expected: '***' },
    {
      name: 'overlapping and adjacent ones as one',
      secrets: ['abcd', 'cdef', 'gh'],
      text: '-abcdefgh-',
      expected: '-***-',
    },
    {
      name: 'the password of a URL, told or not',
      secrets: [],
      text: 'https://me:pass%40@host/x',
      expected: 'https://me:***@host/x',
    },
    { name: 'no part of a value', secrets: ['abcdef'], text: 'abcde', expected: 'abcde' },
    { name: 'no base64', secrets: ['abcdef'], text: 'YWJjZGVm', expected: 'YWJjZGVm' },
    { name: 'nothing for an empty value', secrets: [''], text: 'abc', expected: 'abc' },
  ];
  for (const { name, secrets, text, expected } of cases) {
    it(`masks ${name}`, () => {
      const masker = new Masker();
      for (const secret of secrets) masker.add(secret);
      assert.equal(masker.mask(text), expected);
    });
  }

  it('masks the secrets of a job in base64 too, escaped, and without quotes', () => {
    const masker = new Masker();
    masker.addJobSecret('"ab%\ncd"');
    const base64 = Buffer.from('"ab%\ncd"').toString('base64');
    assert.equal(masker.mask(`${base64} "ab%%0Acd" "ab%AZP25%AZP250Acd" x ab%\ncd`), '*** *** *** x ***');
  });
});
