/**
 * `${NAME}`, `$(NAME)`, `<NAME>` or `YOUR_NAME`: something that was to be filled in before the policy was stored. IAM's own
 * variables have a colon in their name, or are one of `${*}`, `${?}` and `${$}`.
 */
const PLACEHOLDER = /\$\{[A-Za-z_][\w.-]*\}|\$\([^)]*\)|<[A-Za-z][^<>]*>|\bYOUR[_-][A-Z0-9_-]+/;

/** The first placeholder in a value, or undefined. */
export function findPlaceholder(value: string): string | undefined {
  return PLACEHOLDER.exec(value)?.[0];
}
