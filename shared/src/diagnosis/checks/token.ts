import type { Check } from '../../core/check.ts';
import type { IdentityToken } from '../../identity/identity-token.ts';
import { fail, ok, warn } from './check.ts';
import { LEEWAY_SECONDS } from './clock.ts';

/** Claims without which AWS refuses a token (STS API reference, AssumeRoleWithWebIdentity). */
export const REQUIRED_CLAIMS = ['iss', 'sub', 'aud', 'iat', 'exp'] as const;

/** Checks a token for the faults that make AWS refuse it before any trust policy. @param origin source of the token: `from X` */
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
        'Use the token earlier, or request a new one. If it is new, fix the clock of this machine.',
      ),
    ];
  }
  if (seconds(token.issuedAt) > LEEWAY_SECONDS) {
    return [fail(name, 'it was issued in the future, by the clock of this machine', 'Fix the clock of this machine.')];
  }
  if (token.audiences.length > 1 && token.authorizedParty === undefined) {
    return [
      fail(
        name,
        `it has ${token.audiences.length} audiences and no authorized party (azp), which AWS refuses`,
        'Give the token one audience; on Bitbucket remove `oidc: audiences:` from the step.',
      ),
    ];
  }
  const validity = left < 0 ? `expired ${-left} s ago` : `valid for ${left} s`;
  const description = `${origin}, for ${token.audiences[0] ?? '(no audience)'}, ${validity}`;
  if (left < 30)
    return [warn(name, description, 'Assume the role earlier: AWS takes a token up to 5 minutes after its expiry.')];
  return [ok(name, description)];
}
