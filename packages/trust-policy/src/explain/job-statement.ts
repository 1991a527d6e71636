import { hasWildcards, requiresValue } from '../lint/rule.ts';
import { matchesPattern, wildcardPattern } from '../policy/glob.ts';
import { type StatedCondition, type TrustStatement, withConditions } from '../token/trust-statement.ts';
import type { Candidate, JudgedCondition } from './candidate.ts';
import { statedConditions } from './diagnosis.ts';
import { mayHold } from './explanation.ts';

/**
 * Returns the statement for one job with the conditions of another statement that hold, or may hold. It drops those on
 * the audience. It keeps those on the subject only if they are narrower than the job's own.
 */
export function withHeldConditions(admitting: TrustStatement, nearest: Candidate): TrustStatement {
  const heldConditions = nearest.conditions.filter(({ trace }) => mayHold(trace));
  const others = heldConditions.filter(
    ({ linted }) => !isAbout(linted.claim, ['sub', 'aud', 'oaud']) || !requiresValue(linted),
  );
  const subjects = heldConditions.filter(({ linted }) => linted.claim === 'sub' && requiresValue(linted));
  const withOthers = withConditions(
    admitting,
    others.map(({ trace }) => trace),
  );
  return subjects.reduce((statement, { linted, trace }) => {
    const own = statedConditions(statement).find(
      ({ key, operator }) => key.endsWith(':sub') && operator === 'StringLike',
    );
    // An exact subject is narrower than any other condition that holds for it.
    return own === undefined
      ? statement
      : alsoLimited(statement, own.values, { trace, wildcards: hasWildcards(linted) });
  }, withOthers);
}

function isAbout(claim: string | undefined, claims: readonly string[]): boolean {
  return claim !== undefined && claims.includes(claim);
}

/** Limits the open subject of a statement by a further condition on it. */
function alsoLimited(
  statement: TrustStatement,
  patterns: readonly string[],
  { trace, wildcards }: { readonly trace: JudgedCondition['trace']; readonly wildcards: boolean },
): TrustStatement {
  const { operator, key, expected } = trace;
  if (expected.some((value) => patterns.includes(value))) return statement;
  const isNarrower = expected.every((value) =>
    patterns.some((pattern) => matchesPattern(wildcardPattern(pattern), value)),
  );
  if (isNarrower && wildcards && operator === 'StringLike') return replaced(statement, trace);
  // One operator has one condition on a key, and a single value fulfils ForAnyValue like the plain operator.
  const slot = operator === 'StringLike' ? 'ForAnyValue:StringLike' : operator;
  return withConditions(statement, [{ operator: slot, key, expected }]);
}

function replaced(statement: TrustStatement, { operator, key, expected }: StatedCondition): TrustStatement {
  const { [operator]: _, ...Condition } = statement.Condition;
  return withConditions({ ...statement, Condition }, [{ operator, key, expected }]);
}
