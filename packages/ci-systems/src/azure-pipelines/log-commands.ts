import { printable } from '@aws-oidc-assume/shared';

/**
 * Marks that a culture-sensitive comparison ignores. The agent looks for `##vso[` by .NET's `IndexOf(string)`, so a command
 * with such marks in it is found as well (agent, Command.cs; ICU, zero collation weight).
 */
const IGNORED = String.raw`[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]*`;

/**
 * The agent obeys `##vso[` anywhere in a line and formats lines that begin with `##[`. The full-width forms count in a
 * Japanese culture.
 */
const LOG_COMMAND = new RegExp(
  `([#＃]${IGNORED})([#＃])(?=${IGNORED}(?:[[［]|[vｖ]${IGNORED}[sｓ]${IGNORED}[oｏ]))`,
  'giu',
);

/** Makes text from outside harmless to print: one line, no control characters, no log commands. */
export function inertText(text: string, maxLength?: number): string {
  return neutralizeLogCommands(printable(text, maxLength));
}

/** Separates the two characters that begin a log command by a visible one, which no comparison ignores. */
export function neutralizeLogCommands(text: string): string {
  return text.replace(LOG_COMMAND, '$1·$2');
}

/** Writes the second character as an escape, so parsers of the JSON read the unchanged value. */
export function neutralizeLogCommandsInJson(json: string): string {
  return json.replace(
    LOG_COMMAND,
    (_, first: string, second: string) => `${first}${second === '#' ? '\\u0023' : '\\uff03'}`,
  );
}
