import { oneOrMany, writeElement } from '../fix/edits.ts';
import { type LintedCondition, type LintedStatement, lintedCondition } from '../lint/rule.ts';
import { issuerPath } from '../policy/arn.ts';
import type { ConditionTrace, StatementTrace } from '../policy/model.ts';
import { pairs } from '../text/pairs.ts';
import type { Change } from './diagnosis.ts';

/** A condition with the result of its evaluation. */
export interface JudgedCondition {
  /** Its key is read for the token's issuer: the statement may trust another one. */
  readonly linted: LintedCondition;
  readonly trace: ConditionTrace;
}

/** A statement of the policy with the result of its evaluation. */
export interface Candidate {
  readonly linted: LintedStatement;
  readonly traced: StatementTrace;
  readonly conditions: readonly JudgedCondition[];
}

export function candidateOf(linted: LintedStatement, traced: StatementTrace, issuer: string): Candidate {
  const conditions = pairs(linted.statement.conditions, traced.conditions).map(([condition, trace]) => ({
    linted: lintedCondition(condition, [issuerPath(issuer)]),
    trace,
  }));
  return { linted, traced, conditions };
}

/** Returns the change that lets a statement allow one more action. Undefined for NotAction, which lists what it does not allow. */
export function addingAction({ linted, traced }: Candidate, name: string): Change | undefined {
  const { action, pointer, principal } = linted.statement;
  if (action.negated) return undefined;
  const isFederated = principal.entries.every(({ type }) => type === 'Federated');
  // No federated principal can use sts:AssumeRole; others keep it.
  const keptPatterns = action.patterns.filter((pattern) => !(isFederated && /^sts:AssumeRole$/i.test(pattern)));
  const edit = writeElement(pointer, 'Action', oneOrMany([...keptPatterns, name]));
  return () => ({ ...edit, text: `${edit.text} in ${traced.path}` });
}
