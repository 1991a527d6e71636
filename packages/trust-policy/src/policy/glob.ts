/** Wildcard `*` of a policy pattern: any number of characters. */
export const ANY_RUN: unique symbol = Symbol('*');
/** Wildcard `?` of a policy pattern: exactly one character. */
export const ANY_ONE: unique symbol = Symbol('?');

/** A pattern, with one entry per character or wildcard. A literal `*` (from `${*}`) thus differs from the wildcard. */
export type Pattern = readonly (string | typeof ANY_RUN | typeof ANY_ONE)[];

/** Parses `*` and `?` as wildcards and every other character literally. */
export function wildcardPattern(text: string): Pattern {
  return Array.from(text, (character) => (character === '*' ? ANY_RUN : character === '?' ? ANY_ONE : character));
}

/** Parses every character literally. */
export function literalPattern(text: string): Pattern {
  return Array.from(text);
}

/** Part of a pattern between two `*`. */
type Segment = readonly (string | typeof ANY_ONE)[];

/** Whether a text, as a list of its characters, matches a pattern. */
export type Matcher = (characters: readonly string[]) => boolean;

/**
 * Whether the whole text matches the pattern. `*` also matches `:` and `/`, because IAM's wildcards ignore path
 * separators.
 */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  return patternMatcher(pattern)(Array.from(text));
}

/**
 * Makes a matcher for many texts.
 *
 * Policies are untrusted, hence no regular expression and no backtracking. The first segment must begin the text and the
 * last must end it. For the segments between them, the leftmost match is always a correct choice. Segments are found by
 * Knuth–Morris–Pratt in time linear in text and pattern, except those with `?`, which are compared at each position.
 */
export function patternMatcher(pattern: Pattern): Matcher {
  const [first = [], ...others] = segments(pattern);
  const last = others.pop();
  if (last === undefined) {
    return (characters) => first.length === characters.length && matchesAt(first, characters, 0);
  }
  const shortest = [first, ...others, last].reduce((length, segment) => length + segment.length, 0);
  return (characters) => {
    const end = characters.length - last.length;
    if (characters.length < shortest || !matchesAt(first, characters, 0) || !matchesAt(last, characters, end)) {
      return false;
    }
    const between = characters.slice(first.length, end);
    let position = 0;
    return others.every((segment) => {
      const start = find(segment, between, position);
      position = start + segment.length;
      return start !== -1;
    });
  };
}

function segments(pattern: Pattern): Segment[] {
  const parts: (string | typeof ANY_ONE)[][] = [[]];
  for (const token of pattern) {
    if (token === ANY_RUN) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function matchesAt(segment: Segment, characters: readonly string[], start: number): boolean {
  for (let offset = 0; offset < segment.length; offset += 1) {
    if (segment[offset] !== ANY_ONE && segment[offset] !== characters[start + offset]) return false;
  }
  return true;
}

/** Returns the leftmost position of the segment at or after `from`, or -1. */
function find(segment: Segment, characters: readonly string[], from: number): number {
  if (segment.includes(ANY_ONE)) {
    const positions = characters.length - segment.length + 1;
    for (let start = from; start < positions; start += 1) if (matchesAt(segment, characters, start)) return start;
    return -1;
  }
  if (segment.length === 0) return from;
  const borders = borderLengths(segment);
  let matched = 0;
  for (let index = from; index < characters.length; index += 1) {
    while (matched > 0 && segment[matched] !== characters[index]) matched = borders[matched - 1] ?? 0;
    if (segment[matched] === characters[index]) matched += 1;
    if (matched === segment.length) return index + 1 - matched;
  }
  return -1;
}

/** Returns, for each prefix of the segment, the length of its longest proper prefix that is also its suffix. */
function borderLengths(segment: Segment): number[] {
  const lengths = [0];
  let length = 0;
  for (const token of segment.slice(1)) {
    while (length > 0 && token !== segment[length]) length = lengths[length - 1] ?? 0;
    if (token === segment[length]) length += 1;
    lengths.push(length);
  }
  return lengths;
}
