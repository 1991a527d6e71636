/** Comparisons of .NET's `CompareOptions.None`, which ICU does at the tertiary level. */
const CULTURES = ['en', 'ja'].map((locale) => new Intl.Collator(locale, { sensitivity: 'variant' }));

/** Plain text needs no collator, which is slow. */
const ASCII = /^[\t\u0020-\u007e]*$/;

/**
 * Position of a text as .NET's `IndexOf(string)` finds it on a machine with ICU: characters without a collation weight, such
 * as U+200B, count for nothing, and a Japanese culture takes full-width forms for the same.
 * @returns -1 if it is not there
 */
export function cultureIndexOf(text: string, wanted: string): number {
  if (ASCII.test(text)) return text.indexOf(wanted);
  return Math.max(...CULTURES.map((culture) => indexIn(culture, text, wanted)));
}

function indexIn(culture: Intl.Collator, text: string, wanted: string): number {
  const characters: { readonly character: string; readonly at: number }[] = [];
  let at = 0;
  for (const character of text) {
    if (culture.compare(`#${character}#`, '##') !== 0) characters.push({ character, at });
    at += character.length;
  }
  const found = characters.findIndex((_, first) =>
    [...wanted].every((one, offset) => {
      const { character } = characters[first + offset] ?? {};
      return character !== undefined && culture.compare(character, one) === 0;
    }),
  );
  return characters[found]?.at ?? -1;
}
