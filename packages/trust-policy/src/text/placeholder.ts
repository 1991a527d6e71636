/**
 * `${NAME}`, `$(NAME)`, `<NAME>` or `YOUR_NAME`: a placeholder that should have been replaced before the policy was stored.
 * IAM's own variables have a colon in their name, or are one of `${*}`, `${?}` and `${$}`.
 */
const PLACEHOLDER = /\$\{[A-Za-z_][\w.-]*\}|\$\([^)]*\)|<[A-Za-z][^<>]*>|\bYOUR[_-][A-Z0-9_-]+/;

/** Finds the first placeholder in a value. */
export function findPlaceholder(value: string): string | undefined {
  return PLACEHOLDER.exec(value)?.[0];
}
