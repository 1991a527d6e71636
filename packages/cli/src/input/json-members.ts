export type JsonMembers = Readonly<Record<string, unknown>>;

/** The members of what should be a JSON object; none where it is anything else. */
export function members(value: unknown): JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMembers) : {};
}
