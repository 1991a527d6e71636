import { pointerTokens } from '../policy/json-text.ts';

/**
 * One operation of a JSON Patch (RFC 6902). The paths are JSON pointers (RFC 6901) into the policy document.
 * Only these three operations are used here; every JSON Patch library can apply them.
 */
export type PatchOperation =
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** A JSON Patch: operations in order, all of which apply or none. */
export type Patch = readonly PatchOperation[];

/**
 * Applies a patch to a JSON document and returns the result. The document itself does not change.
 *
 * @throws RangeError if a path does not exist in the document, or if an index is past the end of a list.
 */
export function applyPatch(document: unknown, patch: Patch): unknown {
  return patch.reduce((result, operation) => applyAt(result, pointerTokens(operation.path), operation), document);
}

function applyAt(value: unknown, tokens: readonly string[], operation: PatchOperation): unknown {
  const [token, ...rest] = tokens;
  if (token === undefined) {
    if (operation.op === 'remove') throw missing(operation);
    return operation.value;
  }
  if (Array.isArray(value)) return applyToList(value, token, { rest, operation });
  if (typeof value === 'object' && value !== null) return applyToObject(value, token, { rest, operation });
  throw missing(operation);
}

interface Step {
  /** Reference tokens after the current one. */
  readonly rest: readonly string[];
  readonly operation: PatchOperation;
}

function applyToObject(object: object, name: string, { rest, operation }: Step): unknown {
  const exists = Object.hasOwn(object, name);
  const isLast = rest.length === 0;
  if (!exists && !(isLast && operation.op === 'add')) throw missing(operation);
  const members = Object.entries(object);
  if (isLast && operation.op === 'remove') return Object.fromEntries(members.filter(([member]) => member !== name));
  if (!exists) return Object.fromEntries([...members, [name, applyAt(undefined, rest, operation)]]);
  return Object.fromEntries(
    members.map(([member, value]) => [member, member === name ? applyAt(value, rest, operation) : value]),
  );
}

function applyToList(list: readonly unknown[], token: string, { rest, operation }: Step): unknown {
  const isInsertion = rest.length === 0 && operation.op === 'add';
  const index = isInsertion && token === '-' ? list.length : listIndex(token);
  if (index === undefined || index > list.length || (index === list.length && !isInsertion)) throw missing(operation);
  if (isInsertion) return list.toSpliced(index, 0, operation.value);
  if (rest.length === 0 && operation.op === 'remove') return list.toSpliced(index, 1);
  return list.map((value, position) => (position === index ? applyAt(value, rest, operation) : value));
}

function listIndex(token: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(token) ? Number(token) : undefined;
}

function missing({ op, path }: PatchOperation): RangeError {
  return new RangeError(`The patch cannot be applied: ${op} at "${path}" names nothing in the document.`);
}
