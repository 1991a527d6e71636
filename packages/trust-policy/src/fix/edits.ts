/** Edits of a policy document. Each returns the words and the patch for one change. */
import { pointerToken, valueAt } from '../policy/json-text.ts';
import type { Condition, PolicyDocument, Statement } from '../policy/policy-document.ts';
import type { Edit } from './fix.ts';
import type { Patch } from './json-patch.ts';

/** A condition to write. */
export interface WrittenCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Replaces one value of a condition by another. */
export function replaceValue(document: PolicyDocument, condition: Condition, from: string, to: string): Edit {
  return {
    text: `write "${to}" instead of "${from}"`,
    patch: writeValues(document, condition, [
      ...new Set(condition.values.map((value) => (value === from ? to : value))),
    ]),
  };
}

/** Adds a value to those of a condition. */
export function addValue(document: PolicyDocument, condition: Condition, value: string): Edit {
  return {
    text: `add "${value}" to the values of "${condition.operator}" on "${condition.key}"`,
    patch: writeValues(document, condition, [...condition.values, value]),
  };
}

/** Removes one of several values of a condition. */
export function removeValue(document: PolicyDocument, condition: Condition, value: string): Edit {
  return {
    text: `remove "${value}" from the values of "${condition.operator}" on "${condition.key}"`,
    patch: writeValues(
      document,
      condition,
      condition.values.filter((other) => other !== value),
    ),
  };
}

function writeValues(document: PolicyDocument, condition: Condition, values: readonly string[]): Patch {
  const isList = Array.isArray(valueAt(document.json, condition.pointer));
  return [{ op: 'replace', path: condition.pointer, value: isList ? values : oneOrMany(values) }];
}

/**
 * Replaces a condition of the statement by another one, under another operator or key.
 *
 * @returns undefined if the statement already has such a condition. Both must hold now; merged, they would be
 *   alternatives.
 */
export function rewriteCondition(
  document: PolicyDocument,
  statement: Statement,
  from: Condition,
  to: WrittenCondition,
): Edit | undefined {
  if (statement.conditions.some((other) => other !== from && isAt(other, to))) return undefined;
  const isSamePlace = from.operator === to.operator && from.key === to.key;
  const value = oneOrMany(to.values);
  return {
    text: isSamePlace ? changedValue(from, value) : movedCondition(from, to),
    patch: isSamePlace
      ? [{ op: 'replace', path: from.pointer, value }]
      : [...removal(document, statement, from, to.operator), ...insertion(statement, to, from)],
  };
}

/** Names only the values, because a whole block typed over the old one would remove the other keys of the operator. */
function changedValue({ operator, key, values }: Condition, value: string | readonly string[]): string {
  return `change ${JSON.stringify(oneOrMany(values))} to ${JSON.stringify(value)} in "${operator}" on "${key}"`;
}

function movedCondition(from: Condition, to: WrittenCondition): string {
  return `change ${keyText(from)} to ${keyText(to)}`;
}

/** Returns `"…:sub": "…" in "StringLike"`. */
function keyText({ operator, key, values }: WrittenCondition): string {
  return `${JSON.stringify(key)}: ${JSON.stringify(oneOrMany(values))} in "${operator}"`;
}

/** Removes a condition, and its operator if it has no other. */
export function removeCondition(document: PolicyDocument, statement: Statement, condition: Condition): Edit {
  return {
    text: `remove the condition ${conditionText(condition)}`,
    patch: removal(document, statement, condition, undefined),
  };
}

/**
 * Adds a condition to a statement.
 *
 * @returns undefined if the statement has a condition with that operator and key already.
 */
export function addCondition(
  document: PolicyDocument,
  statement: Statement,
  condition: WrittenCondition,
): Edit | undefined {
  if (statement.conditions.some((other) => isAt(other, condition))) return undefined;
  const hasCondition = valueAt(document.json, `${statement.pointer}/Condition`) !== undefined;
  return {
    text: `add ${conditionText(condition)}`,
    patch: [
      ...(hasCondition ? [] : [{ op: 'add', path: `${statement.pointer}/Condition`, value: {} } as const]),
      ...insertion(statement, condition, undefined),
    ],
  };
}

/** Replaces the principal at a pointer such as `/Statement/0/Principal/Federated`. */
export function replacePrincipal(document: PolicyDocument, pointer: string, from: string, to: string): Edit {
  const principals = valueAt(document.json, pointer);
  const value = Array.isArray(principals) ? principals.map((one: unknown) => (one === from ? to : one)) : to;
  return { text: `write "${to}" instead of "${from}"`, patch: [{ op: 'replace', path: pointer, value }] };
}

/** Adds a statement at the end of the policy. */
export function addStatement(document: PolicyDocument, statement: object): Edit {
  const existing = valueAt(document.json, '/Statement');
  return {
    text: `add the statement ${JSON.stringify(statement)}`,
    patch: Array.isArray(existing)
      ? [{ op: 'add', path: '/Statement/-', value: statement }]
      : [{ op: 'replace', path: '/Statement', value: [existing, statement] }],
  };
}

/** Writes an element of the policy or of a statement, e.g. `Version` or `Action`. */
export function writeElement(parent: string, name: string, value: unknown): Edit {
  return {
    text: `write "${name}": ${JSON.stringify(value)}`,
    patch: [{ op: 'add', path: `${parent}/${pointerToken(name)}`, value }],
  };
}

/** Returns `"StringLike": {"…:sub": "…"}`. */
export function conditionText({ operator, key, values }: WrittenCondition): string {
  return `"${operator}": {${JSON.stringify(key)}: ${JSON.stringify(oneOrMany(values))}}`;
}

export function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [only = values, ...more] = values;
  return more.length === 0 ? only : values;
}

/** Whether a condition has that operator and key. IAM ignores the case of keys, but not that of operators. */
function isAt(condition: Condition, { operator, key }: WrittenCondition): boolean {
  return condition.operator === operator && condition.key.toLowerCase() === key.toLowerCase();
}

/** Removes a condition. Its operator is removed with the last key, unless another key is written there next. */
function removal(
  document: PolicyDocument,
  statement: Statement,
  { operator, pointer }: Condition,
  nextOperator: string | undefined,
): Patch {
  const block = `${statement.pointer}/Condition/${pointerToken(operator)}`;
  const keys = Object.keys(valueAt(document.json, block) ?? {});
  return [{ op: 'remove', path: keys.length === 1 && operator !== nextOperator ? block : pointer }];
}

function insertion(statement: Statement, condition: WrittenCondition, leaving: Condition | undefined): Patch {
  const { operator, key, values } = condition;
  const block = `${statement.pointer}/Condition/${pointerToken(operator)}`;
  const value = oneOrMany(values);
  const stays = statement.conditions.some((other) => other.operator === operator) || leaving?.operator === operator;
  return stays
    ? [{ op: 'add', path: `${block}/${pointerToken(key)}`, value }]
    : [{ op: 'add', path: block, value: { [key]: value } }];
}
