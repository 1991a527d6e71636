import type { Command, OptionTable } from './command.ts';
import { COMMON_OPTIONS } from './command-line.ts';
import { columns, type Painter } from './print.ts';

/** The list of all commands. */
export function overview(commands: readonly Command[], paint: Painter): string {
  return text([
    `${paint('bold', 'Usage:')} aws-oidc COMMAND [options]`,
    '',
    'CI identity tokens (OpenID Connect) and AWS: what is in a token, whether a role trusts it, why not, and',
    'short-lived credentials for one command.',
    '',
    paint('bold', 'Commands:'),
    ...columns(commands.map(({ name, about }) => [name, about])),
    '',
    paint('bold', 'Everywhere:'),
    ...columns([
      ['--help', 'help with examples, also: aws-oidc help COMMAND'],
      ['--version', 'the version of this program'],
      ['--json', 'JSON in place of text, where there is something to print'],
    ]),
    '',
    'Exit status: 0, 1 for a refusal or a failure with the reason on standard error, 2 for wrong usage.',
  ]);
}

/** Help of one command. */
export function commandHelp(command: Command, paint: Painter): string {
  const { name, about, operands, notes = [], examples } = command;
  return text([
    `${paint('bold', 'Usage:')} aws-oidc ${name} [options]${operands === undefined ? '' : ` ${operands}`}`,
    '',
    sentence(about),
    ...notes.flatMap((note) => ['', ...wrapped(note)]),
    '',
    paint('bold', 'Options:'),
    ...optionLines({ ...command.options, ...COMMON_OPTIONS }),
    '',
    paint('bold', 'Examples:'),
    ...examples.flatMap((example, at) => [
      ...(at === 0 ? [] : ['']),
      `  ${paint('dim', `# ${example.about}`)}`,
      `  ${example.line}`,
    ]),
  ]);
}

function optionLines(options: OptionTable): string[] {
  const rows = Object.entries(options).map(([name, { value, about, multiple, choices }]) => {
    const shown = choices === undefined ? about : `${about}: ${choices.join(', ')}`;
    return [
      `--${name}${value === undefined ? '' : ` ${value}`}`,
      multiple === true ? `${shown}; may be given several times` : shown,
    ] as const;
  });
  return columns(rows);
}

function sentence(about: string): string {
  return `${about.charAt(0).toUpperCase()}${about.slice(1)}.`;
}

/** Fits a terminal of usual width. */
const WIDTH = 110;

function wrapped(paragraph: string): string[] {
  const lines = [''];
  for (const word of paragraph.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
