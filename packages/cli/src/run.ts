import { Failure, failureLines } from '@aws-oidc-assume/shared';
import { CommanderError } from 'commander';
import type { Command } from './cli/command.ts';
import { candidates } from './cli/completion.ts';
import { inert, json, painter, plain } from './cli/print.ts';
import { createProgram } from './cli/program.ts';
import { UsageError } from './cli/usage-error.ts';
import { COMMANDS } from './commands/index.ts';
import type { CliContext } from './context.ts';

export const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command line. @returns the exit status */
export async function run(args: readonly string[], context: CliContext): Promise<number> {
  let status = 0;
  const program = createProgram(COMMANDS, context, async (command, parsed) => {
    status = await command.run(parsed, context);
  });
  if (args[0] === '__complete') {
    context.out.write(`${candidates(program, args.slice(1)).join('\n')}\n`);
    return status;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof UsageError) return wrongUsage(error.message, args, context);
    if (!(error instanceof CommanderError)) return failed(Failure.from(error), args, context);
    const isHelp = error.exitCode === 0 || error.code === 'commander.help';
    return isHelp ? 0 : wrongUsage(usageMessage(error), args, context);
  }
}

/** Commander's message as sentences of one line. */
function usageMessage({ message }: CommanderError): string {
  const [first = '', suggestion = ''] = message.replace(/^error: /, '').split('\n');
  const sentence = first.replace(/\.?$/, '.');
  return suggestion === '' ? sentence : `${sentence} ${suggestion.replace(/^\((.*)\)$/, '$1')}`;
}

function wrongUsage(message: string, args: readonly string[], { err, env }: CliContext): number {
  if (wantsJson(args)) {
    err.write(json({ error: { code: 'WrongUsage', message } }));
    return WRONG_USAGE;
  }
  const paint = painter(err, env);
  const [first, ...more] = message.split('\n').map((line) => plain(line, 1000));
  err.write(`${paint('red', 'aws-oidc:')} ${first}\n`);
  for (const line of more) err.write(`  ${line}\n`);
  const command = commandOf(args);
  err.write(`Help: aws-oidc ${command === undefined ? '--help' : `help ${command.name}`}\n`);
  return WRONG_USAGE;
}

function failed(failure: Failure, args: readonly string[], { err, env }: CliContext): number {
  const lines = failureLines(failure, isVerbose(args)).map(inert);
  if (wantsJson(args)) {
    err.write(json({ error: { code: failure.code, message: plain(failure.message, 1000), report: lines } }));
  } else {
    const paint = painter(err, env);
    const [first, ...rest] = lines;
    const [, code = '', cause = ''] = /^(\w+: )(.*)$/.exec(first ?? '') ?? [];
    err.write(`${[`✖ ${code}${paint('red', cause)}`, ...rest].join('\n')}\n`);
  }
  return failure.code === 'InvalidOptions' ? WRONG_USAGE : FAILED;
}

/** Whether the user asked for details. Arguments after `--` belong to another program. */
function isVerbose(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--verbose');
}

function commandOf(args: readonly string[]): Command | undefined {
  return COMMANDS.find(({ name }) => name.split(' ').every((word, index) => word === args[index]));
}

/** Whether errors are printed as JSON. `exec` has no `--json`, which belongs to the other program there. */
function wantsJson(args: readonly string[]): boolean {
  return args.includes('--json') && commandOf(args)?.operand !== 'program';
}
