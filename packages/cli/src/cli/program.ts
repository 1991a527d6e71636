import { Argument, InvalidArgumentError, Option, Command as Program } from 'commander';
import type { CliContext } from '../context.ts';
import { type Command, type OptionSpec, ParsedArguments } from './command.ts';
import { painter } from './print.ts';

const HELP_WIDTH = 110;

const ABOUT =
  'Reads CI identity tokens (OpenID Connect), explains whether an AWS role trusts them, and gets short-lived credentials.';

const AFTER_OVERVIEW = `
Run aws-oidc help COMMAND for the options and examples of a command.

Exit status: 0 for success, 1 for a refusal or a failure with the reason on standard error, 2 for wrong usage.`;

/**
 * Builds the parser of the command line.
 * @param run receives the command of a correct line; a wrong line makes the parser throw CommanderError
 */
export function createProgram(
  commands: readonly Command[],
  context: CliContext,
  run: (command: Command, args: ParsedArguments) => Promise<void>,
): Program {
  const program = configured(new Program('aws-oidc'), context)
    .description(ABOUT)
    .usage('COMMAND [options]')
    .version(context.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addHelpText('after', AFTER_OVERVIEW);
  for (const command of commands) addCommand(program, command, context, run);
  program
    .command('help')
    .description('show the help of a command')
    .argument('[COMMAND...]')
    .action(async (names: string[]) => {
      const target = names.reduce<Program | undefined>((parent, name) => childOf(parent, name), program);
      // Parsing the names reports the unknown one, with a suggestion.
      if (target === undefined) await program.parseAsync(names, { from: 'user' });
      else target.outputHelp();
    });
  return program;
}

/** Output goes to the context, errors are thrown, and the help has our placeholders and examples. */
function configured(program: Program, context: CliContext): Program {
  const paint = painter(context.out, context.env);
  return program
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      // Called only for the help of a group that stands without a subcommand.
      writeErr: (text) => context.out.write(text),
      outputError: () => {},
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .configureHelp({
      styleTitle: (title) => paint('bold', title),
      subcommandTerm: (command) => fullName(command),
      visibleCommands: (command) => command.commands.flatMap(leaves),
    });
}

function addCommand(
  program: Program,
  command: Command,
  context: CliContext,
  run: (command: Command, args: ParsedArguments) => Promise<void>,
): void {
  const words = command.name.split(' ');
  const name = words.pop() ?? '';
  const parent = words.reduce(
    (group, word) => childOf(group, word) ?? group.command(word).usage('COMMAND [options]'),
    program,
  );
  const sub = parent.command(name).summary(command.about).description(description(command));
  for (const [flag, spec] of Object.entries(command.options)) sub.addOption(optionOf(flag, spec));
  addOperand(sub, command);
  const paint = painter(context.out, context.env);
  const examples = command.examples.map(({ about, line }) => `  ${paint('dim', `# ${about}`)}\n  ${line}`);
  sub.addHelpText('after', `\n${paint('bold', 'Examples:')}\n${examples.join('\n\n')}`);
  sub.action(() => run(command, new ParsedArguments(valuesOf(sub), sub.args)));
}

function addOperand(program: Program, { operand }: Command): void {
  if (operand === undefined) return;
  if (operand === 'program') {
    program.argument('<CMD...>').passThroughOptions().usage('[options] -- CMD [ARG...]');
    return;
  }
  const argument = new Argument(`<${operand.name}>`, operand.about);
  program
    .addArgument(operand.choices === undefined ? argument : argument.choices(operand.choices))
    .usage(`[options] ${operand.name}`);
}

function optionOf(name: string, { value, about, multiple, choices }: OptionSpec): Option {
  const note = multiple === true ? `${about}; repeatable` : about;
  const option = new Option(value === undefined ? `--${name}` : `--${name} <${value}>`, note);
  if (value === undefined) return option;
  if (choices !== undefined) option.choices(choices);
  const check = option.parseArg;
  return option.argParser((text, previous: unknown) => {
    // Commander would read the next option as the value.
    if (text.startsWith('--')) throw new InvalidArgumentError(`Write --${name}=VALUE if the value begins with "--".`);
    if (multiple === true) return [...(Array.isArray(previous) ? previous : []), text];
    if (previous !== undefined) throw new InvalidArgumentError(`--${name} is given twice.`);
    return check === undefined ? text : check(text, undefined);
  });
}

/** Values by option name. A switch named `no-…` is true if it was given. */
function valuesOf(program: Program): Record<string, unknown> {
  return Object.fromEntries(
    program.options.map((option) => {
      const value: unknown = program.getOptionValue(option.attributeName());
      return [(option.long ?? '').slice(2), option.negate ? value === false : value];
    }),
  );
}

function description({ about, notes = [] }: Command): string {
  return [`${about.charAt(0).toUpperCase()}${about.slice(1)}.`, ...notes].join('\n\n');
}

function childOf(parent: Program | undefined, name: string): Program | undefined {
  return parent?.commands.find((command) => command.name() === name);
}

/** Commands with an action, each below its group. */
function leaves(program: Program): Program[] {
  return program.commands.length === 0 ? [program] : program.commands.flatMap(leaves);
}

/** Words of a command below the program: `trust lint`. */
function fullName(program: Program): string {
  const { parent } = program;
  return parent === null || parent.parent === null ? program.name() : `${fullName(parent)} ${program.name()}`;
}
