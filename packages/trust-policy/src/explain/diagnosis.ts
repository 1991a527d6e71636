import type { LintedCondition } from '../lint/rule.ts';
import type { Claims, ConditionTrace } from '../policy/model.ts';
import { parseOperator } from '../policy/operators.ts';
import { alternatives } from '../text/alternatives.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import type { CauseId } from './causes.ts';

/** One cause in words. */
export interface Diagnosis {
  readonly cause: CauseId;
  /** Full sentences naming both sides: what the policy expects and what the token has. */
  readonly summary: string;
  /** Full sentences: what to change. */
  readonly fix: string;
}

/** What is asked about one condition that fails. */
export interface ConditionQuestion {
  readonly trace: ConditionTrace;
  readonly linted: LintedCondition;
  readonly claims: Claims;
  readonly sub: string;
  /** The statement that would admit the token. */
  readonly statement: TrustStatement;
}

/**
 * `StringEquals on "…:sub" expects "…", but the token has "…"`, without a full stop.
 *
 * @param holder what the key is of: `the token`, or `the request` for a global key.
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
 * `write "StringLike": {"…:sub": "…"} instead of "StringEquals": {…}`: what the admitting statement has for this claim. Of
 * several values all others stay, because they admit others.
 *
 * @param mistaken the one of several values that is to go; without it the new one is added.
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
      .map(([key, value]) => ({ key, ...besideOthers(trace, { operator, value }, mistaken) })),
  );
  return (
    admitting &&
    `write ${conditionText(admitting.operator, admitting.key, admitting.value)} instead of ${conditionText(trace.operator, trace.key, written)}`
  );
}

interface Demand {
  readonly operator: string;
  readonly value: string | readonly string[];
}

/** What a condition with several values has to say so that it demands one more, or one in the place of another. */
function besideOthers(trace: ConditionTrace, admitting: Demand, mistaken: string | undefined): Demand {
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

/** What StringEquals takes literally, in the words of StringLike. */
function inLike(value: string, operator: string): string {
  return operator === 'StringLike' ? value : value.replaceAll(/[*?]/g, (wildcard) => `\${${wildcard}}`);
}

/** The same, or what comes nearest to it. */
export function rewriting(trace: ConditionTrace, claim: string, statement: TrustStatement, mistaken?: string): string {
  return replacement(trace, claim, statement, mistaken) ?? `let the condition match the claim "${claim}" of the token`;
}

function conditionText(operator: string, key: string, value: unknown): string {
  return `"${operator}": {${JSON.stringify(key)}: ${JSON.stringify(value)}}`;
}

/** @param saying both sides, without a full stop */
export function equalsWithWildcard(saying: string, operator: string, fix: string): Diagnosis {
  const summary = `${saying}. ${operator} takes "*" and "?" literally; only StringLike reads them as wildcards.`;
  return { cause: 'equals-with-wildcard', summary, fix };
}

/** @param saying both sides, without a full stop */
export function caseMismatch(saying: string, fix: string): Diagnosis {
  const summary = `${saying}. They differ only in upper and lower case, which counts.`;
  return { cause: 'case-mismatch', summary, fix };
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
