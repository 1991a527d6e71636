import { printable } from '@aws-oidc-assume/shared';

/**
 * Characters that a culture-sensitive comparison ignores. The agent looks for `##vso[` with .NET's `IndexOf(string)`, so it
 * also finds a command that contains such characters (agent, Command.cs). ICU ignores marks and some letters; Windows, all unassigned.
 */
const IGNORED = String.raw`[\p{M}\p{C}\p{Default_Ignorable_Code_Point}\u0640\u07fa\u180a\u1cd3\ufe73]*`;

/**
 * Beginnings of log commands. The agent obeys `##vso[` anywhere in a line and formats lines that begin with `##[`. In a
 * Japanese culture the full-width forms are equivalent.
 */
function logCommand(): RegExp {
  return new RegExp(`([#＃]${IGNORED})([#＃])(?=${IGNORED}(?:[[［]|[vｖ]${IGNORED}[sｓ]${IGNORED}[oｏ]))`, 'giu');
}

/** Every log command has two of these. V8 takes milliseconds to compile the whole expression, so it is left until then. */
const HASH = /[#＃]/;

/** Makes text from outside harmless to print: one line, no control characters, no log commands. */
export function inertText(text: string, maxLength?: number): string {
  return neutralizeLogCommands(printable(text, maxLength));
}

/** Puts a visible character, which no comparison ignores, between the two characters that begin a log command. */
export function neutralizeLogCommands(text: string): string {
  return HASH.test(text) ? text.replace(logCommand(), '$1·$2') : text;
}

/** Writes the second character as an escape, so parsers of the JSON read the unchanged value. */
export function neutralizeLogCommandsInJson(json: string): string {
  if (!HASH.test(json)) return json;
  return json.replace(
    logCommand(),
    (_, first: string, second: string) => `${first}${second === '#' ? '\\u0023' : '\\uff03'}`,
  );
}
