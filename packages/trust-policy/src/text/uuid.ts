/** Source of a regular expression for a UUID without braces. */
export const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

const PLAIN = new RegExp(`^${UUID}$`);
const BRACED = new RegExp(`^\\{(${UUID})\\}$`);

/** The UUID without braces and in lower case, whether it was given with braces or not. Undefined where it is none. */
export function bareUuid(text: string): string | undefined {
  const bare = BRACED.exec(text)?.[1] ?? text;
  return PLAIN.test(bare) ? bare.toLowerCase() : undefined;
}
