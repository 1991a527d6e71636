/** Source of a regular expression for a UUID without braces. */
export const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

const PLAIN = new RegExp(`^${UUID}$`);
const BRACED = new RegExp(`^\\{(${UUID})\\}$`);

/** Parses a UUID with or without braces to lower case without braces. Returns undefined for other text. */
export function bareUuid(text: string): string | undefined {
  const bare = BRACED.exec(text)?.[1] ?? text;
  return PLAIN.test(bare) ? bare.toLowerCase() : undefined;
}
