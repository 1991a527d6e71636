import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Command, type OptionTable, ParsedArguments } from './command.ts';
import { nearest } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** Every command has these. */
export const COMMON_OPTIONS: OptionTable = { help: { about: 'show this help' } };

/** @throws UsageError with the nearest known name where one is unknown */
export function findCommand(
  args: readonly string[],
  commands: readonly Command[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const [first = '', second] = args;
  const one = commands.find(({ name }) => name === first);
  if (one !== undefined) return { command: one, rest: args.slice(1) };
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  const two = group.find(({ name }) => name === `${first} ${second}`);
  if (two !== undefined) return { command: two, rest: args.slice(2) };
  if (group.length > 0) {
    const words = group.map(({ name }) => name.slice(first.length + 1));
    if (second === undefined || second.startsWith('-')) {
      throw new UsageError(`"${first}" needs one of ${words.join(', ')}.`);
    }
    throw unknown(`command "${first} ${second}"`, second, words, (word) => `${first} ${word}`);
  }
  throw unknown(`command "${first}"`, first, [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]);
}

/**
 * Reads the arguments of a command by its table.
 * @throws UsageError
 */
export function readArguments(command: Command, args: readonly string[]): ParsedArguments {
  const table: OptionTable = { ...COMMON_OPTIONS, ...command.options };
  const { values, positionals, tokens } = parse(table, args);
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const doubled = names.find((name, at) => table[name]?.multiple !== true && names.indexOf(name) !== at);
  if (doubled !== undefined) throw new UsageError(`--${doubled} is given twice.`);
  for (const [name, { choices }] of Object.entries(table)) {
    const value = values[name];
    if (choices !== undefined && typeof value === 'string' && !choices.includes(value)) {
      throw unknown(`value "${value}" of --${name}`, value, choices);
    }
  }
  const given = new ParsedArguments(values, positionals);
  if (command.operands?.startsWith('-- ') === true && !given.flag('help') && !args.includes('--')) {
    // Without it, an option of the other command would be taken for one of ours.
    throw new UsageError(
      `"${command.name}" needs -- before the command: aws-oidc ${command.name} [options] ${command.operands}`,
    );
  }
  if (!given.flag('help')) checkOperands(command, positionals);
  return given;
}

function checkOperands({ count, name, operands = '' }: Command, given: readonly string[]): void {
  if (given.length < count.least) throw new UsageError(`"${name}" needs ${operands}.`);
  if (given.length > count.most) {
    throw new UsageError(`"${given[count.most]}" is one argument too many for "${name}".`);
  }
}

function parse(table: OptionTable, args: readonly string[]) {
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    Object.entries(table).map(([name, { value, multiple }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(multiple === undefined ? {} : { multiple }),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const [, option = ''] = /'(?:-\w, )?(--?[^' ]+)/.exec(message) ?? [];
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      throw unknown(`option "${option}"`, option.replace(/^--?/, ''), Object.keys(table), (name) => `--${name}`);
    }
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
      const value = table[option.replace(/^--?/, '')]?.value;
      throw new UsageError(
        value === undefined ? `${option} takes no value.` : `${option} needs a value: ${option}=${value}.`,
      );
    }
    throw error;
  }
}

function unknown(
  what: string,
  given: string,
  known: readonly string[],
  shown: (name: string) => string = (name) => name,
): UsageError {
  const meant = nearest(given, known);
  const hint = meant === undefined ? '' : ` Did you mean ${shown(meant)}?`;
  return new UsageError(`There is no ${what}.${hint}`);
}
