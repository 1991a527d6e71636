/**
 * `${NAME}`, `<NAME>` or `YOUR_NAME`: a placeholder that should have been replaced before the policy was stored.
 * IAM's own variables have a colon in their name, or are one of `${*}`, `${?}` and `${$}`. A name such as `make-YOUR-site` is
 * a name.
 */
const PLACEHOLDER = /\$\{[A-Za-z_][\w.-]*\}|<[A-Za-z][^<>]*>|(?<![\w-])YOUR[_-][A-Z0-9_-]+/;

/** Finds the first placeholder in a value, in time linear in its length. */
export function findPlaceholder(value: string): string | undefined {
  return findMacro(value) ?? PLACEHOLDER.exec(value)?.[0];
}

/** Finds `$(NAME)`, as Azure Pipelines writes a variable. */
function findMacro(value: string): string | undefined {
  const start = value.indexOf('$(');
  const end = value.indexOf(')', start);
  return start === -1 || end === -1 ? undefined : value.slice(start, end + 1);
}
