import type { ConditionTrace } from '../model.ts';
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

/** `StringEquals on "…:sub" expects "…", but the token has "…"`, without a full stop. */
export function expectation(trace: ConditionTrace, expected: string = alternatives(trace.expected)): string {
  const observed =
    trace.observed === undefined ? 'the token has no such claim' : `the token has ${alternatives(trace.observed)}`;
  return `${trace.operator} on "${trace.key}" expects ${expected}, but ${observed}`;
}

export function alternatives(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(' or ') || 'nothing';
}

/** `write "StringLike": {"…:sub": "…"} instead of "StringEquals": {…}`: what the admitting statement has for this claim. */
export function replacement(
  trace: ConditionTrace,
  claim: string,
  statement: TrustStatement | undefined,
): string | undefined {
  const [issuerKey, operator, value] = admittingCondition(claim, statement) ?? [];
  if (issuerKey === undefined || operator === undefined || value === undefined) return undefined;
  const written = trace.expected.length === 1 ? trace.expected[0] : trace.expected;
  return `write ${conditionText(operator, issuerKey, value)} instead of ${conditionText(trace.operator, trace.key, written)}`;
}

function admittingCondition(
  claim: string,
  statement: TrustStatement | undefined,
): readonly [key: string, operator: string, value: unknown] | undefined {
  for (const [operator, block] of Object.entries(statement?.Condition ?? {})) {
    for (const [key, value] of Object.entries(block)) {
      if (key.endsWith(`:${claim}`)) return [key, operator, value];
    }
  }
  return undefined;
}

function conditionText(operator: string, key: string, value: unknown): string {
  return `"${operator}": {${JSON.stringify(key)}: ${JSON.stringify(value)}}`;
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
