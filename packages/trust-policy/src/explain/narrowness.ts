import type { WrittenCondition } from '../fix/edits.ts';
import { type LintedCondition, lintedCondition, requiresValue } from '../lint/rule.ts';
import { issuerPath } from '../policy/arn.ts';
import { equalsInLike } from '../policy/literal.ts';
import type { Condition, RoleStatement } from '../policy/policy-document.ts';
import type { TokenIdentity } from '../token/statement-for.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import { statedConditions } from './diagnosis.ts';

/** The one job that a fix is about. */
export interface Job {
  readonly identity: TokenIdentity;
  /** Statement that admits only this job. */
  readonly admitting: TrustStatement;
  /** Whether that statement names the job's owner. */
  readonly namesOwner: boolean;
}

/**
 * Whether a changed statement admits no additional tokens except those of one job. Judged by the form of the two
 * statements, so false can also mean unknown.
 */
export function isNarrow(before: RoleStatement, after: RoleStatement, job: Job): boolean {
  if (!job.namesOwner) return false;
  return admitsOnly(after, job) || onlyAddsSubject(before, after, job);
}

/** Whether every token that a statement admits is one of the job. */
function admitsOnly(statement: RoleStatement, job: Job): boolean {
  return limits(job).every(({ operator, key, values }) =>
    statement.conditions
      .map((condition) => linted(condition, job))
      .some(
        (condition) =>
          isRequired(condition, key) &&
          condition.operator?.base === operator &&
          condition.condition.values.length > 0 &&
          condition.condition.values.every((value) => values.includes(value)),
      ),
  );
}

/** Conditions of the admitting statement that limit it to the job. */
function limits({ admitting, identity }: Job) {
  return statedConditions(admitting).filter(({ key }) => key !== `${issuerPath(identity.issuer)}:aud`);
}

/** Whether the job's subject was added to one condition and nothing else was changed. */
function onlyAddsSubject(before: RoleStatement, after: RoleStatement, job: Job): boolean {
  const [subject, ...more] = limits(job);
  if (subject === undefined || more.length > 0 || frame(before) !== frame(after)) return false;
  const [from, ...others] = conditionsNotIn(before.conditions, after.conditions);
  const [to, ...further] = conditionsNotIn(after.conditions, before.conditions);
  if (from === undefined || to === undefined || others.length > 0 || further.length > 0) return false;
  return addsOnly(linted(from, job), linted(to, job), subject);
}

function addsOnly(from: LintedCondition, to: LintedCondition, subject: WrittenCondition): boolean {
  if (!isRequired(from, subject.key) || !isRequired(to, subject.key)) return false;
  const operatorValues = (values: readonly string[], operator: string | undefined) =>
    operator === to.operator?.base ? values : values.map(equalsInLike);
  const allowed = [
    ...operatorValues(from.condition.values, from.operator?.base),
    ...operatorValues(subject.values, subject.operator),
  ];
  return to.condition.values.every((value) => allowed.includes(value));
}

/** Whether a condition requires a value of that key, compared literally. */
function isRequired(condition: LintedCondition, key: string): boolean {
  const base = condition.operator?.base;
  return (
    condition.key.kind === 'claim' &&
    condition.condition.key.toLowerCase() === key.toLowerCase() &&
    (base === 'StringEquals' || base === 'StringLike') &&
    requiresValue(condition)
  );
}

function linted(condition: Condition, { identity }: Job): LintedCondition {
  return lintedCondition(condition, [issuerPath(identity.issuer)]);
}

/** The statement without its conditions, as text to compare. */
function frame({ effect, principal, action }: RoleStatement): string {
  return JSON.stringify([effect, principal, action]);
}

/** Conditions that are only in the first list. */
function conditionsNotIn(conditions: readonly Condition[], others: readonly Condition[]): Condition[] {
  const otherTexts = new Set(others.map((one) => JSON.stringify([one.operator, one.key, one.values])));
  return conditions.filter((one) => !otherTexts.has(JSON.stringify([one.operator, one.key, one.values])));
}
