import type { OptionTable, ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';

export const FORCE_OPTION: OptionTable = { force: { about: 'print even to a terminal' } };

/** Refuses a terminal, because the credentials would stay in its history. @throws UsageError */
export function refuseTerminal(args: ParsedArguments, { out }: CliContext, use: string): void {
  if (out.isTerminal && !args.flag('force')) {
    throw new UsageError(`This prints credentials, and standard output is a terminal. ${use} Or add --force.`);
  }
}
