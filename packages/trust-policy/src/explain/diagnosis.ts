import type { LintedCondition } from '../lint/rule.ts';
import type { Claims, ConditionTrace } from '../policy/model.ts';
import { parseOperator } from '../policy/operators.ts';
import { alternatives } from '../text/alternatives.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import type { CauseId } from './causes.ts';

/** A cause with its explanation. */
export interface Diagnosis {
  readonly cause: CauseId;
  /** Full sentences that quote both sides: the policy's value and the token's. */
  readonly summary: string;
  /** Full sentences. */
  readonly fix: string;
}

/** A condition that fails, with its context. */
export interface ConditionQuestion {
  readonly trace: ConditionTrace;
  readonly linted: LintedCondition;
  readonly claims: Claims;
  readonly sub: string;
  /** The statement that would admit the token. */
  readonly statement: TrustStatement;
}

/**
 * Returns `StringEquals on "…:sub" expects "…", but the token has "…"`, without a full stop.
 *
 * @param holder owner of the key: `the request` for a global key
 */
export function expectation(
  trace: ConditionTrace,
  expected: string = alternatives(trace.expected),
  holder: 'the token' | 'the request' = 'the token',
): string {
  const { operator, key, observed } = trace;
  if (observed === undefined) {
    const what = holder === 'the token' ? 'claim' : 'key';
    return `${operator} on "${key}" expects ${expected}, but ${holder} has no such ${what}`;
  }
  return parseOperator(operator)?.negated
    ? `${operator} on "${key}" excludes ${expected}, and ${holder} has ${alternatives(observed)}`
    : `${operator} on "${key}" expects ${expected}, but ${holder} has ${alternatives(observed)}`;
}

/**
 * Returns `write "StringLike": {"…:sub": "…"} instead of "StringEquals": {…}`, with the admitting statement's value for this
 * claim. Other values of the condition stay, because they admit other jobs.
 *
 * @param mistaken value to replace; if absent, the new value is added
 */
export function replacement(
  trace: ConditionTrace,
  claim: string,
  statement: TrustStatement,
  mistaken?: string,
): string | undefined {
  const written = trace.expected.length === 1 ? trace.expected[0] : trace.expected;
  const [admitting] = Object.entries(statement.Condition).flatMap(([operator, block]) =>
    Object.entries(block)
      .filter(([key]) => key.endsWith(`:${claim}`))
      .map(([key, value]) => ({ key, ...amongOthers(trace, { operator, value }, mistaken) })),
  );
  return (
    admitting &&
    `write ${conditionText(admitting.operator, admitting.key, admitting.value)} instead of ${conditionText(trace.operator, trace.key, written)}`
  );
}

interface Requirement {
  readonly operator: string;
  readonly value: string | readonly string[];
}

/** Adds the admitting value to a condition with several values, or puts it in the place of the mistaken one. */
function amongOthers(trace: ConditionTrace, admitting: Requirement, mistaken: string | undefined): Requirement {
  const { operator, expected } = trace;
  if (expected.length < 2 || !/^(?:For\w+:)?String(?:Like|Equals)/.test(operator)) return admitting;
  const like = operator.includes('Like') || admitting.operator === 'StringLike';
  const added = [admitting.value].flat().map((value) => (like ? inLike(value, admitting.operator) : value));
  const kept = expected.filter((value) => value !== mistaken && !added.includes(value));
  const [only = '', ...more] = [...kept, ...added];
  return {
    operator: like ? operator.replace(/Equals(?:IgnoreCase)?/, 'Like') : operator,
    value: more.length === 0 ? only : [only, ...more],
  };
}

/** Converts a value of either operator to one of StringLike. */
function inLike(value: string, operator: string): string {
  return operator === 'StringLike' ? value : value.replaceAll(/[*?]/g, (wildcard) => `\${${wildcard}}`);
}

/** Returns that replacement, or a general fix if the admitting statement has no condition on the claim. */
export function rewriting(trace: ConditionTrace, claim: string, statement: TrustStatement, mistaken?: string): string {
  return replacement(trace, claim, statement, mistaken) ?? `let the condition match the claim "${claim}" of the token`;
}

function conditionText(operator: string, key: string, value: unknown): string {
  return `"${operator}": {${JSON.stringify(key)}: ${JSON.stringify(value)}}`;
}

/** @param both clause that quotes both sides */
export function equalsWithWildcard(both: string, operator: string, fix: string): Diagnosis {
  const summary = `${both}. ${operator} takes "*" and "?" literally; only StringLike reads them as wildcards.`;
  return { cause: 'equals-with-wildcard', summary, fix };
}

/** @param both clause that quotes both sides */
export function caseMismatch(both: string, fix: string): Diagnosis {
  const summary = `${both}. They differ only in upper and lower case, which counts.`;
  return { cause: 'case-mismatch', summary, fix };
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
