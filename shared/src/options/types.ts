import type { OptionReader } from './reader.ts';
import { parseBoolean, wholeNumber } from './values.ts';

/** Facts about an option's values, for documentation and forms. */
export interface ValueFacts {
  readonly kind: 'text' | 'json' | 'number' | 'switch' | 'list' | 'mode';
  /** Value if the option is unset; undefined if there is none or the run decides. */
  readonly default?: string | number | boolean;
  readonly limits?: Limits;
}

/** Type of an option, which reads its value. */
export interface OptionType<T> extends ValueFacts {
  /** Returns the default when the option is unset or wrong. */
  read<Key extends string>(reader: OptionReader<Key>, key: Key): T;
}

interface Limits {
  readonly least: number;
  readonly most: number;
}

type Parser<T> = (text: string) => T;

export function text<T>(parse: Parser<T>): OptionType<T | undefined> {
  return { kind: 'text', read: (reader, key) => reader.one(key, parse) };
}

/** Text whose default does not show in the documentation. */
export function textOr<T>(otherwise: T, parse: Parser<T>): OptionType<T> {
  return { kind: 'text', read: (reader, key) => reader.one(key, parse) ?? otherwise };
}

export function json<T>(parse: Parser<T>): OptionType<T | undefined> {
  return { kind: 'json', read: (reader, key) => reader.one(key, parse) };
}

export function list<T>(parse: Parser<T>): OptionType<readonly T[]> {
  return { kind: 'list', read: (reader, key) => reader.list(key, parse) };
}

/** A switch that is off unless set to `true`. */
export function flag(): OptionType<boolean> {
  return { kind: 'switch', default: false, read: (reader, key) => reader.one(key, parseBoolean) ?? false };
}

export function number(
  unit: string,
  limits: Limits & { readonly default: number },
): OptionType<number> & { readonly default: number } {
  const parse = wholeNumber(limits.least, limits.most, unit);
  return {
    kind: 'number',
    default: limits.default,
    limits,
    read: (reader, key) => reader.one(key, parse) ?? limits.default,
  };
}
