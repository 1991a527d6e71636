import type { CiSystem } from '../ci-system.ts';
import { Failure } from '../core/failure.ts';
import { duration, printable } from '../core/text.ts';
import type { IdentityToken } from './identity-token.ts';

/** AWS accepts a token up to 5 minutes after its expiry or before its beginning (IAM user guide, OIDC identity providers). */
const LEEWAY_SECONDS = 300;

/**
 * Refuses a token that AWS STS would refuse under any policy, before a call that cannot succeed. For a token that was
 * issued just now but looks expired it only warns: this machine's clock is wrong, and AWS uses its own.
 *
 * @throws Failure `SeveralAudiences`, `TokenExpired`
 */
export function checkToken(token: IdentityToken, now: Date, ci: Pick<CiSystem, 'renewsToken' | 'log'>): void {
  if (token.audiences.length > 1 && token.authorizedParty === undefined) {
    throw new Failure(
      'SeveralAudiences',
      `The identity token names ${token.audiences.length} audiences and no authorized party (azp): ${token.audiences.map((one) => printable(one, 150)).join(', ')}.`,
    );
  }
  const expiredFor = secondsPast(token.expiresAt, now);
  if (expiredFor > LEEWAY_SECONDS) {
    if (!ci.renewsToken) {
      throw new Failure(
        'TokenExpired',
        `By the clock of this machine the identity token expired ${duration(expiredFor)} ago, at ${token.expiresAt?.toISOString()}.`,
      );
    }
    ci.log.warning(
      `The identity token is new, but by the clock of this machine it expired ${duration(expiredFor)} ago. Fix the clock of this machine (NTP).`,
    );
  }
  const ahead = -secondsPast(token.issuedAt, now);
  if (ahead > LEEWAY_SECONDS) {
    ci.log.warning(
      `The identity token was issued ${duration(ahead)} in the future, by the clock of this machine. Fix that clock (NTP). If AWS refuses the token, the clock of its issuer is wrong instead.`,
    );
  }
}

/** Seconds since the given time: negative for the future, 0 if the token does not contain it. */
function secondsPast(time: Date | undefined, now: Date): number {
  return time === undefined ? 0 : (now.getTime() - time.getTime()) / 1000;
}
