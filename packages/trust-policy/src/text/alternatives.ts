/** `"a" or "b"`; `nothing` for an empty list. */
export function alternatives(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(' or ') || 'nothing';
}
