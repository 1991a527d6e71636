import type { IdentityToken } from '@aws-oidc-assume/shared';

/** Returns a claim as text. Returns an empty text for a claim that is missing or is neither text nor number. */
export function claimText(token: IdentityToken, name: string): string {
  const value = token.claims[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
