export type JsonMembers = Readonly<Record<string, unknown>>;

/** Returns the members of a JSON object, and none for any other value. */
export function members(value: unknown): JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMembers) : {};
}
