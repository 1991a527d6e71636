import type { CliContext } from '../context.ts';

/** One option of a command. */
export interface OptionSpec {
  /** What stands for the value in the help, e.g. `FILE`. Undefined: a switch without a value. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
  readonly about: string;
  /** The values there are, for completion; others are refused. */
  readonly choices?: readonly string[];
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

export interface Example {
  readonly about: string;
  readonly line: string;
}

/** One command: its table, and what it does. */
export interface Command {
  /** Its words: `inspect`, `trust lint`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** What follows the name in the usage line besides options: `FILE`, `-- CMD [ARG…]`. */
  readonly operands?: string;
  /** How many operands there may be. */
  readonly count: { readonly least: number; readonly most: number };
  /** The values of the first operand, for completion. */
  readonly choices?: readonly string[];
  readonly options: OptionTable;
  /** Further paragraphs of the help. */
  readonly notes?: readonly string[];
  readonly examples: readonly Example[];
  /** @returns exit status. @throws UsageError, Failure */
  run(args: ParsedArguments, context: CliContext): Promise<number>;
}

/** What was written on the command line, after it was checked against the command's table. */
export class ParsedArguments {
  readonly operands: readonly string[];
  readonly #values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

  constructor(
    values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>,
    operands: readonly string[] = [],
  ) {
    this.#values = values;
    this.operands = operands;
  }

  text(option: string): string | undefined {
    const value = this.#values[option];
    return typeof value === 'string' ? value : undefined;
  }

  list(option: string): readonly string[] {
    const value = this.#values[option];
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
  }

  flag(option: string): boolean {
    return this.#values[option] === true;
  }
}

export const JSON_OPTION: OptionTable = { json: { about: 'print JSON' } };

/** How a field is spelt as an option: `roleArn` as `role-arn`. */
export function flagOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
