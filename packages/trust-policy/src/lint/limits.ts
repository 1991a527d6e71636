import { type Limit, namesOne, subjectSubstitute } from '../ci-systems/owner.ts';
import { type ValueReading, valueBeginning } from '../ci-systems/value-beginning.ts';
import { coversAction } from '../policy/action.ts';
import {
  hasWildcards,
  isStringComparison,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  requiresValue,
} from './rule.ts';

/** A statement of a policy, and one of its issuers without the scheme. */
export interface Place {
  readonly policy: LintedPolicy;
  readonly statement: LintedStatement;
  readonly issuer: string;
}

/** Whether a condition of the statement, or a Deny of all others, limits it to jobs of one owner or scope. */
export function isLimited(limit: Limit, { policy, statement, issuer }: Place): boolean {
  return (
    statement.conditions.some((condition) => limits(limit, condition, { policy, issuer })) ||
    policy.statements.some((other) => deniesOthers(limit, other, { policy, statement, issuer }))
  );
}

interface Reader {
  readonly policy: LintedPolicy;
  readonly issuer: string;
}

export function limits(limit: Limit, condition: LintedCondition, reader: Reader): boolean {
  const isRequired = requiresValue(condition) || requiresNumber(condition);
  return isRequired && namesOnly(limit, condition, reader);
}

/** Whether each value of the condition names one owner or scope. The values are alternatives. */
function namesOnly(limit: Limit, condition: LintedCondition, reader: Reader): boolean {
  const { values } = condition.condition;
  return (
    isClaimOf(condition, reader.issuer) &&
    values.length > 0 &&
    values.every((value) => names(limit, condition, value, reader))
  );
}

export function names(limit: Limit, condition: LintedCondition, value: string, { policy, issuer }: Reader): boolean {
  const substitute = subjectSubstitute(condition.claim);
  const folded = condition.operator?.base.endsWith('IgnoreCase') ? value.toLowerCase() : value;
  const beginning = valueBeginning(folded, readingOf(condition, policy));
  // A substitute names a workflow, with any caller.
  if (substitute !== undefined) return limit === 'scope' && substitute.namesScope(beginning.text);
  return namesOne(limit, { issuer, claim: condition.claim ?? '', value: folded, beginning });
}

export function readingOf(condition: LintedCondition, { document }: LintedPolicy): ValueReading {
  return { hasWildcards: hasWildcards(condition), hasVariables: document.version === '2012-10-17' };
}

/** Ids are numbers in most tokens, so a numeric comparison names them as well. */
function requiresNumber({ operator }: LintedCondition): boolean {
  return operator?.base === 'NumericEquals' && !operator.ifExists && operator.set !== 'ForAllValues';
}

/** Whether a Deny refuses every job of the issuer except those of one owner or scope. */
function deniesOthers(limit: Limit, deny: LintedStatement, { policy, statement, issuer }: Place): boolean {
  const { effect, action } = deny.statement;
  return (
    effect === 'Deny' &&
    coversAction(action, 'sts:AssumeRoleWithWebIdentity') &&
    coversPrincipals(deny, statement, issuer) &&
    deny.conditions.length > 0 &&
    deny.conditions.every(
      (condition) =>
        condition.operator?.negated === true &&
        condition.operator.set === undefined &&
        condition.operator.base.startsWith('String') &&
        namesOnly(limit, condition, { policy, issuer }),
    )
  );
}

function coversPrincipals(deny: LintedStatement, allow: LintedStatement, issuer: string): boolean {
  const { everyone, negated, entries } = deny.statement.principal;
  if (negated) return false;
  if (everyone || entries.some(({ type, values }) => type === 'AWS' && values.includes('*'))) return true;
  const denied = new Set(deny.federated.map(({ value }) => value));
  return allow.federated.every(({ value, issuerPath }) => issuerPath !== issuer || denied.has(value));
}

/**
 * Whether a condition is on a claim of the issuer. A claim with a mistake before it counts too. Its value decides once
 * the mistake is corrected; until then the statement admits nobody.
 */
export function isClaimOf({ key }: LintedCondition, issuer: string): boolean {
  if (key.kind === 'claim') return key.issuer === issuer;
  return key.kind === 'scheme' || key.kind === 'provider-arn' || key.kind === 'other-issuer';
}

export function requiresOtherIssuer(condition: LintedCondition, issuer: string): boolean {
  const { key } = condition;
  return key.kind === 'claim' && key.issuer !== issuer && isStringComparison(condition) && requiresValue(condition);
}
