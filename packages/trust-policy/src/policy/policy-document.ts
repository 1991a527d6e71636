import { findJsonError } from '../text/json-error.ts';
import { findDuplicateMember, isNestedDeeper, keepLongNumbers, pointerToken } from './json-text.ts';

/**
 * A policy that IAM itself would refuse to store. `path` is a JSON pointer into the document, empty for the document as
 * a whole. `reason` is a sentence without the path.
 */
export class PolicySyntaxError extends Error {
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`The policy is not valid${path === '' ? '' : ` at ${path}`}: ${reason}`);
    this.name = 'PolicySyntaxError';
    this.path = path;
    this.reason = reason;
  }
}

export interface PolicyDocument<S extends Statement = Statement> {
  /** Default 2008-10-17, as in IAM. That version has no policy variables. */
  readonly version: '2012-10-17' | '2008-10-17';
  readonly statements: readonly S[];
  /** Number of characters that are not white space, as IAM's quota counts them. */
  readonly lengthWithoutSpaces: number;
  /** The original policy as JSON. Patches are relative to it. */
  readonly json: unknown;
}

export interface Statement {
  /** `Statement[0]`, or `Statement` if the policy has one statement outside an array. */
  readonly path: string;
  /** JSON pointer of the statement: `/Statement/0` or `/Statement`. */
  readonly pointer: string;
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly action: NameElement;
  readonly conditions: readonly Condition[];
}

/** A statement of a role's trust policy. It names principals; the role itself is the resource. */
export interface RoleStatement extends Statement {
  readonly principal: PrincipalElement;
}

/** A statement of a session policy. It names resources; the session itself is the principal. */
export interface SessionStatement extends Statement {
  readonly resource: NameElement;
}

/** Action or NotAction, Resource or NotResource. */
export interface NameElement {
  readonly negated: boolean;
  readonly pointer: string;
  readonly patterns: readonly string[];
}

export interface PrincipalElement {
  /** NotPrincipal. */
  readonly negated: boolean;
  readonly pointer: string;
  /** `"Principal": "*"`, written without a type. */
  readonly everyone: boolean;
  readonly entries: readonly PrincipalEntry[];
}

export interface PrincipalEntry {
  /** `AWS`, `Federated`, `Service`, `CanonicalUser`, … as written. */
  readonly type: string;
  readonly pointer: string;
  readonly values: readonly string[];
}

export interface Condition {
  /** Operator as the policy writes it, with set prefix and IfExists suffix. */
  readonly operator: string;
  /** Key as the policy writes it. */
  readonly key: string;
  readonly pointer: string;
  /** Booleans and numbers are kept as the text IAM compares. */
  readonly values: readonly string[];
}

/** Most characters that CreateRole and UpdateAssumeRolePolicy accept (IAM API reference, PolicyDocument). */
const LONGEST_POLICY = 131_072;

/**
 * Most characters without white space that are read. IAM stores at most 4,096 in a trust policy and 2,048 in a session
 * policy (IAM quotas), and the quota may rise.
 */
const LONGEST_READ = 8192;
/** Deepest nesting of objects and lists in a policy. */
const DEEPEST = 16;

const DOCUMENT_MEMBERS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_MEMBERS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

type Json = Readonly<Record<string, unknown>>;

/**
 * Parses an untrusted trust policy: JSON text, or the object it stands for.
 *
 * @throws PolicySyntaxError naming the first thing IAM would refuse.
 */
export function parseTrustPolicy(policy: unknown): PolicyDocument<RoleStatement> {
  return parsePolicy(policy, readRoleStatement);
}

/**
 * Parses an untrusted session policy: JSON text, or the object it stands for.
 *
 * @throws PolicySyntaxError naming the first thing IAM would refuse.
 */
export function parseSessionPolicy(policy: unknown): PolicyDocument<SessionStatement> {
  return parsePolicy(policy, readSessionStatement);
}

type ReadStatement<S> = (value: unknown, path: string, pointer: string) => S;

function parsePolicy<S extends Statement>(policy: unknown, readStatement: ReadStatement<S>): PolicyDocument<S> {
  const value = typeof policy === 'string' ? parseText(policy) : policy;
  if (isNestedDeeper(value, DEEPEST)) throw new PolicySyntaxError('', 'it is nested deeper than any policy.');
  if (typeof policy === 'string') rejectDuplicateMember(policy);
  const document = asObject(value, '', 'a policy');
  rejectUnknownMembers(document, DOCUMENT_MEMBERS, '', 'a policy');
  const version = readVersion(document['Version']);
  const id = document['Id'];
  if (id !== undefined && typeof id !== 'string') throw new PolicySyntaxError('/Id', 'Id must be a string.');
  const lengthWithoutSpaces = quotaLength(policy);
  if (lengthWithoutSpaces > LONGEST_READ) {
    throw new PolicySyntaxError(
      '',
      `it has ${lengthWithoutSpaces} characters without white space; IAM stores at most 4096 in a trust policy, and 2048 unless the quota is raised.`,
    );
  }
  const statement = document['Statement'];
  if (statement === undefined) throw new PolicySyntaxError('', 'it has no Statement.');
  if (!Array.isArray(statement)) {
    return {
      version,
      statements: [readStatement(statement, 'Statement', '/Statement')],
      lengthWithoutSpaces,
      json: document,
    };
  }
  if (statement.length === 0) throw new PolicySyntaxError('/Statement', 'the list of statements is empty.');
  const statements = statement.map((item: unknown, index) =>
    readStatement(item, `Statement[${index}]`, `/Statement/${index}`),
  );
  rejectRepeatedSids(statements);
  return { version, statements, lengthWithoutSpaces, json: document };
}

/** IAM quotas page: white space does not count. JSON text counts as it stands, with its escapes. */
function quotaLength(policy: unknown): number {
  return (typeof policy === 'string' ? policy : String(JSON.stringify(policy))).replace(/\s/g, '').length;
}

function parseText(text: string): unknown {
  if (text.length > LONGEST_POLICY) {
    throw new PolicySyntaxError('', `it has ${text.length} characters; IAM takes at most ${LONGEST_POLICY}.`);
  }
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  try {
    JSON.parse(json);
    return JSON.parse(keepLongNumbers(json));
  } catch {
    if (json.trim() === '') throw new PolicySyntaxError('', 'it is empty.');
    // The parser's own message quotes the document, whose content must not be printed here.
    const error = findJsonError(json);
    const place = error === undefined ? '' : ` Line ${error.line}, column ${error.column}: ${error.reason}.`;
    throw new PolicySyntaxError('', `it is not JSON.${place}`);
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

function rejectDuplicateMember(text: string): void {
  const duplicate = findDuplicateMember(text);
  if (duplicate === undefined) return;
  throw new PolicySyntaxError(
    duplicate.pointer,
    `"${duplicate.name}" appears twice in the same object. IAM refuses that, and other readers ignore the first one: decide which one counts.`,
  );
}

function readVersion(version: unknown): PolicyDocument['version'] {
  if (version === undefined) return '2008-10-17';
  if (version === '2012-10-17' || version === '2008-10-17') return version;
  throw new PolicySyntaxError('/Version', 'Version must be "2012-10-17" (or the older "2008-10-17").');
}

function readRoleStatement(value: unknown, path: string, pointer: string): RoleStatement {
  const statement = readStatement(value, path, pointer);
  if (statement.principal === undefined) {
    throw new PolicySyntaxError(
      pointer,
      'the statement has no Principal; a trust policy must name the identities that it trusts.',
    );
  }
  if (statement.resource !== undefined) {
    throw new PolicySyntaxError(
      statement.resource.pointer,
      'a trust policy cannot have a Resource: the role is the resource.',
    );
  }
  return { ...statement, principal: statement.principal };
}

function readSessionStatement(value: unknown, path: string, pointer: string): SessionStatement {
  const statement = readStatement(value, path, pointer);
  if (statement.principal !== undefined) {
    throw new PolicySyntaxError(statement.principal.pointer, 'a session policy cannot have a Principal.');
  }
  if (statement.resource === undefined) throw new PolicySyntaxError(pointer, 'the statement has no Resource.');
  return { ...statement, resource: statement.resource };
}

interface AnyStatement extends Statement {
  readonly principal: PrincipalElement | undefined;
  readonly resource: NameElement | undefined;
}

function readStatement(value: unknown, path: string, pointer: string): AnyStatement {
  const statement = asObject(value, pointer, 'a statement');
  rejectUnknownMembers(statement, STATEMENT_MEMBERS, pointer, 'a statement');
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new PolicySyntaxError(`${pointer}/Effect`, 'Effect must be "Allow" or "Deny".');
  }
  const action = readNames(statement, 'Action', 'NotAction', pointer);
  if (action === undefined) throw new PolicySyntaxError(pointer, 'the statement has no Action.');
  return {
    path,
    pointer,
    sid: readSid(statement['Sid'], pointer),
    effect,
    principal: readPrincipal(statement, pointer),
    action,
    resource: readNames(statement, 'Resource', 'NotResource', pointer),
    conditions: readConditions(statement['Condition'], `${pointer}/Condition`),
  };
}

function readSid(sid: unknown, pointer: string): string | undefined {
  if (sid === undefined) return undefined;
  // IAM policy grammar: "Statement IDs (SID) must be alpha-numeric".
  if (typeof sid === 'string' && /^[A-Za-z0-9]*$/.test(sid)) return sid;
  throw new PolicySyntaxError(`${pointer}/Sid`, 'Sid may only hold letters and digits.');
}

function rejectRepeatedSids(statements: readonly Statement[]): void {
  const seen = new Set<string>();
  for (const { sid, pointer } of statements) {
    if (sid === undefined || sid === '') continue;
    if (seen.has(sid)) throw new PolicySyntaxError(`${pointer}/Sid`, `Sid "${sid}" is used by two statements.`);
    seen.add(sid);
  }
}

function readNames(statement: Json, plain: string, negative: string, pointer: string): NameElement | undefined {
  const negated = statement[plain] === undefined;
  if (!negated && statement[negative] !== undefined) {
    throw new PolicySyntaxError(pointer, `the statement has both ${plain} and ${negative}.`);
  }
  const name = negated ? negative : plain;
  const value = statement[name];
  if (value === undefined) return undefined;
  return { negated, pointer: `${pointer}/${name}`, patterns: readStrings(value, `${pointer}/${name}`, name) };
}

function readPrincipal(statement: Json, pointer: string): PrincipalElement | undefined {
  const negated = statement['Principal'] === undefined;
  if (!negated && statement['NotPrincipal'] !== undefined) {
    throw new PolicySyntaxError(pointer, 'the statement has both Principal and NotPrincipal.');
  }
  const name = negated ? 'NotPrincipal' : 'Principal';
  const value = statement[name];
  if (value === undefined) return undefined;
  const memberPointer = `${pointer}/${name}`;
  if (value === '*') return { negated, pointer: memberPointer, everyone: true, entries: [] };
  const members = Object.entries(asObject(value, memberPointer, `${name} (unless it is "*")`));
  if (members.length === 0) throw new PolicySyntaxError(memberPointer, `${name} is empty.`);
  const entries = members.map(([type, identifiers]) => ({
    type,
    pointer: `${memberPointer}/${pointerToken(type)}`,
    values: readStrings(identifiers, `${memberPointer}/${pointerToken(type)}`, type),
  }));
  return { negated, pointer: memberPointer, everyone: false, entries };
}

function readConditions(value: unknown, pointer: string): Condition[] {
  if (value === undefined) return [];
  return Object.entries(asObject(value, pointer, 'Condition')).flatMap(([operator, block]) => {
    const operatorPointer = `${pointer}/${pointerToken(operator)}`;
    return Object.entries(asObject(block, operatorPointer, `the block of ${operator}`)).map(([key, values]) => {
      const keyPointer = `${operatorPointer}/${pointerToken(key)}`;
      return { operator, key, pointer: keyPointer, values: readConditionValues(values, keyPointer) };
    });
  });
}

function readConditionValues(value: unknown, pointer: string): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'boolean' || typeof item === 'number') return String(item);
    throw new PolicySyntaxError(pointer, 'a condition value must be a string, a number, a boolean, or a list of them.');
  });
}

function readStrings(value: unknown, pointer: string, name: string): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((item) => {
    if (typeof item === 'string') return item;
    throw new PolicySyntaxError(pointer, `${name} must be a string or a list of strings.`);
  });
}

function asObject(value: unknown, pointer: string, description: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value));
  throw new PolicySyntaxError(pointer, `${description} must be a JSON object.`);
}

function rejectUnknownMembers(
  object: Json,
  knownNames: ReadonlySet<string>,
  pointer: string,
  description: string,
): void {
  for (const name of Object.keys(object)) {
    if (knownNames.has(name)) continue;
    const near = [...knownNames].find((member) => member.toLowerCase() === name.toLowerCase());
    throw new PolicySyntaxError(
      `${pointer}/${pointerToken(name)}`,
      near === undefined
        ? `${description} has no such element.`
        : `element names are case-sensitive; this one is ${near}.`,
    );
  }
}
