import type { EndpointVariant } from '../aws/region.ts';
import type { OptionProblem } from '../core/failure.ts';
import { mapOptions, type RawOptions } from './keys.ts';
import { OptionReader } from './reader.ts';
import { OPTIONS, type OptionKey, type TypedKey } from './table.ts';
import { oneOf } from './values.ts';

/** Rules of one CI system for the options. */
export interface OptionRules<Mode extends string> {
  /** Modes of the option `expose`; the first is the default. */
  readonly exposeModes: readonly [Mode, ...Mode[]];
  /** Problems that the adapter itself found. They are reported together with the others. */
  readonly problems?: readonly OptionProblem[];
  /** Kind of STS endpoint of a region; the usual one by default. */
  readonly endpointVariant?: EndpointVariant;
}

/** Value of each single option. A missing or wrong one is undefined, an empty list, or its default. */
export type OptionValues<Mode extends string = string> = {
  readonly [Key in TypedKey]: ReturnType<(typeof OPTIONS)[Key]['read']>;
} & { readonly expose: Mode };

/** Reads each option separately. */
export function readValues<Mode extends string>(
  raw: RawOptions,
  { exposeModes }: OptionRules<Mode>,
): { values: OptionValues<Mode>; problems: readonly OptionProblem[] } {
  const reader = new OptionReader(raw);
  const read = (key: OptionKey): unknown =>
    key === 'expose' ? (reader.one(key, oneOf(exposeModes)) ?? exposeModes[0]) : OPTIONS[key].read(reader, key);
  return { values: mapOptions(read) as OptionValues<Mode>, problems: reader.problems };
}
