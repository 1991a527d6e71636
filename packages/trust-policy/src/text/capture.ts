/** Returns the text of a capturing group by its number. Empty if the group took no part in the match. */
export type Groups = (number: number) => string;

/** Matches a text. Returns its capturing groups, or undefined if the expression does not match. */
export function capture(form: RegExp, text: string): Groups | undefined {
  const match = form.exec(text);
  return match === null ? undefined : (number) => match[number] ?? '';
}
