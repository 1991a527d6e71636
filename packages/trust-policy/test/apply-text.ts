/** Applies the text of a fix to a policy as a person would: types in the quoted text, and changes nothing else. */

type Json = Record<string, unknown>;

interface EditableStatement extends Json {
  Principal?: Record<string, unknown>;
  Condition?: Record<string, Json>;
}

interface EditablePolicy extends Json {
  Statement: EditableStatement | EditableStatement[];
}

const CLAUSE = /(?:^|, then |, |\. )(write|change|add the statement|remove the condition) (?=["{[])/gi;

/**
 * Returns the policy after the change that a fix describes.
 *
 * @param path statement that the explanation is about, e.g. `Statement[0]`
 */
export function applyText(policy: object, path: string | undefined, fix: string): object {
  const changedPolicy: EditablePolicy = JSON.parse(JSON.stringify(policy));
  for (const { index, 0: before, 1: verb = '' } of fix.matchAll(CLAUSE)) {
    applyClause(changedPolicy, path ?? 'Statement[0]', {
      verb: verb.toLowerCase(),
      text: fix.slice(index + before.length),
    });
  }
  return changedPolicy;
}

interface Clause {
  readonly verb: string;
  /** Text after the verb. */
  readonly text: string;
}

function applyClause(policy: EditablePolicy, path: string, { verb, text }: Clause): void {
  if (verb === 'add the statement') {
    policy.Statement = [policy.Statement, JSON.parse(jsonAt(text, 0))].flat();
    return;
  }
  if (verb === 'change') {
    changeCondition(statementAt(policy, path), text);
    return;
  }
  const member = memberAt(text, 0);
  const placePhrase = /^ (?:in|in the Principal of) (Statement(?:\[\d+\])?)/.exec(text.slice(member.end));
  const statement = statementAt(policy, placePhrase?.[1] ?? path);
  if (member.name === 'Federated') statement.Principal = { ...statement.Principal, Federated: member.value };
  else if (member.name === 'Action') statement['Action'] = member.value;
  else if (verb === 'remove the condition') removeCondition(statement, member);
  else throw new Error(`No place is named for ${text}`);
}

/** Applies `"old" to "new" in "StringLike" on "key"`, or `"key": "old" in "StringEquals" to "key": "new" in "StringLike"`. */
function changeCondition(statement: EditableStatement, text: string): void {
  const parts: unknown[] = [];
  const separators: string[] = [];
  let position = 0;
  while (parts.length < 6) {
    const json = jsonAt(text, position);
    parts.push(JSON.parse(json));
    position += json.length;
    const separator = /^(?:: | to | in | on )(?=["[])/.exec(text.slice(position))?.[0];
    if (separator === undefined) break;
    separators.push(separator);
    position += separator.length;
  }
  const isMove = separators[0] === ': ';
  const expected = isMove ? [': ', ' in ', ' to ', ': ', ' in '] : [' to ', ' in ', ' on '];
  if (separators.join('|') !== expected.join('|')) throw new Error(`No place is named for ${text}`);
  const [from, to] = isMove
    ? [parts.slice(0, 3), parts.slice(3)]
    : [
        [parts[3], parts[0], parts[2]],
        [parts[3], parts[1], parts[2]],
      ];
  const [oldKey, oldValue, oldOperator] = from;
  const [newKey, newValue, newOperator] = to;
  const present = statement.Condition?.[String(oldOperator)]?.[String(oldKey)];
  if (JSON.stringify([present].flat()) !== JSON.stringify([oldValue].flat())) {
    throw new Error(`"${oldKey}" has not the value ${JSON.stringify(oldValue)}.`);
  }
  removeCondition(statement, { name: String(oldOperator), value: { [String(oldKey)]: oldValue }, end: 0 });
  statement.Condition = {
    ...statement.Condition,
    [String(newOperator)]: { ...statement.Condition?.[String(newOperator)], [String(newKey)]: newValue },
  };
}

function statementAt({ Statement }: EditablePolicy, path: string): EditableStatement {
  const index = Number(/\d+/.exec(path)?.[0] ?? 0);
  const statement = Array.isArray(Statement) ? Statement[index] : Statement;
  if (statement === undefined) throw new Error(`There is no ${path}.`);
  return statement;
}

function removeCondition(statement: EditableStatement, { name, value }: Member): void {
  const block = statement.Condition?.[name];
  const [key = ''] = Object.keys(value as Json);
  if (block === undefined || !(key in block)) throw new Error(`There is no condition "${name}" on "${key}".`);
  delete block[key];
  if (Object.keys(block).length === 0) delete statement.Condition?.[name];
}

interface Member {
  readonly name: string;
  readonly value: unknown;
  readonly end: number;
}

/** Reads `"name": value`. */
function memberAt(text: string, start: number): Member {
  const name = jsonAt(text, start);
  const value = jsonAt(text, start + name.length + ': '.length);
  return { name: JSON.parse(name), value: JSON.parse(value), end: start + name.length + ': '.length + value.length };
}

/** Returns the JSON text that begins at a position. */
function jsonAt(text: string, start: number): string {
  let depth = 0;
  for (const { 0: token, index } of text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 0) return text.slice(start, start + index + token.length);
  }
  throw new Error(`This is not JSON: ${text.slice(start)}`);
}
