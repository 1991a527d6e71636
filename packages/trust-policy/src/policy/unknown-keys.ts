/** Condition keys whose value AWS may know and the caller of this package may not. */

/** Returns a clause that explains why the value of a key is not known, or undefined if an absent key is missing. */
export function unknownReason(key: string, action: string): string | undefined {
  const folded = key.toLowerCase();
  const group = GROUPS.find(({ holds }) => holds(folded, action));
  return group && `${key} ${group.reason}`;
}

/**
 * Whether a context provider fills this key from a claim: `aws:TransactionContext/…` and `aws:OriginIdentity/…`.
 *
 * An OIDC provider in IAM can carry a `ContextProvider` that maps up to ten claims to such keys (IAM API,
 * ContextProvider). The mapping belongs to the provider, so neither the token nor the policy shows the value.
 */
export function isMappedClaimKey(key: string): boolean {
  return /^aws:(?:transactioncontext|originidentity)\//i.test(key);
}

/**
 * Whether a request can have several values for this key. Its conditions need `ForAnyValue` or `ForAllValues` (IAM guide,
 * "Single-valued vs. multivalued context keys").
 */
export function isMultivaluedKey(key: string): boolean {
  const folded = key.toLowerCase();
  return MULTIVALUED.has(folded) || folded.endsWith(':amr');
}

const MULTIVALUED: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
  'aws:vpceorgpaths',
  'sts:transitivetagkeys',
]);

/** Actions that open a session, for which the caller must name it. */
const OPENS_SESSION = /^sts:(?:AssumeRole|TagSession$|SetSourceIdentity$)/i;

interface KeyGroup {
  /** Completes a clause that begins with the key. */
  readonly reason: string;
  /** @param key in lower case */
  holds(key: string, action: string): boolean;
}

/** IAM guide, "AWS global condition context keys"; Service Authorization Reference for STS. */
const GROUPS: readonly KeyGroup[] = [
  listed('is in every request, and not known here', [
    'aws:currenttime',
    'aws:epochtime',
    'aws:principalaccount',
    'aws:requestedregion',
    'aws:securetransport',
    'aws:sourceip',
    'aws:useragent',
    'aws:userid',
    'aws:viaawsservice',
  ]),
  {
    reason: 'is in every request, and not known here',
    holds: (key, action) => key === 'sts:rolesessionname' && OPENS_SESSION.test(action),
  },
  {
    reason: "depends on the role's ARN, and is not known here",
    holds: (key, action) => key === 'sts:roleauthorizedbyidp' && /^sts:AssumeRoleWithWebIdentity$/i.test(action),
  },
  listed('is in requests through a VPC endpoint, and not known here', [
    'aws:sourcevpc',
    'aws:sourcevpcarn',
    'aws:sourcevpce',
    'aws:vpceaccount',
    'aws:vpceorgid',
    'aws:vpceorgpaths',
    'aws:vpcsourceip',
  ]),
  listed('is in requests to an account of an organization, and not known here', [
    'aws:principalorgid',
    'aws:principalorgpaths',
    'aws:resourceorgid',
    'aws:resourceorgpaths',
  ]),
  listed("is the account of the role's own ARN, and not known here", ['aws:resourceaccount']),
  {
    reason: 'is a tag of the role itself, and not known here',
    holds: (key) => /^(?:aws|iam):resourcetag\//.test(key),
  },
  {
    reason: 'is filled by the context provider of the identity provider in IAM, and not judged here',
    holds: isMappedClaimKey,
  },
  listed('is not documented for the evaluation of a trust policy, and not known here', ['aws:federatedprovider']),
];

function listed(reason: string, keys: readonly string[]): KeyGroup {
  const set = new Set(keys);
  return { reason, holds: (key) => set.has(key) };
}
