/** Returns a claim as AWS compares it: text, numbers and booleans as text. Returns undefined for anything else. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Returns all values of a claim, which can be one value or a list. */
export function textList(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(text).filter((item) => item !== undefined);
}
