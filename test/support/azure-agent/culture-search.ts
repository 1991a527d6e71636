/** Comparisons of .NET's `CompareOptions.None`, which ICU does at the tertiary level. */
const CULTURES = ['en', 'ja'].map((locale) => new Intl.Collator(locale, { sensitivity: 'variant' }));

/** Plain text needs no collator, which is slow. */
const ASCII = /^[\t\u0020-\u007e]*$/;

/**
 * Position of a text as .NET's `IndexOf(string)` finds it with ICU. Characters without a collation weight, such as
 * U+200B, are ignored. A Japanese culture treats full-width forms as equal.
 *
 * @returns -1 if it is absent
 */
export function cultureIndexOf(text: string, searched: string): number {
  if (ASCII.test(text)) return text.indexOf(searched);
  return Math.max(...CULTURES.map((culture) => indexIn(culture, text, searched)));
}

function indexIn(culture: Intl.Collator, text: string, searched: string): number {
  const characters: { readonly character: string; readonly offset: number }[] = [];
  let offset = 0;
  for (const character of text) {
    if (culture.compare(`#${character}#`, '##') !== 0) characters.push({ character, offset });
    offset += character.length;
  }
  const index = characters.findIndex((_, first) =>
    [...searched].every((one, offset) => {
      const { character } = characters[first + offset] ?? {};
      return character !== undefined && culture.compare(character, one) === 0;
    }),
  );
  return characters[index]?.offset ?? -1;
}
