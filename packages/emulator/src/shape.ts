/** Checks of JSON that a person wrote, with the path of what is wrong in the message. */
import { isObject, type JsonObject } from './json.ts';

export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Turns a JSON value into what the program uses, or throws a ShapeError that names the path. `undefined` is an absent value. */
export type Reader<T> = (value: unknown, path: string) => T;

type Fields = Readonly<Record<string, Reader<unknown>>>;
type Read<F extends Fields> = { readonly [K in keyof F]: ReturnType<F[K]> };

export function fail(path: string, problem: string): never {
  throw new ShapeError(`${path === '' ? 'The top level' : path} ${problem}`);
}

/** An object with exactly these members; an unknown one is an error, because it is most often a misspelt one. */
export function object<F extends Fields>(fields: F): Reader<Read<F>> {
  return (value, path) => {
    const members = asObject(value, path);
    for (const key of Object.keys(members)) {
      if (!Object.hasOwn(fields, key)) {
        fail(under(path, key), `is not known; known here: ${Object.keys(fields).join(', ')}`);
      }
    }
    const entries = Object.entries(fields).map(([key, read]) => [key, read(members[key], under(path, key))]);
    return Object.fromEntries(entries) as Read<F>;
  };
}

/** An object whose keys are data; `keys` says what they must look like. */
export function record<T>(
  keys: { pattern: RegExp; what: string },
  read: Reader<T>,
): Reader<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(asObject(value, path)).map(([key, member]) => {
        if (!keys.pattern.test(key)) fail(under(path, key), `is not ${keys.what}`);
        return [key, read(member, under(path, key))];
      }),
    );
}

export function list<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) fail(path, `must be a list, not ${kindOf(value)}`);
    return value.map((item, index) => read(item, `${path}[${index}]`));
  };
}

export function text(
  pattern: RegExp = /^[^\p{Cc}]+$/u,
  what = 'a non-empty text without control characters',
): Reader<string> {
  return (value, path) => {
    if (typeof value !== 'string') fail(path, `must be ${what}, not ${kindOf(value)}`);
    if (!pattern.test(value)) fail(path, `must be ${what}`);
    return value;
  };
}

/** Any text, the empty one and control characters included. */
export const anyText: Reader<string> = text(/^/, 'a text');

export function number(minimum: number, maximum: number, unit = ''): Reader<number> {
  return (value, path) => {
    if (typeof value !== 'number' || value < minimum || value > maximum) {
      fail(path, `must be a number from ${minimum} to ${maximum}${unit}`);
    }
    return value;
  };
}

export function integer(minimum: number, maximum: number, unit = ''): Reader<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
      fail(path, `must be a whole number from ${minimum} to ${maximum}${unit}`);
    }
    return value;
  };
}

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') fail(path, `must be true or false, not ${kindOf(value)}`);
  return value;
};

export const anyObject: Reader<JsonObject> = asObject;

export function oneOf<T extends string>(...values: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) fail(path, `must be one of ${values.join(', ')}`);
    return found;
  };
}

export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : read(value, path));
}

export function or<T>(otherwise: T, read: Reader<T>): Reader<T> {
  return (value, path) => (value === undefined ? otherwise : read(value, path));
}

function asObject(value: unknown, path: string): JsonObject {
  if (!isObject(value)) fail(path, `must be an object, not ${kindOf(value)}`);
  return value;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function under(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
