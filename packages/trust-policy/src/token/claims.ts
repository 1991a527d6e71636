/** A claim as AWS compares it: strings as they are, numbers and booleans as text, anything else not at all. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** All values of a claim that may be one value or a list. */
export function textList(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(text).filter((item) => item !== undefined);
}
