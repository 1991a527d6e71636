import { pairs } from '../text/pairs.ts';
import { type Matcher, matchesPattern, patternMatcher, wildcardPattern } from './glob.ts';
import { blockContains, parseAddress, parseAddressBlock } from './ip-address.ts';
import { type Expansion, expandValue } from './policy-variables.ts';
import type { RequestContext } from './request-context.ts';
import { allOf, type ComparisonResult, fromBoolean, NO, unknown, unknownValue } from './verdict.ts';

/** Variables of the request, or undefined if the policy's version has none. */
export type Variables = RequestContext | undefined;

/** Comparison of one kind of values. */
export interface Comparison {
  /**
   * Prepares the values of the policy. Returns a function that tests whether one of them fits a value of the request.
   */
  prepare(expected: readonly string[], variables: Variables): (observed: string) => ComparisonResult;
  /** Explains a difference that is easy to overlook between a value of the policy and one of the request. */
  hint?(expected: string, observed: string, variables: Variables): string | undefined;
}

/** A parsed value, or the result of every comparison with it. */
type Reading<T> = { readonly value: T } | { readonly result: ComparisonResult };

interface ValueReaders<Expected, Observed> {
  readExpected(text: string, variables: Variables): Reading<Expected>;
  readObserved(text: string): Reading<Observed>;
  compare(observed: Observed, expected: Expected): ComparisonResult;
}

/** Makes a comparison that parses each value of the policy once. */
function anyValue<Expected, Observed>(readers: ValueReaders<Expected, Observed>): Comparison['prepare'] {
  return (texts, variables) => {
    const expected = texts.map((text) => readers.readExpected(text, variables));
    return (text) => {
      const observed = readers.readObserved(text);
      let combined = NO;
      for (const expectedValue of expected) {
        const result = compareReadings(expectedValue, observed, readers);
        if (result.verdict === 'yes') return result;
        if (combined.verdict === 'no' && (result.verdict === 'unknown' || combined.note === undefined)) {
          combined = result;
        }
      }
      return combined;
    };
  };
}

function compareReadings<Expected, Observed>(
  expected: Reading<Expected>,
  observed: Reading<Observed>,
  readers: ValueReaders<Expected, Observed>,
): ComparisonResult {
  if ('result' in expected) return expected.result;
  return 'result' in observed ? observed.result : readers.compare(observed.value, expected.value);
}

export function equalTexts(name: string, fold: (text: string) => string): Comparison {
  return {
    prepare: anyValue<string, string>({
      readExpected: (text, variables) =>
        readPattern(text, { wildcards: false, variables }, (all) => fold(all.join(''))),
      readObserved: (text) => ({ value: fold(text) }),
      compare: (observed, expected) => fromBoolean(observed === expected),
    }),
    hint(expected, observed, variables) {
      const expansion = expandValue(expected, { wildcards: false, variables });
      if (expansion.kind !== 'pattern') return undefined;
      const text = expansion.pattern.join('');
      if (matchesPattern(wildcardPattern(text), observed)) {
        return `${name} takes "*" and "?" literally; StringLike would match`;
      }
      return text.toLowerCase() === observed.toLowerCase() ? CASE_ONLY : undefined;
    },
  };
}

export const LIKE_TEXTS: Comparison = {
  prepare: anyValue<Matcher, readonly string[]>({
    readExpected: (text, variables) => readPattern(text, { wildcards: true, variables }, patternMatcher),
    readObserved: (text) => ({ value: Array.from(text) }),
    compare: (observed, matches) => fromBoolean(matches(observed)),
  }),
  hint(expected, observed, variables) {
    const expansion = expandValue(expected, { wildcards: true, variables });
    if (expansion.kind !== 'pattern') return undefined;
    const folded = expansion.pattern.map((token) => (typeof token === 'string' ? token.toLowerCase() : token));
    return matchesPattern(folded, observed.toLowerCase()) ? CASE_ONLY : undefined;
  },
};

const CASE_ONLY = 'they differ only in upper and lower case, and this operator distinguishes them';

/** Compares two values of one type. IAM documents no result for text of another type. */
export function typed<T>(
  type: string,
  parse: (text: string) => T | undefined,
  holds: (observed: T, expected: T) => boolean,
): Comparison {
  const read = (text: string, side: string): Reading<T> => {
    const value = parse(text);
    return value === undefined ? { result: unknown(`the ${side}'s value is not ${type}`) } : { value };
  };
  return {
    prepare: anyValue<T, T>({
      readExpected: (text) => read(text, 'policy'),
      readObserved: (text) => read(text, 'request'),
      compare: (observed, expected) => fromBoolean(holds(observed, expected)),
    }),
  };
}

export const IP_ADDRESSES: Comparison = {
  prepare: anyValue({
    readExpected: (text) => readOr(parseAddressBlock(text), "the policy's value is not an IP address or CIDR block"),
    readObserved: (text) => readOr(parseAddress(text), "the request's value is not an IP address"),
    compare: (address, block) => fromBoolean(blockContains(block, address)),
  }),
};

/** Matches each of the six parts of an ARN separately. Each may contain `*` and `?` (IAM guide, "ARN condition operators"). */
export const ARNS: Comparison = {
  prepare: anyValue<readonly Reading<Matcher>[], readonly (readonly string[])[]>({
    readExpected(text, variables) {
      const parts = arnParts(text)?.map((part) => readPattern(part, { wildcards: true, variables }, patternMatcher));
      return readOr(parts, "the policy's value is not an ARN");
    },
    readObserved(text) {
      const parts = arnParts(text);
      return parts === undefined ? { result: NO } : { value: parts.map((part) => Array.from(part)) };
    },
    compare: (observed, expected) =>
      allOf(
        pairs(expected, observed).map(([part, characters]) =>
          'result' in part ? part.result : fromBoolean(part.value(characters)),
        ),
      ),
  }),
};

function readOr<T>(value: T | undefined, note: string): Reading<T> {
  return value === undefined ? { result: unknown(note) } : { value };
}

function readPattern<T>(
  text: string,
  options: { readonly wildcards: boolean; readonly variables: Variables },
  use: (pattern: Extract<Expansion, { kind: 'pattern' }>['pattern']) => T,
): Reading<T> {
  const expansion = expandValue(text, options);
  switch (expansion.kind) {
    case 'pattern':
      return { value: use(expansion.pattern) };
    case 'unknown':
      return { result: unknown(expansion.reason) };
    case 'unknown-value':
      return { result: unknownValue(expansion.variable, expansion.reason) };
    case 'no-value':
      return {
        result: { ...NO, note: `the request has no ${expansion.variable}, so nothing equals the policy variable` },
      };
  }
}

/** A part of an ARN. Colons inside `${…}` are not separators. */
const ARN_PART = String.raw`((?:\$\{[^}]*\}|\$(?!\{)|[^:$])*)`;
const ARN = new RegExp(`^(arn):${ARN_PART}:${ARN_PART}:${ARN_PART}:${ARN_PART}:(.*)$`, 's');

/** The five parts before and the one after the fifth colon. */
function arnParts(text: string): string[] | undefined {
  return ARN.exec(text)?.slice(1);
}
