/** Reads and checks a token's claims, as STS does before it looks up provider, key and signature. */
import type { JsonObject } from '../json.ts';
import { type SessionTags, sessionTags, sourceIdentity } from './aws-claims.ts';
import { stringOrList, timestamp } from './claim-values.ts';
import { invalidToken } from './invalid-token.ts';
import { StsError } from './sts-error.ts';
import { LEEWAY, TOKEN_MESSAGES, type TokenMessages } from './token-messages.ts';

/** The claims that STS uses. */
export interface TokenIdentity extends SessionTags {
  readonly issuer: string;
  readonly subject: string;
  /** `azp` if present, otherwise the audience. Must be a client id of the provider and is returned. */
  readonly audience: string;
  readonly sourceIdentity: string | undefined;
}

/**
 * Order: required claims, their types, times, then tags and source identity.
 * @param now seconds since 1970
 * @throws StsError InvalidIdentityToken, ExpiredTokenException, or InternalFailure for a null subject, as AWS does
 */
export function readIdentity(
  claims: JsonObject,
  now: number,
  messages: TokenMessages = TOKEN_MESSAGES.current,
): TokenIdentity {
  for (const name of ['iss', 'sub', 'aud', 'iat', 'exp']) {
    if (!Object.hasOwn(claims, name)) throw invalidToken(`Missing a required claim: ${name}`);
  }
  const { iss, sub } = claims;
  if (typeof iss !== 'string') throw invalidToken();
  if (sub === null) throw new StsError('InternalFailure', 'Unknown error validating third-party token');
  if (typeof sub !== 'string' && typeof sub !== 'number') throw invalidToken();
  const audience = authorizedParty(claims, stringOrList(claims['aud']));
  checkTimes(claims, now, messages);
  const { tags, transitiveTagKeys } = sessionTags(claims);
  return {
    issuer: iss,
    subject: String(sub),
    audience,
    sourceIdentity: sourceIdentity(claims),
    tags,
    transitiveTagKeys,
  };
}

function authorizedParty(claims: JsonObject, audiences: readonly string[]): string {
  const { azp } = claims;
  if (typeof azp === 'string') return azp;
  if (azp !== undefined) throw invalidToken();
  const [only, ...others] = audiences;
  if (only === undefined) throw invalidToken('Claim is not allowed to be empty: aud');
  if (others.length > 0) {
    throw invalidToken('Token audience contains more than one audience while authorized party is not present');
  }
  return only;
}

function checkTimes(claims: JsonObject, now: number, messages: TokenMessages): void {
  const issuedAt = timestamp(claims['iat']);
  const expires = timestamp(claims['exp']);
  const notBefore = claims['nbf'] === undefined ? undefined : timestamp(claims['nbf']);
  if (now >= expires + LEEWAY) throw new StsError('ExpiredTokenException', messages.expired(now, expires));
  if (issuedAt > now + LEEWAY) throw invalidToken(`Token issued in the future: ${issuedAt}`);
  if (notBefore !== undefined && notBefore > now + LEEWAY) {
    throw invalidToken(
      `Token not yet valid: current date/time ${now + LEEWAY} must be after or equal to the not-before date/time ${notBefore}`,
    );
  }
}
