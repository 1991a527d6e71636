/** Source of a regular expression for a UUID without braces. */
export const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

const PLAIN = new RegExp(`^${UUID}$`);
const BRACED = new RegExp(`^\\{(${UUID})\\}$`);

/** Parses a UUID, with or without braces. Returns it in lower case without braces; undefined for other text. */
export function bareUuid(text: string): string | undefined {
  const unbraced = BRACED.exec(text)?.[1] ?? text;
  return PLAIN.test(unbraced) ? unbraced.toLowerCase() : undefined;
}
