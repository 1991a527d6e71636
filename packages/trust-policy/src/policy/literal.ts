/** Escapes text so that StringEquals compares it literally: `${` would begin a policy variable. */
export function literalInEquals(text: string): string {
  return text.replaceAll('${', '${$}{');
}

/** Escapes text so that StringLike compares it literally: `${`, `*` and `?` have a meaning there. */
export function literalInLike(text: string): string {
  return text.replace(/\$\{|[*?]/g, (special) => (special === '${' ? '${$}{' : `\${${special}}`));
}

/** Converts a value of StringEquals to the same value of StringLike. Policy variables keep their meaning. */
export function equalsInLike(value: string): string {
  return value.replaceAll(/(?<!\$\{)[*?]/g, (wildcard) => `\${${wildcard}}`);
}
