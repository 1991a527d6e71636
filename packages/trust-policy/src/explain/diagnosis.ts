import { alternatives } from '../alternatives.ts';
import type { ConditionTrace } from '../model.ts';
import { parseOperator } from '../operators.ts';
import type { TrustStatement } from '../trust-statement.ts';
import type { CauseId } from './causes.ts';

/** One cause in words. */
export interface Diagnosis {
  readonly cause: CauseId;
  /** Full sentences naming both sides: what the policy expects and what the token has. */
  readonly summary: string;
  /** Full sentences: what to change. */
  readonly fix: string;
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

/** `write "StringLike": {"…:sub": "…"} instead of "StringEquals": {…}`: what the admitting statement has for this claim. */
export function replacement(trace: ConditionTrace, claim: string, statement: TrustStatement): string | undefined {
  const written = trace.expected.length === 1 ? trace.expected[0] : trace.expected;
  const [admitting] = Object.entries(statement.Condition).flatMap(([operator, block]) =>
    Object.entries(block)
      .filter(([key]) => key.endsWith(`:${claim}`))
      .map(([key, value]) => conditionText(operator, key, value)),
  );
  return admitting && `write ${admitting} instead of ${conditionText(trace.operator, trace.key, written)}`;
}

/** The same, or what comes nearest to it. */
export function rewriting(trace: ConditionTrace, claim: string, statement: TrustStatement): string {
  return replacement(trace, claim, statement) ?? `let the condition match the claim "${claim}" of the token`;
}

function conditionText(operator: string, key: string, value: unknown): string {
  return `"${operator}": {${JSON.stringify(key)}: ${JSON.stringify(value)}}`;
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
