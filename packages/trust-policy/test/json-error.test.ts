import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findJsonError } from '../src/text/json-error.ts';

type Case = readonly [text: string, line: number, column: number, reason: string];

const CASES: readonly Case[] = [
  ['', 1, 1, 'the text ends here, and a value is missing'],
  ['{"a"', 1, 5, 'the text ends here, and ":" is missing after a member name'],
  ['{"a":', 1, 6, 'the text ends here, and a value is missing'],
  ['{"a": 1', 1, 8, 'the text ends here, and "," or "}" is missing'],
  ['[1', 1, 3, 'the text ends here, and "," or "]" is missing'],
  ['{\n  "a": 1,\n}', 2, 9, 'a comma before "}"'],
  ['[1, 2, ]', 1, 6, 'a comma before "]"'],
  ['{\n  // why\n  "a": 1\n}', 2, 3, 'a comment, and JSON has none'],
  ['{"a": 1 # why\n}', 1, 9, 'a comment, and JSON has none'],
  ['{“a”: 1}', 1, 2, '"“" (U+201C) where JSON has the quotation mark "'],
  ["{'a': 1}", 1, 2, '"\'" where JSON has the quotation mark "'],
  ['{"a":\u00a01}', 1, 6, 'an invisible character, U+00A0; a value is missing'],
  ['{"a": 1}\u200b', 1, 9, 'an invisible character, U+200B; the document has ended, and more text follows'],
  ['{"a": 1}\u0000', 1, 9, 'an invisible character, U+0000; the document has ended, and more text follows'],
  ['{"a": 1}}', 1, 9, '"}"; the document has ended, and more text follows'],
  ['{"a": 1 "b": 2}', 1, 9, '"""; "," or "}" is missing'],
  ['{"a" 1}', 1, 6, '"1"; ":" is missing after a member name'],
  ['{a: 1}', 1, 2, '"a"; a member name in double quotes or "}" is missing'],
  ['{"a": x}', 1, 7, '"x"; a value is missing'],
  ['{"a": 01}', 1, 8, '"1"; "," or "}" is missing'],
  ['{"a": "x\ny"}', 1, 9, 'an invisible character, U+000A inside a string; write it as an escape such as \\n'],
  ['{"a": "\\x"}', 1, 8, 'a backslash that begins no escape; write it as \\\\'],
  ['{"a": "x', 1, 7, 'a string that does not end'],
  ['[}', 1, 2, '"}"; a value or "]" is missing'],
  ['{"a"}', 1, 5, '"}"; ":" is missing after a member name'],
  ['[😀]', 1, 2, '"😀" (U+1F600); a value or "]" is missing'],
];

describe('finding the error in a text that is not JSON', () => {
  for (const [text, line, column, reason] of CASES) {
    it(`${JSON.stringify(text)}: ${reason}`, () => {
      assert.deepEqual(findJsonError(text), { line, column, reason });
    });
  }

  it('finds no error in JSON, at any depth', () => {
    assert.equal(findJsonError(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), undefined);
    fc.assert(fc.property(fc.json(), (text) => findJsonError(text) === undefined));
  });

  it('agrees with JSON.parse on changed JSON', () => {
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const cut = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.nat(3),
      fc.constantFrom('', ',', '"', '}', ']', '{', ':', '\\', '1', '\n', '-', 'e'),
    );
    fc.assert(
      fc.property(cut, ([text, position, length, insert]) => {
        const start = position % (text.length + 1);
        const edited = `${text.slice(0, start)}${insert}${text.slice(start + length)}`;
        assert.equal(findJsonError(edited) === undefined, parses(edited), edited);
      }),
      { numRuns: 3000 },
    );
  });
});
