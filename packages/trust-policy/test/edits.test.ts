import assert from 'node:assert/strict';
import {
  addCondition,
  addStatement,
  addValue,
  removeCondition,
  removeValue,
  replaceValue,
  rewriteCondition,
  writeElement,
} from '../src/fix/edits.ts';
import { advice, type Edit, fixBy } from '../src/fix/fix.ts';
import { applyPatch } from '../src/fix/json-patch.ts';
import { valueAt } from '../src/policy/json-text.ts';
import { parseTrustPolicy } from '../src/policy/policy-document.ts';
import { GITHUB, trustPolicy } from './support.ts';

const SUB = `${GITHUB}:sub`;
const AUD = `${GITHUB}:aud`;

/** A policy with that Condition, its first statement and its first condition. */
function parts(condition: object) {
  const document = parseTrustPolicy(trustPolicy(GITHUB, condition));
  const [statement] = document.statements;
  assert.ok(statement);
  const [first] = statement.conditions;
  assert.ok(first);
  return { document, statement, first };
}

/** The statement's Condition after the edit. */
function conditionAfter(document: { readonly json: unknown }, edit: Edit | undefined): unknown {
  assert.ok(edit);
  return valueAt(applyPatch(document.json, edit.patch), '/Statement/0/Condition');
}

describe('edits of a policy', () => {
  it('replace a single value and a value in a list', () => {
    const alone = parts({ StringEquals: { [SUB]: 'a' } });
    const edit = replaceValue(alone.document, alone.first, 'a', 'b');
    assert.equal(edit.text, 'write "b" instead of "a"');
    assert.deepEqual(conditionAfter(alone.document, edit), { StringEquals: { [SUB]: 'b' } });
    const list = parts({ StringEquals: { [SUB]: ['a', 'c'] } });
    assert.deepEqual(conditionAfter(list.document, replaceValue(list.document, list.first, 'a', 'b')), {
      StringEquals: { [SUB]: ['b', 'c'] },
    });
    assert.deepEqual(conditionAfter(list.document, replaceValue(list.document, list.first, 'a', 'c')), {
      StringEquals: { [SUB]: ['c'] },
    });
  });

  it('add and remove a value', () => {
    const { document, first } = parts({ StringEquals: { [SUB]: 'a' } });
    const edit = addValue(document, first, 'b');
    assert.equal(edit.text, `add "b" to the values of "StringEquals" on "${SUB}"`);
    assert.deepEqual(conditionAfter(document, edit), { StringEquals: { [SUB]: ['a', 'b'] } });
    const list = parts({ StringEquals: { [SUB]: ['a', 'b'] } });
    const removal = removeValue(list.document, list.first, 'a');
    assert.equal(removal.text, `remove "a" from the values of "StringEquals" on "${SUB}"`);
    assert.deepEqual(conditionAfter(list.document, removal), { StringEquals: { [SUB]: ['b'] } });
  });

  it('move a condition to another operator, and remove an empty one', () => {
    const { document, statement, first } = parts({ StringEquals: { [SUB]: 'a*' } });
    const edit = rewriteCondition(document, statement, first, { operator: 'StringLike', key: SUB, values: ['a*'] });
    assert.equal(edit?.text, `change "${SUB}": "a*" in "StringEquals" to "${SUB}": "a*" in "StringLike"`);
    assert.deepEqual(conditionAfter(document, edit), { StringLike: { [SUB]: 'a*' } });
  });

  it('move a condition next to others', () => {
    const { document, statement, first } = parts({
      StringEquals: { [SUB]: 'a*', [AUD]: 'x' },
      StringLike: { 'sts:RoleSessionName': 'y' },
    });
    const to = { operator: 'StringLike', key: SUB, values: ['a*', 'b'] };
    assert.deepEqual(conditionAfter(document, rewriteCondition(document, statement, first, to)), {
      StringEquals: { [AUD]: 'x' },
      StringLike: { 'sts:RoleSessionName': 'y', [SUB]: ['a*', 'b'] },
    });
  });

  it('write another key or other values under the same operator', () => {
    const { document, statement, first } = parts({ StringEquals: { [`https://${SUB}`]: 'a' } });
    const key = rewriteCondition(document, statement, first, { ...first, key: SUB });
    assert.deepEqual(conditionAfter(document, key), { StringEquals: { [SUB]: 'a' } });
    const values = rewriteCondition(document, statement, first, { ...first, values: ['b', 'c'] });
    assert.deepEqual(conditionAfter(document, values), { StringEquals: { [`https://${SUB}`]: ['b', 'c'] } });
  });

  it('never make alternatives of two conditions that hold together', () => {
    const { document, statement, first } = parts({
      StringEquals: { [SUB]: 'repo:acme/*' },
      StringLike: { [SUB.toUpperCase()]: '*:environment:production' },
    });
    const to = { operator: 'StringLike', key: SUB, values: ['repo:acme/*'] };
    assert.equal(rewriteCondition(document, statement, first, to), undefined);
    assert.equal(addCondition(document, statement, to), undefined);
  });

  it('remove a condition, with its operator if it was the last', () => {
    const { document, statement, first } = parts({ StringEquals: { [SUB]: 'a' }, StringLike: { [AUD]: 'b' } });
    const edit = removeCondition(document, statement, first);
    assert.equal(edit.text, `remove the condition "StringEquals": {"${SUB}": "a"}`);
    assert.deepEqual(conditionAfter(document, edit), { StringLike: { [AUD]: 'b' } });
  });

  it('add a condition, also to a statement that has none', () => {
    const { document, statement } = parts({ StringEquals: { [SUB]: 'a' } });
    const aud = { operator: 'StringEquals', key: AUD, values: ['x'] };
    assert.deepEqual(conditionAfter(document, addCondition(document, statement, aud)), {
      StringEquals: { [SUB]: 'a', [AUD]: 'x' },
    });
    const unconditional = parseTrustPolicy(trustPolicy(GITHUB, {}, { Condition: undefined }));
    const [only] = unconditional.statements;
    assert.ok(only);
    assert.deepEqual(conditionAfter(unconditional, addCondition(unconditional, only, aud)), {
      StringEquals: { [AUD]: 'x' },
    });
  });

  it('add a statement to a list or next to a single one', () => {
    const { document } = parts({ StringEquals: { [SUB]: 'a' } });
    const statement = { Effect: 'Deny', Principal: '*', Action: 'sts:*' };
    const edit = addStatement(document, statement);
    assert.equal(edit.text, 'add the statement {"Effect":"Deny","Principal":"*","Action":"sts:*"}');
    assert.deepEqual(valueAt(applyPatch(document.json, edit.patch), '/Statement/1'), statement);
    const lone = parseTrustPolicy({ Version: '2012-10-17', Statement: { ...statement, Effect: 'Allow' } });
    assert.deepEqual(valueAt(applyPatch(lone.json, addStatement(lone, statement).patch), '/Statement'), [
      { ...statement, Effect: 'Allow' },
      statement,
    ]);
  });

  it('write an element of the policy', () => {
    const edit = writeElement('', 'Version', '2012-10-17');
    assert.equal(edit.text, 'write "Version": "2012-10-17"');
    assert.deepEqual(applyPatch({}, edit.patch), { Version: '2012-10-17' });
  });

  it('become fixes with one text and one patch', () => {
    const edit = writeElement('', 'Version', '2012-10-17');
    assert.deepEqual(fixBy(edit, { widens: false }), {
      text: 'Write "Version": "2012-10-17".',
      patch: edit.patch,
      widens: false,
    });
    assert.equal(
      fixBy(edit, { widens: true, more: 'Then go on.' }).text,
      'Write "Version": "2012-10-17". Then go on. The policy then admits more than it does now.',
    );
    assert.deepEqual(advice('Name one.', { widens: false }), { text: 'Name one.', widens: false });
  });
});
