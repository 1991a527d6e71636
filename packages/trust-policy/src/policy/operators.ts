import { ARNS, type Comparison, equalTexts, IP_ADDRESSES, LIKE_TEXTS, typed, type Variables } from './comparison.ts';
import { parseDate } from './date.ts';
import { compareDecimals, type Decimal, parseDecimal } from './decimal.ts';
import type { ComparisonResult } from './verdict.ts';

/** A parsed condition operator. */
export interface ConditionOperator {
  /** Name without prefix and suffix, e.g. `StringLike`. */
  readonly base: string;
  readonly set: 'ForAnyValue' | 'ForAllValues' | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
}

interface Operator {
  readonly negated: boolean;
  readonly comparison: Comparison;
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...both(
    'StringEquals',
    'StringNotEquals',
    equalTexts('StringEquals', (text) => text),
  ),
  ...both(
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    equalTexts('StringEqualsIgnoreCase', (text) => text.toLowerCase()),
  ),
  ...both('StringLike', 'StringNotLike', LIKE_TEXTS),
  ...both(
    'NumericEquals',
    'NumericNotEquals',
    number((order) => order === 0),
  ),
  ...one(
    'NumericLessThan',
    number((order) => order < 0),
  ),
  ...one(
    'NumericLessThanEquals',
    number((order) => order <= 0),
  ),
  ...one(
    'NumericGreaterThan',
    number((order) => order > 0),
  ),
  ...one(
    'NumericGreaterThanEquals',
    number((order) => order >= 0),
  ),
  ...both(
    'DateEquals',
    'DateNotEquals',
    date((order) => order === 0),
  ),
  ...one(
    'DateLessThan',
    date((order) => order < 0),
  ),
  ...one(
    'DateLessThanEquals',
    date((order) => order <= 0),
  ),
  ...one(
    'DateGreaterThan',
    date((order) => order > 0),
  ),
  ...one(
    'DateGreaterThanEquals',
    date((order) => order >= 0),
  ),
  ...one(
    'Bool',
    typed('a boolean', parseBoolean, (observed, expected) => observed === expected),
  ),
  ...one(
    'BinaryEquals',
    typed('base64', parseBase64, (observed, expected) => observed === expected),
  ),
  ...both('IpAddress', 'NotIpAddress', IP_ADDRESSES),
  // IAM guide, "ARN condition operators": ArnEquals and ArnLike behave identically.
  ...both('ArnEquals', 'ArnNotEquals', ARNS),
  ...both('ArnLike', 'ArnNotLike', ARNS),
]);

/** Names of all operators, without prefixes and suffixes. */
export const OPERATOR_NAMES: readonly string[] = [...OPERATORS.keys(), 'Null'];

/** Parses an operator. Returns undefined if IAM has no such operator: names are case-sensitive, Null has no variants. */
export function parseOperator(text: string): ConditionOperator | undefined {
  const colon = text.indexOf(':');
  const prefix = colon === -1 ? undefined : text.slice(0, colon);
  if (prefix !== undefined && prefix !== 'ForAnyValue' && prefix !== 'ForAllValues') return undefined;
  const name = text.slice(colon + 1);
  if (name === 'Null')
    return prefix === undefined ? { base: name, set: undefined, ifExists: false, negated: false } : undefined;
  const ifExists = name.endsWith('IfExists');
  const base = ifExists ? name.slice(0, -'IfExists'.length) : name;
  const operator = OPERATORS.get(base);
  return operator && { base, set: prefix, ifExists, negated: operator.negated };
}

/**
 * Prepares the values of a condition. Returns a function that tests one value of the request against them. A plain
 * operator needs one match, a negated one needs none.
 */
export function prepareOperator(
  { base }: ConditionOperator,
  expected: readonly string[],
  variables: Variables,
): (observed: string) => ComparisonResult {
  const operator = OPERATORS.get(base);
  if (operator === undefined) return () => ({ verdict: 'unknown', note: `${base} compares no values` });
  const fits = operator.comparison.prepare(expected, variables);
  return operator.negated ? (observed) => negate(fits(observed)) : fits;
}

/** Longest values, and largest number of pairs, that are searched for a hint. */
const LONGEST_HINTED = 4096;
const MOST_HINTED = 1000;

/** Explains why none of the values matched, if the reason is easy to overlook. */
export function differenceHint(
  { base, negated }: ConditionOperator,
  expected: readonly string[],
  observed: readonly string[],
  variables: Variables,
): string | undefined {
  const hint = OPERATORS.get(base)?.comparison.hint;
  if (hint === undefined || negated || expected.length * observed.length > MOST_HINTED) return undefined;
  const short = (text: string) => text.length <= LONGEST_HINTED;
  for (const value of observed.filter(short)) {
    for (const expectedValue of expected.filter(short)) {
      const valueHint = hint(expectedValue, value, variables);
      if (valueHint !== undefined) return valueHint;
    }
  }
  return undefined;
}

function negate(result: ComparisonResult): ComparisonResult {
  if (result.verdict === 'unknown') return result;
  return { verdict: result.verdict === 'yes' ? 'no' : 'yes', note: undefined };
}

function one(name: string, comparison: Comparison): [string, Operator][] {
  return [[name, { negated: false, comparison }]];
}

function both(plain: string, negative: string, comparison: Comparison): [string, Operator][] {
  return [
    [plain, { negated: false, comparison }],
    [negative, { negated: true, comparison }],
  ];
}

function number(holds: (order: number) => boolean): Comparison {
  return typed('a number', parseDecimal, (observed: Decimal, expected) => holds(compareDecimals(observed, expected)));
}

function date(holds: (order: number) => boolean): Comparison {
  return typed('a date', parseDate, (observed: Decimal, expected) => holds(compareDecimals(observed, expected)));
}

function parseBoolean(text: string): boolean | undefined {
  const folded = text.toLowerCase();
  return folded === 'true' ? true : folded === 'false' ? false : undefined;
}

/** Global of every runtime; declared here because this package sees no runtime's types. */
declare function atob(text: string): string;

/** Decodes base64 to a string with one character per byte. */
function parseBase64(text: string): string | undefined {
  return /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) ? atob(text) : undefined;
}
