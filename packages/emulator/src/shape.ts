/** Schemas for JSON that people write. Messages name the path of the member that is wrong. */
import * as v from 'valibot';
import { isObject, type JsonObject } from './json.ts';
import { ShapeError } from './shape-error.ts';

/** A schema that accepts any JSON and returns a `T`. */
export type Shape<T> = v.GenericSchema<unknown, T>;

/**
 * Checks a JSON value and fills in its defaults.
 * @throws ShapeError for an unknown member if there is one (usually a misspelling), otherwise for the first problem
 */
export function read<T>(shape: Shape<T>, json: unknown): T {
  const result = v.safeParse(shape, json);
  if (result.success) return result.output;
  const problem = result.issues.find(isUnknownMember) ?? result.issues[0];
  return fail(
    (problem.path ?? []).map(({ key }) => key),
    problem.message,
  );
}

/** @throws ShapeError */
export function fail(path: readonly unknown[], problem: string): never {
  throw new ShapeError(`${pathText(path)} ${problem}`);
}

/** An object with exactly these members. */
export function object<const Entries extends v.ObjectEntries>(members: Entries) {
  // No prototype: `constructor` is an unknown member too.
  const entries: Entries = Object.assign(Object.create(null), members);
  const shape = v.strictObject(entries, (issue) => {
    if (isUnknownMember(issue)) return `is not known; known here: ${Object.keys(members).join(', ')}`;
    const missing = members[JSON.parse(issue.expected ?? '""')];
    return missing === undefined ? issue.message : refusalOf(missing, undefined);
  });
  // valibot accepts a list as an object.
  return v.pipe(ANY_OBJECT, shape);
}

/**
 * An object whose keys are data. `description` describes a valid key. Unlike valibot's record it keeps keys such as
 * `prototype`.
 */
export function record<const Value extends Shape<unknown>>(
  keys: { pattern: RegExp; description: string },
  value: Value,
) {
  return v.pipe(
    ANY_OBJECT,
    v.transform((members) => new Map(Object.entries(members))),
    v.map(v.pipe(v.string(), v.regex(keys.pattern, `is not ${keys.description}`)), value),
    v.transform((members): Readonly<Record<string, v.InferOutput<Value>>> => Object.fromEntries(members)),
  );
}

export function list<const Item extends Shape<unknown>>(item: Item) {
  return v.array(item, ({ input }) => `must be a list, not ${typeName(input)}`);
}

export function text(pattern = /^[^\p{Cc}]+$/u, description = 'a non-empty string without control characters') {
  return v.pipe(
    v.string(({ input }) => `must be ${description}, not ${typeName(input)}`),
    v.regex(pattern, `must be ${description}`),
  );
}

export interface Range {
  readonly minimum: number;
  readonly maximum: number;
  /** Follows the maximum in messages, for example ` seconds`. */
  readonly unit?: string;
}

export function number({ minimum, maximum, unit = '' }: Range) {
  const message = `must be a number from ${minimum} to ${maximum}${unit}`;
  return v.pipe(v.number(message), v.minValue(minimum, message), v.maxValue(maximum, message));
}

export function integer({ minimum, maximum, unit = '' }: Range) {
  const message = `must be a whole number from ${minimum} to ${maximum}${unit}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(minimum, message), v.maxValue(maximum, message));
}

export function oneOf<const Values extends readonly string[]>(...values: Values) {
  return v.picklist(values, `must be one of ${values.join(', ')}`);
}

export const ANY_TEXT = text(/^/, 'a string');
export const FLAG = v.boolean(({ input }) => `must be true or false, not ${typeName(input)}`);
export const ANY_OBJECT = v.custom<JsonObject>(isObject, ({ input }) => `must be an object, not ${typeName(input)}`);

function isUnknownMember({ expected }: v.BaseIssue<unknown>): boolean {
  return expected === 'never';
}

/** The message with which the schema refuses a value. */
function refusalOf(schema: v.ObjectEntries[string], value: unknown): string {
  const { issues } = v.safeParse(schema, value);
  return issues?.[0]?.message ?? 'is missing';
}

function typeName(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function pathText(path: readonly unknown[]): string {
  if (path.length === 0) return 'The top level';
  return path.map(segmentText).join('').replace(/^\./, '');
}

function segmentText(key: unknown): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\w-]+$/.test(String(key)) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
