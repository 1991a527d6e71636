import { type Provider, recogniseIssuer } from '../ci-systems/issuer.ts';

/** A parsed condition key of a trust policy. */
export type ConditionKey =
  /** `aws:…`, `sts:…` and `iam:…`. */
  | { readonly kind: 'global' }
  /** A claim of an issuer that the statement trusts. */
  | { readonly kind: 'claim'; readonly issuer: string; readonly claim: string }
  /** A claim of such an issuer that AWS never offers as a key. */
  | { readonly kind: 'claim-not-offered'; readonly issuer: string; readonly claim: string; readonly system: Provider }
  /** A key with the provider's ARN in the place of the issuer. */
  | { readonly kind: 'provider-arn'; readonly issuer: string; readonly claim: string }
  /** A key with `https://` before the issuer. */
  | { readonly kind: 'scheme'; readonly issuer: string; readonly claim: string }
  /** A claim of an issuer that the statement does not trust. */
  | { readonly kind: 'other-issuer'; readonly issuer: string; readonly claim: string }
  /** A key without a claim after a colon. */
  | { readonly kind: 'malformed' };

const DEFAULT_CLAIMS: readonly string[] = ['sub', 'aud', 'oaud', 'amr', 'email'];

/**
 * Parses a condition key as AWS does.
 *
 * @param issuers issuers of the statement's principals, without scheme
 */
export function readConditionKey(key: string, issuers: readonly string[]): ConditionKey {
  const folded = key.toLowerCase();
  if (/^(?:aws|sts|iam):/.test(folded)) return { kind: 'global' };
  const afterArn = key.replace(/^arn:[^:]*:iam::[^:]*:oidc-provider\//i, '');
  const issuerAndClaim = afterArn.replace(/^https?:\/\//i, '');
  if (!issuerAndClaim.includes(':')) return { kind: 'malformed' };
  const split = splitKey(issuerAndClaim, issuers);
  if (afterArn !== key) return { kind: 'provider-arn', ...split };
  if (issuerAndClaim !== afterArn) return { kind: 'scheme', ...split };
  if (!issuers.some((trusted) => trusted.toLowerCase() === split.issuer.toLowerCase())) {
    return { kind: 'other-issuer', ...split };
  }
  const system = systemWithout(split.issuer, split.claim);
  return system === undefined ? { kind: 'claim', ...split } : { kind: 'claim-not-offered', ...split, system };
}

/**
 * Splits after a trusted issuer if there is one, because a claim's name can contain a colon. Keys are not case-sensitive, so
 * the issuer is returned as the principal spells it.
 */
function splitKey(key: string, issuers: readonly string[]): { readonly issuer: string; readonly claim: string } {
  const trusted = issuers.find((issuer) => key.toLowerCase().startsWith(`${issuer.toLowerCase()}:`));
  const cut = trusted === undefined ? key.lastIndexOf(':') : trusted.length;
  return { issuer: trusted ?? key.slice(0, cut), claim: key.slice(cut + 1) };
}

/** Returns the CI system for which AWS does not offer the claim. For an unknown issuer AWS may offer any claim. */
function systemWithout(issuer: string, claim: string): Provider | undefined {
  const system = recogniseIssuer(issuer)?.provider;
  if (system === undefined) return undefined;
  const offered = [...DEFAULT_CLAIMS, ...system.conditionClaims].map((name) => name.toLowerCase());
  return offered.includes(claim.toLowerCase()) ? undefined : system;
}
