import type { CliContext } from '../context.ts';

/** One option of a command. */
export interface OptionSpec {
  /** Placeholder for the value in the help, for example `FILE`. An option without one is a switch. */
  readonly value?: string;
  /** Allows the option several times. */
  readonly multiple?: true;
  readonly about: string;
  /** Allowed values, listed in the help and in the error about any other value. */
  readonly choices?: readonly string[];
}

/** Options by name, without the leading dashes. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

export interface Example {
  readonly about: string;
  readonly line: string;
}

/** Operand of a command. A command has at most one, and it is required. */
export interface OperandSpec {
  /** Placeholder in the usage line: `FILE`. */
  readonly name: string;
  readonly about: string;
  readonly choices?: readonly string[];
}

/** One command: its options, its help and its action. */
export interface Command {
  /** Words that call it: `inspect`, `trust lint`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** `program`: the operands are another program with its arguments, and none of them is read as our option. */
  readonly operand?: OperandSpec | 'program';
  readonly options: OptionTable;
  /** Further paragraphs of the help. */
  readonly notes?: readonly string[];
  readonly examples: readonly Example[];
  /** @returns exit status. @throws UsageError, Failure */
  run(args: ParsedArguments, context: CliContext): Promise<number>;
}

/** Arguments of one command line, checked against the command's options. */
export class ParsedArguments {
  readonly operands: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>, operands: readonly string[] = []) {
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

  /** Whether the option was given, even with an empty value. */
  has(option: string): boolean {
    return this.#values[option] !== undefined;
  }

  /** Returns the same arguments with further options. */
  with(values: Readonly<Record<string, unknown>>): ParsedArguments {
    return new ParsedArguments({ ...this.#values, ...values }, this.operands);
  }

  flag(option: string): boolean {
    return this.#values[option] === true;
  }
}

export const JSON_OPTION: OptionTable = { json: { about: 'print JSON' } };

/** Spells a field as an option: `roleArn` as `role-arn`. */
export function flagOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
