import assert from 'node:assert/strict';
import fc from 'fast-check';
import { count, duration, printable } from '../src/core/text.ts';

describe('printable text', () => {
  const cases: { name: string; text: string; expected: string }[] = [
    { name: 'colours', text: '\u001b[31mred\u001b[0m', expected: 'red' },
    { name: '8-bit escapes', text: '\u009b31mred', expected: 'red' },
    { name: 'window titles', text: '\u001b]0;title\u0007x', expected: 'x' },
    { name: 'line breaks', text: 'a\r\nb\u2028c', expected: 'a b c' },
    { name: 'tabs', text: 'a\tb', expected: 'a b' },
    { name: 'bell and backspace', text: 'a\u0007\u0008b', expected: 'ab' },
    {
      name: 'characters without a shape',
      text: 'a\u034fb\ufe0fc\u3164d\u{e0100}',
      expected: 'a\\u034fb\\ufe0fc\\u3164d\\udb40\\udd00',
    },
    { name: 'marks that turn text around', text: 'a\u202eb\u200bc', expected: 'a\\u202eb\\u200bc' },
    { name: 'blanks that are no spaces', text: 'a\u00a0b\u3000c', expected: 'a\\u00a0b\\u3000c' },
    { name: 'letters without a glyph', text: 'a\u3164b\u2800c', expected: 'a\\u3164b\\u2800c' },
    { name: 'tags outside the first plane', text: 'a\u{e0041}b', expected: 'a\\udb40\\udc41b' },
    { name: 'accents in characters of their own', text: 'Zoe\u0308', expected: 'Zoe\\u0308' },
    { name: 'vowel signs', text: 'दिल्ली', expected: 'दिल्ली' },
    { name: 'what people write', text: 'Zoë’s {shop} — 東京 🚀', expected: 'Zoë’s {shop} — 東京 🚀' },
  ];
  for (const { name, text, expected } of cases) it(`handles ${name}`, () => assert.equal(printable(text), expected));

  it('reports the length of the cut', () => {
    assert.equal(printable('x'.repeat(30), 10), 'xxxxxxxxxx… (30 characters)');
    assert.equal(printable('x'.repeat(10), 10), 'xxxxxxxxxx');
  });

  it('never contains a control character or a second line', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b[', '\u001b]', '\u009b', '\u001bP', '\n', '\r', '\u0007', '\u001b\\', '1m'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        assert.doesNotMatch(printable(pieces.join(''), 10_000), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
    );
  });
});

describe('words for numbers', () => {
  it('counts', () => {
    assert.equal(count(1, 'attempt'), '1 attempt');
    assert.equal(count(0, 'attempt'), '0 attempts');
  });

  it('formats durations as people do', () => {
    assert.deepEqual([5, 119, 120, 300, 7200, 7500].map(duration), [
      '5 s',
      '119 s',
      '2 min',
      '5 min',
      '2 h',
      '2 h 5 min',
    ]);
  });
});
