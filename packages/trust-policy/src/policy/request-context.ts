import type { Context } from './model.ts';
import { unknownReason } from './unknown-keys.ts';

/** The request's condition keys, looked up as IAM does: without regard to case. */
export interface RequestContext {
  /** Returns the values of the key. Undefined if the request has no such key or its value is unknown here. */
  values(key: string): readonly string[] | undefined;
  /** Explains why an absent key may have a value at AWS. Undefined if the key is present or missing. */
  whyUnknown(key: string): string | undefined;
}

/** Makes a context with case-insensitive keys; of two spellings the later one wins. An empty list is a missing key. */
export function requestContext(context: Context, action: string): RequestContext {
  const byFoldedKey = new Map<string, readonly string[]>();
  const keyNames = new Set<string>();
  for (const [key, value] of Object.entries(context)) {
    const values = typeof value === 'string' ? [value] : value;
    keyNames.add(key.toLowerCase());
    if (values.length > 0) byFoldedKey.set(key.toLowerCase(), values);
  }
  return {
    values: (key) => byFoldedKey.get(key.toLowerCase()),
    whyUnknown: (key) => (keyNames.has(key.toLowerCase()) ? undefined : unknownReason(key, action)),
  };
}

/** Returns a clause that explains why the value of such a key is unknown to a web identity's request. */
export function whyUnknown(key: string): string {
  return unknownReason(key, 'sts:AssumeRoleWithWebIdentity') ?? `${key} is not known here`;
}
