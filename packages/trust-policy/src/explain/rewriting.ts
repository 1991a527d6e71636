import { removeCondition, rewriteCondition, type WrittenCondition } from '../fix/edits.ts';
import { equalsInLike } from '../policy/literal.ts';
import type { ConditionTrace } from '../policy/model.ts';
import { parseOperator } from '../policy/operators.ts';
import { admittingCondition, type Change, type ConditionQuestion } from './diagnosis.ts';

/**
 * Returns the change that writes the admitting statement's value for a claim into a condition. Other values stay with
 * their present meaning, because they admit other jobs.
 *
 * @param mistaken value to replace; if absent, the new value is added
 * @returns undefined if the condition cannot hold both
 */
export function admitting(question: ConditionQuestion, claim: string, mistaken?: string): Change | undefined {
  const { trace, hasVariables } = question;
  const newCondition = admittingCondition(question.admitting, claim);
  if (newCondition === undefined) return undefined;
  const keptValues = trace.expected.filter((value) => value !== mistaken);
  // A condition that passes without its key admits tokens of other issuers, which a plain one would shut out.
  if (passesWithoutKey(trace.operator)) return undefined;
  // A value that ignores case can belong to a token that has other capital letters.
  if (parseOperator(trace.operator)?.base === 'StringEqualsIgnoreCase') return undefined;
  const combined =
    keptValues.length === 0 ? newCondition : combineValues(trace.operator, keptValues, newCondition, hasVariables);
  return combined && rewriting(trace, combined);
}

/** Returns the change that adds a value unchanged to a condition that compares text. */
export function adding({ trace, hasVariables }: ConditionQuestion, value: string): Change | undefined {
  const newCondition = { operator: 'StringEquals', key: trace.key, values: [escaped(value, hasVariables)] };
  const combined = combineValues(trace.operator, trace.expected, newCondition, hasVariables);
  return combined && rewriting(trace, combined);
}

/** Returns the change that replaces all other values by one value. */
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

/** Combines the values of a condition with those of another. Undefined if no operator compares both correctly. */
function combineValues(
  operator: string,
  keptValues: readonly string[],
  newCondition: WrittenCondition,
  hasVariables: boolean,
): WrittenCondition | undefined {
  const base = parseOperator(operator)?.base;
  if (base !== 'StringLike' && base !== 'StringEquals' && base !== 'StringEqualsIgnoreCase') return undefined;
  const isLike = base === 'StringLike' || newCondition.operator === 'StringLike';
  if (isLike && base === 'StringEqualsIgnoreCase') return undefined;
  // `${*}` stands for a star only if the policy has policy variables.
  const toLike = (values: readonly string[]) =>
    values.every((one) => hasVariables || equalsInLike(one) === one) ? values.map(equalsInLike) : undefined;
  const others = isLike && base !== 'StringLike' ? toLike(keptValues) : keptValues;
  const added = isLike && newCondition.operator !== 'StringLike' ? toLike(newCondition.values) : newCondition.values;
  if (others === undefined || added === undefined) return undefined;
  return {
    operator: isLike ? operator.replace('StringEquals', 'StringLike') : operator,
    key: newCondition.key,
    values: [...new Set([...others, ...added])],
  };
}

function escaped(value: string, hasVariables: boolean): string {
  return hasVariables ? value.replaceAll('${', '${$}{') : value;
}
