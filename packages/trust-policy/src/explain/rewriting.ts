import { removeCondition, rewriteCondition, type WrittenCondition } from '../fix/edits.ts';
import { equalsInLike } from '../policy/literal.ts';
import type { ConditionTrace } from '../policy/model.ts';
import { parseOperator } from '../policy/operators.ts';
import { admittingCondition, type Change, type ConditionQuestion } from './diagnosis.ts';

/**
 * Returns the change that writes the admitting statement's value for a claim into a condition. Other values stay, because
 * they admit other jobs, and mean what they mean now.
 *
 * @param mistaken value to replace; if absent, the new value is added
 * @returns undefined if the condition cannot hold both
 */
export function admitting(question: ConditionQuestion, claim: string, mistaken?: string): Change | undefined {
  const { trace, hasVariables } = question;
  const wanted = admittingCondition(question.admitting, claim);
  if (wanted === undefined) return undefined;
  const kept = trace.expected.filter((value) => value !== mistaken);
  // A condition that passes without its key admits tokens of other issuers, which a plain one would shut out.
  if (passesWithoutKey(trace.operator)) return undefined;
  // A value that ignores case can be a token's where the same value in this case is not.
  if (parseOperator(trace.operator)?.base === 'StringEqualsIgnoreCase') return undefined;
  const written = kept.length === 0 ? wanted : beside(trace.operator, kept, wanted, hasVariables);
  return written && rewriting(trace, written);
}

/** Returns the change that adds a value as it is to a condition that compares text. */
export function adding({ trace, hasVariables }: ConditionQuestion, value: string): Change | undefined {
  const wanted = { operator: 'StringEquals', key: trace.key, values: [escaped(value, hasVariables)] };
  const written = beside(trace.operator, trace.expected, wanted, hasVariables);
  return written && rewriting(trace, written);
}

/** Returns the change that writes a value in place of all others. */
export function writing({ trace, hasVariables }: ConditionQuestion, value: string): Change {
  const values = [
    parseOperator(trace.operator)?.base === 'StringLike' ? equalsInLike(escaped(value, hasVariables)) : value,
  ];
  return rewriting(trace, { operator: trace.operator, key: trace.key, values });
}

export function removing(trace: ConditionTrace): Change {
  return (document, statement) => {
    const condition = statement.conditions.find(isTraced(trace));
    return condition && removeCondition(document, statement, condition);
  };
}

function passesWithoutKey(operator: string): boolean {
  const parsed = parseOperator(operator);
  return parsed?.ifExists === true || parsed?.set === 'ForAllValues';
}

function rewriting(trace: ConditionTrace, to: WrittenCondition): Change {
  return (document, statement) => {
    const from = statement.conditions.find(isTraced(trace));
    return from && rewriteCondition(document, statement, from, to);
  };
}

function isTraced({ operator, key }: ConditionTrace): (condition: { operator: string; key: string }) => boolean {
  return (condition) => condition.operator === operator && condition.key === key;
}

/** Combines the values of a condition with those of another. Undefined if no operator compares both as they are meant. */
function beside(
  operator: string,
  kept: readonly string[],
  wanted: WrittenCondition,
  hasVariables: boolean,
): WrittenCondition | undefined {
  const base = parseOperator(operator)?.base;
  if (base !== 'StringLike' && base !== 'StringEquals' && base !== 'StringEqualsIgnoreCase') return undefined;
  const isLike = base === 'StringLike' || wanted.operator === 'StringLike';
  if (isLike && base === 'StringEqualsIgnoreCase') return undefined;
  // Without policy variables, `${*}` cannot stand for a star.
  const toLike = (values: readonly string[]) =>
    values.every((one) => hasVariables || equalsInLike(one) === one) ? values.map(equalsInLike) : undefined;
  const others = isLike && base !== 'StringLike' ? toLike(kept) : kept;
  const added = isLike && wanted.operator !== 'StringLike' ? toLike(wanted.values) : wanted.values;
  if (others === undefined || added === undefined) return undefined;
  return {
    operator: isLike ? operator.replace('StringEquals', 'StringLike') : operator,
    key: wanted.key,
    values: [...new Set([...others, ...added])],
  };
}

function escaped(value: string, hasVariables: boolean): string {
  return hasVariables ? value.replaceAll('${', '${$}{') : value;
}
