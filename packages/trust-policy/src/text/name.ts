import { findPlaceholder } from './placeholder.ts';

/**
 * Finds the reason why a text is not the literal name of one thing. Continues a sentence that begins with the field.
 * Returns undefined for a usable name.
 */
export function nameProblem(text: string): string | undefined {
  if (/[*?]/.test(text)) return 'must not contain a wildcard: name exactly one';
  if (/\p{Cc}/u.test(text)) return 'must not contain control characters';
  const hidden = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Z}/u.exec(text)?.[0];
  if (hidden !== undefined) return `must not contain an invisible character: it has U+${codePoint(hidden)}`;
  if (text !== text.trim()) return `must not begin or end with a blank: write "${text.trim()}"`;
  const placeholder = findPlaceholder(text);
  if (placeholder !== undefined) return `is still a placeholder: replace "${placeholder}"`;
  // CloudFormation replaces such text everywhere in a template.
  if (/\{\{\s*resolve:/i.test(text)) return 'must not contain "{{resolve:": CloudFormation would replace it';
  const mixed = mixedWord(text);
  return mixed === undefined
    ? undefined
    : `mixes letters of two alphabets that look alike, in "${mixed}": type it again`;
}

/** Finds a word with Latin letters and with Cyrillic or Greek ones. */
function mixedWord(text: string): string | undefined {
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.find((word) => /\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word));
}

function codePoint(character: string): string {
  return Number(character.codePointAt(0)).toString(16).toUpperCase().padStart(4, '0');
}

/**
 * Finds the name that was probably meant: without the URL, the slashes or the `.git` around it, or in small letters.
 *
 * @param isName whether a text has the form of the name
 */
export function meantName(text: string, isName: (text: string) => boolean): string | undefined {
  const path = withoutSlashes(text.replace(/^[a-z+]+:\/\/[^/]*\//i, '')).replace(/\.git$/, '');
  return [path, path.toLowerCase()].find((name) => name !== text && isName(name));
}

function withoutSlashes(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === '/') start += 1;
  while (end > start && text[end - 1] === '/') end -= 1;
  return text.slice(start, end);
}
