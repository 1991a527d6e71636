/** The first place where a text is no longer JSON. */
export interface JsonError {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** Clause without the text's content, apart from one character. */
  readonly reason: string;
}

/** Finds the first error of a text that is not JSON (RFC 8259). Returns undefined for JSON. Reads the text once. */
export function findJsonError(text: string): JsonError | undefined {
  const error = scan(text);
  if (error === undefined) return undefined;
  const before = text.slice(0, error.offset);
  const column = error.offset - before.lastIndexOf('\n');
  return { line: before.split('\n').length, column, reason: error.reason };
}

interface ScanError {
  readonly offset: number;
  readonly reason: string;
}

/** Kind of token that may follow. */
type Expected = 'value' | 'value or ]' | 'name or }' | 'name' | 'colon' | 'comma or }' | 'comma or ]' | 'end';

const PHRASES: Readonly<Record<Expected, string>> = {
  value: 'a value is missing',
  'value or ]': 'a value or "]" is missing',
  'name or }': 'a member name in double quotes or "}" is missing',
  name: 'a member name in double quotes is missing',
  colon: '":" is missing after a member name',
  'comma or }': '"," or "}" is missing',
  'comma or ]': '"," or "]" is missing',
  end: 'the document has ended, and more text follows',
};

const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

function scan(text: string): ScanError | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let lastComma = -1;
  for (let offset = skipSpace(text, 0); ; offset = skipSpace(text, offset)) {
    const character = text[offset];
    if (character === undefined && expected === 'end') return undefined;
    const closes = (character === '}' && open.at(-1) === '{') || (character === ']' && open.at(-1) === '[');
    if (closes && !expected.includes(String(character))) {
      return expected === 'value' || expected === 'name'
        ? { offset: lastComma, reason: `a comma before "${character}"` }
        : unexpected(text, offset, expected);
    }
    if (closes) {
      open.pop();
      expected = afterValue(open);
      offset += 1;
    } else if (character === ',' && expected.startsWith('comma')) {
      lastComma = offset;
      expected = open.at(-1) === '{' ? 'name' : 'value';
      offset += 1;
    } else if (character === ':' && expected === 'colon') {
      expected = 'value';
      offset += 1;
    } else if (character === '"' && (expected.startsWith('name') || expected.startsWith('value'))) {
      const end = scanString(text, offset);
      if (typeof end !== 'number') return end;
      expected = expected.startsWith('name') ? 'colon' : afterValue(open);
      offset = end;
    } else if ((character === '{' || character === '[') && expected.startsWith('value')) {
      open.push(character);
      expected = character === '{' ? 'name or }' : 'value or ]';
      offset += 1;
    } else {
      const end = expected.startsWith('value') ? endOf(NUMBER_OR_WORD, text, offset) : offset;
      if (end === offset) return unexpected(text, offset, expected);
      expected = afterValue(open);
      offset = end;
    }
  }
}

function afterValue(open: readonly string[]): Expected {
  const container = open.at(-1);
  return container === undefined ? 'end' : container === '{' ? 'comma or }' : 'comma or ]';
}

function skipSpace(text: string, offset: number): number {
  return endOf(SPACE, text, offset);
}

/** Returns the end of a match at the offset, or the offset itself. */
function endOf(form: RegExp, text: string, offset: number): number {
  form.lastIndex = offset;
  return offset + (form.exec(text)?.[0].length ?? 0);
}

/** Returns the offset after the string that begins at `start`. */
function scanString(text: string, start: number): number | ScanError {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    const character = text.charAt(offset);
    if (character === '"') return offset + 1;
    if (character < ' ') {
      return { offset, reason: `${describeCharacter(character)} inside a string; write it as an escape such as \\n` };
    }
    if (character === '\\') {
      const end = endOf(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y, text, offset);
      if (end === offset) return { offset, reason: 'a backslash that begins no escape; write it as \\\\' };
      offset = end - 1;
    }
  }
  return { offset: start, reason: 'a string that does not end' };
}

const QUOTES = /['‘’‚‛“”„‟«»‹›`´]/;

function unexpected(text: string, offset: number, expected: Expected): ScanError {
  const character = Array.from(text.slice(offset, offset + 2))[0];
  if (character === undefined) return { offset, reason: `the text ends here, and ${PHRASES[expected]}` };
  if (character === '/' || character === '#') return { offset, reason: 'a comment, and JSON has none' };
  if (QUOTES.test(character))
    return { offset, reason: `${describeCharacter(character)} where JSON has the quotation mark "` };
  return { offset, reason: `${describeCharacter(character)}; ${PHRASES[expected]}` };
}

/** Returns `"x"`, or `an invisible character, U+200B`. */
function describeCharacter(character: string): string {
  const code = Number(character.codePointAt(0)).toString(16).toUpperCase().padStart(4, '0');
  if (/[\p{C}\p{Z}]/u.test(character)) return `an invisible character, U+${code}`;
  return character > '~' ? `"${character}" (U+${code})` : `"${character}"`;
}
