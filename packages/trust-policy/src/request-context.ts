import type { Context } from './model.ts';

/** The request's condition keys, looked up as IAM does: without regard to case. */
export interface RequestContext {
  /** All values of the key, or undefined where the request has no such key. */
  values(key: string): readonly string[] | undefined;
}

/** Where two keys differ only in case the later one counts. An empty list of values is a missing key. */
export function requestContext(context: Context): RequestContext {
  const byFoldedKey = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(context)) {
    const values = typeof value === 'string' ? [value] : value;
    if (values.length > 0) byFoldedKey.set(key.toLowerCase(), values);
  }
  return { values: (key) => byFoldedKey.get(key.toLowerCase()) };
}
