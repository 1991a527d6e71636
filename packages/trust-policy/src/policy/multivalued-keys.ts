/** Keys of a request that can have several values (IAM guide, "Single-valued vs. multivalued context keys"). In lower case. */
const MULTIVALUED_KEYS: ReadonlySet<string> = new Set([
  'amr',
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
  'aws:vpceorgpaths',
  'sts:transitivetagkeys',
]);

/** Whether a key can have several values. A claim of a token is given without its issuer. */
export function isMultivaluedKey(key: string): boolean {
  return MULTIVALUED_KEYS.has(key.toLowerCase());
}
