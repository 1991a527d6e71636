import { Failure } from './failure.ts';
import type { IdentityToken } from './identity-token.ts';
import { duration, printable } from './text.ts';

/** AWS takes a token up to 5 minutes past its expiry (IAM user guide, OIDC identity providers). */
const LEEWAY_SECONDS = 300;

/** Tokens that AWS STS refuses whatever IAM says: named here, before a call that cannot succeed. */
export function refuseHopelessToken(token: IdentityToken, now: Date): void {
  if (token.audiences.length > 1 && token.authorizedParty === undefined) {
    throw new Failure(
      'SeveralAudiences',
      `The identity token names ${token.audiences.length} audiences and no authorized party (azp): ${token.audiences.map((one) => printable(one, 150)).join(', ')}.`,
    );
  }
  const expiredFor = token.expiresAt === undefined ? 0 : (now.getTime() - token.expiresAt.getTime()) / 1000;
  if (expiredFor > LEEWAY_SECONDS) {
    throw new Failure(
      'TokenExpired',
      `The identity token expired ${duration(expiredFor)} ago, at ${token.expiresAt?.toISOString()}.`,
    );
  }
}
