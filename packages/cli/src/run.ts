import { Failure, failureLines } from '@aws-oidc-assume/shared';
import type { Command } from './cli/command.ts';
import { findCommand, readArguments } from './cli/command-line.ts';
import { commandHelp, overview } from './cli/help.ts';
import { inert, json, painter, plain } from './cli/print.ts';
import { UsageError } from './cli/usage-error.ts';
import { COMMANDS } from './commands/index.ts';
import type { CliContext } from './context.ts';

export const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command line. @returns the exit status */
export async function run(args: readonly string[], context: CliContext): Promise<number> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    if (error instanceof UsageError) return wrongUsage(error, args, context);
    return failed(Failure.from(error), args, context);
  }
}

async function dispatch(args: readonly string[], context: CliContext): Promise<number> {
  const paint = painter(context.out, context.env);
  const [first, ...others] = args;
  if (first === undefined) throw new UsageError(`Which command? ${COMMANDS.map(({ name }) => name).join(', ')}.`);
  if (first === '--version') {
    context.out.write(`${context.version}\n`);
    return 0;
  }
  if (first === '--help' || first === '-h' || (first === 'help' && others.length === 0)) {
    context.out.write(overview(COMMANDS, paint));
    return 0;
  }
  const group = groupToExplain(args);
  if (group.length > 0) {
    context.out.write(overview(group, paint));
    return 0;
  }
  const { command, rest } = findCommand(first === 'help' ? others : args, COMMANDS);
  const given = readArguments(command, first === 'help' ? ['--help'] : rest);
  if (given.flag('help')) {
    context.out.write(commandHelp(command, paint));
    return 0;
  }
  return command.run(given, context);
}

/** The commands of `help trust` or `trust --help`; none where it is help on one command, or no help. */
function groupToExplain([first, second, ...more]: readonly string[]): Command[] {
  const name = first === 'help' ? second : second === '--help' || second === '-h' ? first : undefined;
  return more.length > 0 ? [] : COMMANDS.filter((command) => command.name.startsWith(`${name} `));
}

function wrongUsage({ message }: UsageError, args: readonly string[], { err, env }: CliContext): number {
  if (wantsJson(args)) {
    err.write(json({ error: { code: 'WrongUsage', message } }));
    return WRONG_USAGE;
  }
  const paint = painter(err, env);
  const [first, ...more] = message.split('\n').map((line) => plain(line, 1000));
  err.write(`${paint('red', 'aws-oidc:')} ${first}\n`);
  for (const line of more) err.write(`  ${line}\n`);
  err.write(`Help: aws-oidc ${helpFor(args)}\n`);
  return WRONG_USAGE;
}

/** The page that has what was written wrongly. */
function helpFor(args: readonly string[]): string {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, at) => word === args[at]));
  return command === undefined ? '--help' : `help ${command.name}`;
}

function failed(failure: Failure, args: readonly string[], { err, env }: CliContext): number {
  const lines = failureLines(failure).map(inert);
  if (wantsJson(args)) {
    err.write(json({ error: { code: failure.code, message: plain(failure.message, 1000), report: lines } }));
  } else {
    const paint = painter(err, env);
    const [first, ...rest] = lines;
    err.write(`${[paint('red', `✖ ${first}`), ...rest].join('\n')}\n`);
  }
  return failure.code === 'InvalidOptions' ? WRONG_USAGE : FAILED;
}

/** What stands after `--` belongs to another program. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).includes('--json');
}
