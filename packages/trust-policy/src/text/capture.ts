/** The text of a capturing group by its number; empty where the group took no part in the match. */
export type Groups = (number: number) => string;

/** What a regular expression captures in a text, or undefined where it does not match. */
export function capture(form: RegExp, text: string): Groups | undefined {
  const match = form.exec(text);
  return match === null ? undefined : (number) => match[number] ?? '';
}
