/** Joins values to `"a" or "b"`. Returns `nothing` for an empty list. */
export function alternatives(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(' or ') || 'nothing';
}
