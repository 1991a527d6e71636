import { type Provider, recogniseIssuer } from '../ci-systems/issuer.ts';

/** What a condition key of a trust policy is about. */
export type ConditionKey =
  /** `aws:…` and `sts:…`. */
  | { readonly kind: 'global' }
  /** A claim of one of the issuers the statement trusts. */
  | { readonly kind: 'claim'; readonly issuer: string; readonly claim: string }
  /** The same, but one that AWS never offers as a key for tokens of this system. */
  | { readonly kind: 'claim-not-offered'; readonly issuer: string; readonly claim: string; readonly system: Provider }
  /** The provider's ARN where the issuer should be. */
  | { readonly kind: 'provider-arn'; readonly issuer: string; readonly claim: string }
  /** `https://` before the issuer. */
  | { readonly kind: 'scheme'; readonly issuer: string; readonly claim: string }
  /** A claim of an issuer the statement does not trust. */
  | { readonly kind: 'other-issuer'; readonly issuer: string; readonly claim: string }
  /** No claim after a colon. */
  | { readonly kind: 'malformed' };

const DEFAULT_CLAIMS: readonly string[] = ['sub', 'aud', 'oaud', 'amr', 'email'];

/**
 * Reads a condition key as AWS would.
 *
 * @param issuers the issuers the statement's principals stand for, without scheme.
 */
export function readConditionKey(key: string, issuers: readonly string[]): ConditionKey {
  const folded = key.toLowerCase();
  if (folded.startsWith('aws:') || folded.startsWith('sts:')) return { kind: 'global' };
  const afterArn = key.replace(/^arn:[^:]*:iam::[^:]*:oidc-provider\//i, '');
  const bare = afterArn.replace(/^https?:\/\//i, '');
  if (!bare.includes(':')) return { kind: 'malformed' };
  const split = splitKey(bare, issuers);
  if (afterArn !== key) return { kind: 'provider-arn', ...split };
  if (bare !== afterArn) return { kind: 'scheme', ...split };
  if (!issuers.some((known) => known.toLowerCase() === split.issuer.toLowerCase())) {
    return { kind: 'other-issuer', ...split };
  }
  const system = systemWithout(split.issuer, split.claim);
  return system === undefined ? { kind: 'claim', ...split } : { kind: 'claim-not-offered', ...split, system };
}

/** Cuts after a trusted issuer where there is one: a claim's name may have a colon in it. */
function splitKey(key: string, issuers: readonly string[]): { readonly issuer: string; readonly claim: string } {
  const known = issuers.find((issuer) => key.toLowerCase().startsWith(`${issuer.toLowerCase()}:`));
  const cut = known === undefined ? key.lastIndexOf(':') : known.length;
  return { issuer: key.slice(0, cut), claim: key.slice(cut + 1) };
}

/** For an issuer this package does not know, any claim may be one that AWS offers. */
function systemWithout(issuer: string, claim: string): Provider | undefined {
  const system = recogniseIssuer(issuer)?.provider;
  if (system === undefined) return undefined;
  const offered = [...DEFAULT_CLAIMS, ...system.conditionClaims].map((name) => name.toLowerCase());
  return offered.includes(claim.toLowerCase()) ? undefined : system;
}
