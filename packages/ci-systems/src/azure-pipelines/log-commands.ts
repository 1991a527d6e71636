import { printable } from '@aws-oidc-assume/shared';

/** The agent obeys `##vso[` anywhere in a line, in any case, and formats lines that begin with `##[`. */
const LOG_COMMAND = /##(?=\[|vso)/gi;

/** Makes text from outside harmless to print: one line, no control characters, no log commands. */
export function inertText(text: string, maxLength?: number): string {
  return neutralizeLogCommands(printable(text, maxLength));
}

/** Separates the two characters that begin a log command by a character without width, so the text stays readable. */
export function neutralizeLogCommands(text: string): string {
  return text.replace(LOG_COMMAND, '#\u200b#');
}

/** Writes the second character as an escape, so parsers of the JSON read the unchanged value. */
export function neutralizeLogCommandsInJson(json: string): string {
  return json.replace(LOG_COMMAND, '#\\u0023');
}
