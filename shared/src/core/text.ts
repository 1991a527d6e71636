/**
 * Returns text from outside (branch names, claims, messages of servers) in a form that is safe to print. Removes
 * terminal escape sequences and control characters, so the text cannot move the cursor, colour a line or begin a new
 * one. Shows invisible characters as escapes such as `\u200b`, because they may be the reason for an error. Commands of
 * a CI system in harmless text (`##vso[`) are made inert by that system's `Log`.
 */
export function printable(text: string, maxLength = 500): string {
  const plain = ASCII.test(text) ? text : withVisibleCharacters(text);
  return plain.length > maxLength ? `${plain.slice(0, maxLength)}… (${plain.length} characters)` : plain;
}

/**
 * Text of visible ASCII characters and spaces. It is printable unchanged; V8 takes milliseconds to compile the other
 * expressions.
 */
const ASCII = /^[ -~]*$/;

function withVisibleCharacters(text: string): string {
  const visible = withoutEscapeSequences(text)
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(CONTROL, '')
    .replace(INVISIBLE, escaped);
  // "é" as one character and as two look the same.
  return visible === visible.normalize('NFC') ? visible : visible.replace(/\p{Mn}/gu, escaped);
}

/** Returns the text without escape sequences of terminals. */
export function withoutEscapeSequences(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '');
}

/** Returns the JSON escapes of a character. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

/** CSI, OSC and single-character escapes of ECMA-48, with the 8-bit forms. */
const ESCAPE_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for control characters
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;

const CONTROL = /\p{Cc}/gu;

/** Marks that reorder or hide text, characters without a glyph, and blanks other than the space. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** `1 attempt`, `3 attempts`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** Duration in words: `45 s`, `12 min`, `1 h 5 min`. */
export function duration(seconds: number): string {
  const s = Math.round(Math.abs(seconds));
  if (s < 120) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** Indents every line by two spaces. */
export function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
