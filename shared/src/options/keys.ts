import type { RawOption } from './raw-option.ts';
import { OPTIONS, type OptionKey, type OptionRow } from './table.ts';

export type RawOptions = Readonly<Record<OptionKey, RawOption>>;

/** Keys of the options, in the order in which they are read and reported. */
export const OPTION_KEYS = Object.keys(OPTIONS) as readonly OptionKey[];

/** Options that limit what the job may do. */
export const LIMITS: readonly OptionKey[] = OPTION_KEYS.filter((key) => {
  const row: OptionRow = OPTIONS[key];
  return row.isLimit;
});

/** Returns a record with one value for each option. */
export function mapOptions<T>(value: (key: OptionKey) => T): Record<OptionKey, T> {
  return Object.fromEntries(OPTION_KEYS.map((key) => [key, value(key)])) as Record<OptionKey, T>;
}
