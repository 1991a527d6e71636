import assert from 'node:assert/strict';
import fc from 'fast-check';
import { literalPattern, matchesPattern, type StepCounter, wildcardPattern } from '../src/policy/glob.ts';

/** Obviously right and slow: tries every length for every star, remembering what it tried. */
function oracle(pattern: string, text: string): boolean {
  const [wanted, seen] = [Array.from(pattern), Array.from(text)];
  const known = new Map<string, boolean>();
  const matches = (p: number, t: number): boolean => {
    const name = `${p},${t}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    let result: boolean;
    if (p === wanted.length) result = t === seen.length;
    else if (wanted[p] === '*') result = matches(p + 1, t) || (t < seen.length && matches(p, t + 1));
    else result = t < seen.length && (wanted[p] === '?' || wanted[p] === seen[t]) && matches(p + 1, t + 1);
    known.set(name, result);
    return result;
  };
  return matches(0, 0);
}

function steps(pattern: string, text: string): number {
  const counter: StepCounter = { steps: 0 };
  matchesPattern(wildcardPattern(pattern), text, counter);
  return counter.steps;
}

describe('wildcard matching', () => {
  const narrow = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 14 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 10 });

  it('agrees with the oracle', () => {
    fc.assert(
      fc.property(pattern, narrow, (wanted, text) => {
        assert.equal(matchesPattern(wildcardPattern(wanted), text), oracle(wanted, text));
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees with the oracle on patterns made from the text', () => {
    const cut = fc.array(fc.tuple(narrow, fc.constantFrom('*', '?', '')), { maxLength: 6 });
    fc.assert(
      fc.property(cut, narrow, (pieces, filling) => {
        const wanted = pieces.map(([literal, wildcard]) => literal + wildcard).join('');
        const text = pieces
          .map(([literal, wildcard]) => literal + (wildcard === '' ? '' : wildcard === '?' ? 'b' : filling))
          .join('');
        assert.equal(matchesPattern(wildcardPattern(wanted), text), true);
        assert.equal(oracle(wanted, text), true);
      }),
    );
  });

  it('agrees with the oracle on any text', () => {
    const any = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(any, any, (wanted, text) => {
        assert.equal(matchesPattern(wildcardPattern(wanted), text), oracle(wanted, text));
      }),
    );
  });

  it('takes a literal pattern literally', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '*', '?'), maxLength: 6 }), pattern, (wanted, text) => {
        assert.equal(matchesPattern(literalPattern(wanted), text), wanted === text);
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
  for (const [wanted, text, matches] of pieces) {
    it(`${matches ? 'finds' : 'does not find'} a piece whose beginning comes back in it: ${wanted} in ${text}`, () => {
      assert.equal(matchesPattern(wildcardPattern(wanted), text), matches);
    });
  }

  const counts: readonly [name: string, pattern: string, text: string, steps: number][] = [
    ['each character of a piece at the start and at the end', 'ab*cd', 'abcd', 4],
    // "aab": a=a, then b≠a, b≠a while its table is made; then five along the text and one more where it falls back.
    ['the table of a piece, the text and each step back', '*aab*', 'aaab', 8],
    ['each place of a piece with a question mark', '*?b*', 'aab', 4],
  ];
  for (const [name, wanted, text, expected] of counts) {
    it(`counts ${name}`, () => assert.equal(steps(wanted, text), expected));
  }

  const length = 2000;
  const catastrophic: readonly [name: string, pattern: string, text: string][] = [
    ['many stars', `${'*a'.repeat(length / 2)}b`, 'a'.repeat(length)],
    ['many stars at the end', `a${'*'.repeat(length)}b`, 'a'.repeat(length)],
    ['a long piece that nearly fits everywhere', `*${'a'.repeat(length / 2)}b*c`, 'a'.repeat(length)],
    ['a periodic piece', `*${'ab'.repeat(length / 4)}c*`, 'ab'.repeat(length / 2)],
    ['alternating wildcards', `${'*?'.repeat(length / 2)}b`, 'a'.repeat(length)],
  ];
  for (const [name, wanted, text] of catastrophic) {
    it(`takes steps in proportion to pattern and text: ${name}`, () => {
      const taken = steps(wanted, text);
      assert.ok(taken <= 3 * (wanted.length + text.length), `${taken} steps`);
    });
  }

  it('takes at most text times piece where a piece has a question mark', () => {
    const piece = `?${'a'.repeat(200)}b`;
    assert.ok(steps(`*${piece}*c`, 'a'.repeat(length)) <= piece.length * length + 10);
  });
});
