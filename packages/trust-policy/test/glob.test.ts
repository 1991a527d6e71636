import assert from 'node:assert/strict';
import fc from 'fast-check';
import { literalPattern, matchesPattern, wildcardPattern } from '../src/policy/glob.ts';

/** Slow, obviously correct oracle: tries every length for every star, and remembers results. */
function oracle(pattern: string, text: string): boolean {
  const [patternCharacters, textCharacters] = [Array.from(pattern), Array.from(text)];
  const results = new Map<string, boolean>();
  const matches = (p: number, t: number): boolean => {
    const name = `${p},${t}`;
    const before = results.get(name);
    if (before !== undefined) return before;
    let result: boolean;
    if (p === patternCharacters.length) result = t === textCharacters.length;
    else if (patternCharacters[p] === '*')
      result = matches(p + 1, t) || (t < textCharacters.length && matches(p, t + 1));
    else
      result =
        t < textCharacters.length &&
        (patternCharacters[p] === '?' || patternCharacters[p] === textCharacters[t]) &&
        matches(p + 1, t + 1);
    results.set(name, result);
    return result;
  };
  return matches(0, 0);
}

describe('wildcard matching', () => {
  const narrow = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 14 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 10 });

  it('agrees with the oracle', () => {
    fc.assert(
      fc.property(pattern, narrow, (patternText, text) => {
        assert.equal(matchesPattern(wildcardPattern(patternText), text), oracle(patternText, text));
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees with the oracle on patterns derived from the text', () => {
    const cut = fc.array(fc.tuple(narrow, fc.constantFrom('*', '?', '')), { maxLength: 6 });
    fc.assert(
      fc.property(cut, narrow, (pieces, filling) => {
        const patternText = pieces.map(([literal, wildcard]) => literal + wildcard).join('');
        const text = pieces
          .map(([literal, wildcard]) => literal + (wildcard === '' ? '' : wildcard === '?' ? 'b' : filling))
          .join('');
        assert.equal(matchesPattern(wildcardPattern(patternText), text), true);
        assert.equal(oracle(patternText, text), true);
      }),
    );
  });

  it('agrees with the oracle on any text', () => {
    const any = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(any, any, (patternText, text) => {
        assert.equal(matchesPattern(wildcardPattern(patternText), text), oracle(patternText, text));
      }),
    );
  });

  it('takes a literal pattern literally', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '*', '?'), maxLength: 6 }), pattern, (patternText, text) => {
        assert.equal(matchesPattern(literalPattern(patternText), text), patternText === text);
      }),
    );
  });

  it('counts a character outside the basic plane as one', () => {
    assert.equal(matchesPattern(wildcardPattern('?'), '🚀'), true);
    assert.equal(matchesPattern(wildcardPattern('??'), '🚀'), false);
  });

  const pieces: readonly [pattern: string, text: string, matches: boolean][] = [
    ['*abc*', 'abbc', false],
    ['*aaab*', 'aaaab', true],
    ['*aabc*', 'aababc', false],
    ['*aabaaac*', 'aabaaabaaac', true],
  ];
  for (const [piece, text, matches] of pieces) {
    it(`${matches ? 'finds' : 'does not find'} a segment whose beginning recurs in it: ${piece} in ${text}`, () => {
      assert.equal(matchesPattern(wildcardPattern(piece), text), matches);
    });
  }

  // As long as the longest policy that is read, against the longest claim that a token of 20 000 characters can have.
  const half = 60_000;
  const claim = 15_000;
  const hostile: readonly [name: string, pattern: string, text: string][] = [
    ['many stars', `${'*a'.repeat(half)}b`, 'a'.repeat(2 * half)],
    ['many stars and nothing else', `a${'*'.repeat(2 * half)}b`, 'a'.repeat(2 * half)],
    ['a long piece that nearly fits everywhere', `*${'a'.repeat(half)}b*c`, `${'a'.repeat(2 * half)}c`],
    ['a long piece that fails at its beginning', `*b${'a'.repeat(half)}*c`, `${'a'.repeat(2 * half)}c`],
    ['a periodic piece', `*${'ab'.repeat(half / 2)}c*`, 'ab'.repeat(half)],
    ['alternating wildcards', `${'*?'.repeat(half)}b`, 'a'.repeat(2 * half)],
    ['a piece with a question mark', `*${'a'.repeat(claim / 2)}?b*`, 'a'.repeat(claim)],
    ['a piece with a question mark that is longer than the claim', `*${'a'.repeat(half)}?b*`, 'a'.repeat(claim)],
  ];
  for (const [name, patternText, text] of hostile) {
    it(`takes less than a second for a hostile pattern: ${name}`, () => {
      const start = process.cpuUsage();
      assert.equal(matchesPattern(wildcardPattern(patternText), text), false);
      const { user, system } = process.cpuUsage(start);
      assert.ok(user + system < 1_000_000, `${user + system} µs`);
    });
  }
});
