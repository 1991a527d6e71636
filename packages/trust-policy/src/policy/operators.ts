import { pairs } from '../text/pairs.ts';
import { matchesPattern, type Pattern, wildcardPattern } from './glob.ts';
import { blockContains, parseAddress, parseAddressBlock } from './ip-address.ts';
import { type Expansion, expandValue } from './policy-variables.ts';
import { type RequestContext, whyUnknown } from './request-context.ts';

/** `unknown` is what IAM documents no answer for, or takes a value to answer that is not known here: the evaluator lets it neither fulfil an Allow nor void a Deny. */
export type Verdict = 'yes' | 'no' | 'unknown';

/** A parsed condition operator. */
export interface ConditionOperator {
  /** Name without prefix and suffix, e.g. `StringLike`. */
  readonly base: string;
  readonly set: 'ForAnyValue' | 'ForAllValues' | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
}

export interface ComparisonResult {
  readonly verdict: Verdict;
  readonly note: string | undefined;
  /** Present with `unknown` if the value of this key of the request would decide. */
  readonly unknownKey?: string;
}

/** Compares one value of the policy with one value of the request. Variables are those of the request, or undefined. */
type Compare = (expected: string, observed: string, variables: RequestContext | undefined) => ComparisonResult;

interface Operator {
  readonly negated: boolean;
  readonly compare: Compare;
}

export const YES: ComparisonResult = { verdict: 'yes', note: undefined };
export const NO: ComparisonResult = { verdict: 'no', note: undefined };

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...both(
    'StringEquals',
    'StringNotEquals',
    stringEquals('StringEquals', (text) => text),
  ),
  ...both(
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    stringEquals('StringEqualsIgnoreCase', (text) => text.toLowerCase()),
  ),
  ...both('StringLike', 'StringNotLike', stringLike),
  ...both(
    'NumericEquals',
    'NumericNotEquals',
    ordered('a number', parseNumber, (observed, expected) => observed === expected),
  ),
  ...one(
    'NumericLessThan',
    ordered('a number', parseNumber, (observed, expected) => observed < expected),
  ),
  ...one(
    'NumericLessThanEquals',
    ordered('a number', parseNumber, (observed, expected) => observed <= expected),
  ),
  ...one(
    'NumericGreaterThan',
    ordered('a number', parseNumber, (observed, expected) => observed > expected),
  ),
  ...one(
    'NumericGreaterThanEquals',
    ordered('a number', parseNumber, (observed, expected) => observed >= expected),
  ),
  ...both(
    'DateEquals',
    'DateNotEquals',
    ordered('a date', parseDate, (observed, expected) => observed === expected),
  ),
  ...one(
    'DateLessThan',
    ordered('a date', parseDate, (observed, expected) => observed < expected),
  ),
  ...one(
    'DateLessThanEquals',
    ordered('a date', parseDate, (observed, expected) => observed <= expected),
  ),
  ...one(
    'DateGreaterThan',
    ordered('a date', parseDate, (observed, expected) => observed > expected),
  ),
  ...one(
    'DateGreaterThanEquals',
    ordered('a date', parseDate, (observed, expected) => observed >= expected),
  ),
  ...one(
    'Bool',
    ordered('a boolean', parseBoolean, (observed, expected) => observed === expected),
  ),
  ...one(
    'BinaryEquals',
    ordered('base64', parseBase64, (observed, expected) => observed === expected),
  ),
  ...both('IpAddress', 'NotIpAddress', ipAddress),
  // IAM guide, "ARN condition operators": ArnEquals and ArnLike behave identically.
  ...both('ArnEquals', 'ArnNotEquals', arnLike),
  ...both('ArnLike', 'ArnNotLike', arnLike),
]);

/** Parses an operator. Returns undefined if IAM has no such operator: names are case-sensitive, Null has no variants. */
export function parseOperator(written: string): ConditionOperator | undefined {
  const colon = written.indexOf(':');
  const prefix = colon === -1 ? undefined : written.slice(0, colon);
  if (prefix !== undefined && prefix !== 'ForAnyValue' && prefix !== 'ForAllValues') return undefined;
  const name = written.slice(colon + 1);
  if (name === 'Null')
    return prefix === undefined ? { base: name, set: undefined, ifExists: false, negated: false } : undefined;
  const ifExists = name.endsWith('IfExists');
  const base = ifExists ? name.slice(0, -'IfExists'.length) : name;
  const operator = OPERATORS.get(base);
  return operator && { base, set: prefix, ifExists, negated: operator.negated };
}

/**
 * Whether one request value fulfils the operator for a list of policy values: any of them for a plain operator, none of
 * them for a negated one.
 */
export function compareValue(
  operator: ConditionOperator,
  expected: readonly string[],
  observed: string,
  variables: RequestContext | undefined,
): ComparisonResult {
  const found = OPERATORS.get(operator.base);
  if (found === undefined) return unknown(`${operator.base} compares no values`);
  const result = anyOf(expected.map((value) => found.compare(value, observed, variables)));
  if (!found.negated || result.verdict === 'unknown') return result;
  return { verdict: result.verdict === 'yes' ? 'no' : 'yes', note: undefined };
}

/** Combines results by or: `yes` wins over `unknown`, and `unknown` over `no`. */
export function anyOf(results: readonly ComparisonResult[]): ComparisonResult {
  return (
    results.find((result) => result.verdict === 'yes') ??
    results.find((result) => result.verdict === 'unknown') ??
    results.find((result) => result.note !== undefined) ??
    NO
  );
}

/** Combines results by and: `no` wins over `unknown`, and `unknown` over `yes`. */
export function allOf(results: readonly ComparisonResult[]): ComparisonResult {
  return (
    results.find((result) => result.verdict === 'no') ?? results.find((result) => result.verdict === 'unknown') ?? YES
  );
}

/** Returns the result for a key of the request whose value is unknown here. */
export function unknownValue(key: string): ComparisonResult {
  return { verdict: 'unknown', note: whyUnknown(key), unknownKey: key };
}

function unexpanded(expansion: Exclude<Expansion, { kind: 'pattern' }>): ComparisonResult {
  switch (expansion.kind) {
    case 'unknown':
      return unknown(expansion.reason);
    case 'unknown-value':
      return unknownValue(expansion.variable);
    case 'no-value':
      return { verdict: 'no', note: noValue(expansion.variable) };
  }
}

function unknown(note: string): ComparisonResult {
  return { verdict: 'unknown', note };
}

function one(name: string, compare: Compare): [string, Operator][] {
  return [[name, { negated: false, compare }]];
}

function both(plain: string, negative: string, compare: Compare): [string, Operator][] {
  return [
    [plain, { negated: false, compare }],
    [negative, { negated: true, compare }],
  ];
}

function stringEquals(name: string, fold: (text: string) => string): Compare {
  return (expected, observed, variables) => {
    const expansion = expandValue(expected, { wildcards: false, variables });
    if (expansion.kind !== 'pattern') return unexpanded(expansion);
    const text = expansion.pattern.join('');
    if (fold(text) === fold(observed)) return YES;
    if (matchesPattern(wildcardPattern(text), observed)) {
      return { verdict: 'no', note: `${name} takes "*" and "?" literally; StringLike would match` };
    }
    return { verdict: 'no', note: caseNote(text, observed) };
  };
}

function stringLike(expected: string, observed: string, variables: RequestContext | undefined): ComparisonResult {
  const expansion = expandValue(expected, { wildcards: true, variables });
  if (expansion.kind !== 'pattern') return unexpanded(expansion);
  if (matchesPattern(expansion.pattern, observed)) return YES;
  const folded: Pattern = expansion.pattern.map((token) => (typeof token === 'string' ? token.toLowerCase() : token));
  return matchesPattern(folded, observed.toLowerCase()) ? { verdict: 'no', note: CASE_ONLY } : NO;
}

const CASE_ONLY = 'they differ only in upper and lower case, and this operator tells those apart';

function caseNote(expected: string, observed: string): string | undefined {
  return expected.toLowerCase() === observed.toLowerCase() ? CASE_ONLY : undefined;
}

function noValue(variable: string): string {
  return `the request has no ${variable}, so nothing equals the policy variable`;
}

/** Compares two values of one type. IAM documents no result for text of another type. */
function ordered<T>(
  type: string,
  parse: (text: string) => T | undefined,
  holds: (observed: T, expected: T) => boolean,
): Compare {
  return (expected, observed) => {
    const wanted = parse(expected);
    if (wanted === undefined) return unknown(`the policy's value is not ${type}`);
    const seen = parse(observed);
    if (seen === undefined) return unknown(`the request's value is not ${type}`);
    return holds(seen, wanted) ? YES : NO;
  };
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds since 1970. W3C date formats or seconds since 1970 (IAM guide, "Date condition operators"). */
function parseDate(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
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

function ipAddress(expected: string, observed: string): ComparisonResult {
  const block = parseAddressBlock(expected);
  if (block === undefined) return unknown("the policy's value is not an IP address or CIDR block");
  const address = parseAddress(observed);
  if (address === undefined) return unknown("the request's value is not an IP address");
  return blockContains(block, address) ? YES : NO;
}

/** Matches each of the six parts of an ARN separately. Each may contain `*` and `?` (IAM guide, "ARN condition operators"). */
function arnLike(expected: string, observed: string, variables: RequestContext | undefined): ComparisonResult {
  const wanted = arnParts(expected);
  if (wanted === undefined) return unknown("the policy's value is not an ARN");
  const seen = arnParts(observed);
  if (seen === undefined) return NO;
  return allOf(
    pairs(wanted, seen).map(([part, observedPart]) => {
      const expansion = expandValue(part, { wildcards: true, variables });
      if (expansion.kind !== 'pattern') return unexpanded(expansion);
      return matchesPattern(expansion.pattern, observedPart) ? YES : NO;
    }),
  );
}

/** A part of an ARN. Colons inside `${…}` are not separators. */
const ARN_PART = String.raw`((?:\$\{[^}]*\}|\$(?!\{)|[^:$])*)`;
const ARN = new RegExp(`^(arn):${ARN_PART}:${ARN_PART}:${ARN_PART}:${ARN_PART}:(.*)$`, 's');

/** The five parts before and the one after the fifth colon. */
function arnParts(text: string): string[] | undefined {
  return ARN.exec(text)?.slice(1);
}
