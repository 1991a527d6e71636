import { issuerPath } from './arn.ts';
import { recogniseIssuer } from './providers.ts';

/** What a condition key of a trust policy is about. */
export type ConditionKey =
  /** `aws:…` and `sts:…`. */
  | { readonly kind: 'global' }
  /** A claim of one of the issuers the statement trusts. `filled` says whether AWS ever fills it. */
  | { readonly kind: 'claim'; readonly issuer: string; readonly claim: string; readonly filled: boolean }
  /** The provider's ARN where the issuer should be. */
  | { readonly kind: 'provider-arn'; readonly issuer: string; readonly claim: string }
  /** `https://` before the issuer. */
  | { readonly kind: 'scheme'; readonly issuer: string; readonly claim: string }
  /** A claim of an issuer the statement does not trust. */
  | { readonly kind: 'other-issuer'; readonly issuer: string; readonly claim: string }
  /** Nothing with a colon in it. */
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
  const arn = /^arn:[^:]*:iam::[^:]*:oidc-provider\/(.+)$/i.exec(key)?.[1];
  if (arn !== undefined) return { kind: 'provider-arn', ...splitKey(arn, issuers) };
  if (/^https?:\/\//i.test(key)) return { kind: 'scheme', ...splitKey(issuerPath(key), issuers) };
  if (!key.includes(':')) return { kind: 'malformed' };
  const { issuer, claim } = splitKey(key, issuers);
  if (!issuers.some((known) => known.toLowerCase() === issuer.toLowerCase())) {
    return { kind: 'other-issuer', issuer, claim };
  }
  return { kind: 'claim', issuer, claim, filled: isFilled(issuer, claim) };
}

/** Cuts after a trusted issuer where there is one: CircleCI's claim names contain the separator's neighbours. */
function splitKey(key: string, issuers: readonly string[]): { readonly issuer: string; readonly claim: string } {
  const known = issuers.find((issuer) => key.toLowerCase().startsWith(`${issuer.toLowerCase()}:`));
  const cut = known === undefined ? key.lastIndexOf(':') : known.length;
  return cut === -1 ? { issuer: key, claim: '' } : { issuer: key.slice(0, cut), claim: key.slice(cut + 1) };
}

/** For an issuer this package does not know, any claim may be one that AWS offers. */
function isFilled(issuer: string, claim: string): boolean {
  const known = recogniseIssuer(issuer);
  if (known === undefined) return true;
  return [...DEFAULT_CLAIMS, ...known.provider.conditionClaims].some(
    (name) => name.toLowerCase() === claim.toLowerCase(),
  );
}
