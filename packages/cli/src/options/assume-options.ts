import {
  type Environment,
  mapOptions,
  OPTIONS,
  type OptionKey,
  OptionReader,
  type OptionRow,
  type OptionValues,
  type RawOption,
  type RawOptions,
  type TypedKey,
} from '@aws-oidc-assume/shared';
import { OPTION_SUMMARIES } from '@aws-oidc-assume/shared/option-help';
import { flagOf, type OptionSpec, type OptionTable, type ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';

/** Options of the exchange, except those about passing credentials to later steps. */
export const ASSUME_OPTIONS: OptionTable = assumeOptions(...(Object.keys(OPTION_SUMMARIES) as OptionKey[]));

/** Returns some of the options, for commands that do not assume a role. */
export function assumeOptions(...keys: readonly OptionKey[]): OptionTable {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const option: OptionRow = OPTIONS[key];
      return option.cli === undefined ? [] : [[flagOf(key), specOf(key, option)] as const];
    }),
  );
}

function specOf(key: OptionKey, { kind, limits, cli = [], default: otherwise }: OptionRow): OptionSpec {
  const { summary, value } = OPTION_SUMMARIES[key];
  const range = limits === undefined ? '' : `, ${limits.least} to ${limits.most} (${otherwise})`;
  const variables = cli.length === 0 ? '' : `; also ${cli.join(' or ')}`;
  return {
    about: `${summary}${range}${variables}`,
    ...(value === undefined ? {} : { value }),
    ...(kind === 'list' ? { multiple: true } : {}),
  };
}

/**
 * Returns the options with the name under which each was found. An option wins over its variables; an empty value does
 * not count.
 */
export function rawOptions(args: ParsedArguments, env: Environment): RawOptions {
  return mapOptions((key) => rawOption(key, args, env));
}

function rawOption(key: OptionKey, args: ParsedArguments, env: Environment): RawOption {
  const name = flagOf(key);
  const { kind, cli = [] }: OptionRow = OPTIONS[key];
  const text =
    kind === 'list' ? args.list(name).join('\n') : kind === 'switch' && args.flag(name) ? 'true' : args.text(name);
  if (text) return { name: `--${name}`, value: text };
  const variable = cli.find((candidate) => env[candidate]?.trim());
  // `--allowed-account-ids ''` is present but empty, which matters for limits.
  if (variable === undefined) return { name: `--${name}`, value: args.has(name) ? '' : undefined };
  return { name: variable, value: env[variable] };
}

/** Reads one option as the exchange would. @throws UsageError */
export function readOption<Key extends TypedKey>(key: Key, args: ParsedArguments, env: Environment): OptionValues[Key] {
  const reader = new OptionReader(rawOptions(args, env));
  const value = OPTIONS[key].read(reader, key) as OptionValues[Key];
  const [problem] = reader.problems;
  if (problem !== undefined) throw new UsageError(`${problem.option} ${problem.message}.`);
  return value;
}
