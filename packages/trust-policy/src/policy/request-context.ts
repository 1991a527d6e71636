import type { Context } from './model.ts';

/** The request's condition keys, looked up as IAM does: without regard to case. */
export interface RequestContext {
  /** Returns the values of the key. Undefined if the request has no such key or its value is unknown here. */
  values(key: string): readonly string[] | undefined;
  /** Whether AWS knows a value of the key, or may know one, and the caller did not give it: then it is not missing. */
  isUnknown(key: string): boolean;
}

/**
 * Keys that AWS fills for every request (IAM guide, "AWS global condition context keys"), `aws:SourceIp` unless it comes
 * through a VPC endpoint.
 */
const IN_EVERY_REQUEST: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceip',
  'aws:useragent',
  'aws:userid',
]);

/** Keys that AWS fills for a request through a VPC endpoint. */
const THROUGH_ENDPOINTS: ReadonlySet<string> = new Set([
  'aws:sourcevpc',
  'aws:sourcevpcarn',
  'aws:sourcevpce',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
  'aws:vpcsourceip',
]);

/** Actions that open a session, for which the caller must name it. */
const OPENS_SESSION = /^sts:(?:AssumeRole|TagSession$|SetSourceIdentity$)/i;

/** Makes a context with case-insensitive keys; of two spellings the later one wins. An empty list is a missing key. */
export function requestContext(context: Context, action: string): RequestContext {
  const byFoldedKey = new Map<string, readonly string[]>();
  const given = new Set<string>();
  for (const [key, value] of Object.entries(context)) {
    const values = typeof value === 'string' ? [value] : value;
    given.add(key.toLowerCase());
    if (values.length > 0) byFoldedKey.set(key.toLowerCase(), values);
  }
  return {
    values: (key) => byFoldedKey.get(key.toLowerCase()),
    isUnknown(key) {
      const folded = key.toLowerCase();
      if (given.has(folded)) return false;
      return (
        IN_EVERY_REQUEST.has(folded) ||
        THROUGH_ENDPOINTS.has(folded) ||
        (folded === 'sts:rolesessionname' && OPENS_SESSION.test(action))
      );
    },
  };
}

/** Returns a clause that explains why the value of such a key is unknown. */
export function whyUnknown(key: string): string {
  return THROUGH_ENDPOINTS.has(key.toLowerCase())
    ? `${key} is in requests through a VPC endpoint, and not known here`
    : `${key} is in every request, and not known here`;
}
