/** `*` of a policy pattern: any run of characters, also none. */
export const ANY_RUN: unique symbol = Symbol('*');
/** `?` of a policy pattern: exactly one character. */
export const ANY_ONE: unique symbol = Symbol('?');

/** A pattern, one entry per character or wildcard, so that a literal `*` (from `${*}`) and a wildcard never mix. */
export type Pattern = readonly (string | typeof ANY_RUN | typeof ANY_ONE)[];

/** Counts character comparisons; tests use it to prove the bound without a clock. */
export interface StepCounter {
  steps: number;
}

/** Reads `*` and `?` as wildcards and everything else literally. */
export function wildcardPattern(text: string): Pattern {
  return Array.from(text, (character) => (character === '*' ? ANY_RUN : character === '?' ? ANY_ONE : character));
}

/** Takes every character literally. */
export function literalPattern(text: string): Pattern {
  return Array.from(text);
}

type Segment = readonly (string | typeof ANY_ONE)[];

/**
 * Whether the whole text matches the pattern. `*` crosses `:` and `/`: IAM's wildcards know no path.
 *
 * Policies are untrusted, so there is no regular expression and no backtracking. The pattern is cut at its `*`s; the
 * first piece must start the text, the last must end it, and the leftmost place of every piece between them is always a
 * right one. A piece is searched by Knuth–Morris–Pratt, so the work grows with text plus pattern; only a piece with `?`
 * (where a failure table would be wrong) costs its own length at each position.
 */
export function matchesPattern(pattern: Pattern, text: string, counter: StepCounter = { steps: 0 }): boolean {
  const characters = Array.from(text);
  const { first, others } = splitAtRuns(pattern);
  const last = others.at(-1);
  if (last === undefined) return first.length === characters.length && matchesAt(first, characters, 0, counter);
  const end = characters.length - last.length;
  if (end < first.length || !matchesAt(first, characters, 0, counter) || !matchesAt(last, characters, end, counter)) {
    return false;
  }
  let position = first.length;
  for (const segment of others.slice(0, -1)) {
    const found = find(segment, characters, position, end, counter);
    if (found === undefined) return false;
    position = found + segment.length;
  }
  return true;
}

/** What stands before the first `*`, and after each. */
function splitAtRuns(pattern: Pattern): { readonly first: Segment; readonly others: readonly Segment[] } {
  const first: (string | typeof ANY_ONE)[] = [];
  const others: Segment[] = [];
  let current = first;
  for (const token of pattern) {
    if (token === ANY_RUN) {
      current = [];
      others.push(current);
    } else current.push(token);
  }
  return { first, others };
}

function matchesAt(segment: Segment, characters: readonly string[], at: number, counter: StepCounter): boolean {
  for (const [offset, token] of segment.entries()) {
    counter.steps += 1;
    if (token !== ANY_ONE && token !== characters[at + offset]) return false;
  }
  return true;
}

/** Leftmost position of the segment within `characters[from, end)`. */
function find(
  segment: Segment,
  characters: readonly string[],
  from: number,
  end: number,
  counter: StepCounter,
): number | undefined {
  if (segment.includes(ANY_ONE)) {
    for (let at = from; at + segment.length <= end; at += 1) {
      if (matchesAt(segment, characters, at, counter)) return at;
    }
    return undefined;
  }
  const failure = failureTable(segment, counter);
  let matched = 0;
  for (let at = from; at < end || matched === segment.length; at += 1) {
    if (matched === segment.length) return at - matched;
    while (matched > 0 && segment[matched] !== characters[at]) {
      counter.steps += 1;
      matched = failure[matched - 1] ?? 0;
    }
    counter.steps += 1;
    if (segment[matched] === characters[at]) matched += 1;
  }
  return undefined;
}

/** Length of the longest proper prefix that is also a suffix, for every prefix of the segment. */
function failureTable(segment: Segment, counter: StepCounter): number[] {
  const table = [0];
  let length = 0;
  for (const token of segment.slice(1)) {
    while (length > 0 && token !== segment[length]) {
      counter.steps += 1;
      length = table[length - 1] ?? 0;
    }
    counter.steps += 1;
    if (token === segment[length]) length += 1;
    table.push(length);
  }
  return table;
}
