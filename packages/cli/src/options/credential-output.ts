import type { Given, OptionTable } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { World } from '../context.ts';

export const FORCE_OPTION: OptionTable = { force: { about: 'print to a terminal as well' } };

/** Credentials are for a program that reads them; on a terminal they stay in its history. @throws UsageError */
export function refuseTerminal(given: Given, { out }: World, use: string): void {
  if (out.isTerminal && !given.flag('force')) {
    throw new UsageError(`This prints credentials, and standard output is a terminal. ${use} Or add --force.`);
  }
}
