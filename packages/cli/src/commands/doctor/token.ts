import type { IdentityToken } from '@aws-oidc-assume/shared';
import { REQUIRED_CLAIMS } from '../inspect/token-view.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** Seconds of leeway: AWS accepts a token up to 5 minutes before its `iat` or `nbf` and past its `exp` (IAM user guide, OIDC providers). */
export const LEEWAY_SECONDS = 300;

/** Checks everything about a token that makes AWS refuse it before any trust policy. */
export function tokenChecks(token: IdentityToken, origin: string, now: Date): Check[] {
  const name = 'token';
  const missing = REQUIRED_CLAIMS.filter((claim) => token.claims[claim] === undefined);
  if (missing.length > 0) {
    return [
      fail(name, `it has no ${missing.join(', ')}`, 'Use the identity token of the job; AWS requires these claims.'),
    ];
  }
  const seconds = (date: Date | undefined) => (date === undefined ? 0 : (date.getTime() - now.getTime()) / 1000);
  const left = Math.round(seconds(token.expiresAt));
  if (left < -LEEWAY_SECONDS) {
    return [
      fail(
        name,
        `it expired ${-left} s ago`,
        'Use the token earlier, or ask for a new one. If it is new, correct the clock of this machine.',
      ),
    ];
  }
  if (seconds(token.issuedAt) > LEEWAY_SECONDS) {
    return [
      fail(name, 'it was issued in the future, by the clock of this machine', 'Correct the clock of this machine.'),
    ];
  }
  if (token.audiences.length > 1 && token.authorizedParty === undefined) {
    return [
      fail(
        name,
        `it has ${token.audiences.length} audiences and no authorized party (azp), which AWS refuses`,
        'Let the token have one audience; on Bitbucket remove `oidc: audiences:` from the step.',
      ),
    ];
  }
  const found = `from ${origin}, for ${token.audiences[0] ?? ''}, ${left < 0 ? `expired ${-left} s ago` : `good for ${left} s`}`;
  if (left < 30)
    return [warn(name, found, 'Assume the role earlier: AWS takes it for 5 minutes past its expiry, no longer.')];
  return [ok(name, found)];
}
