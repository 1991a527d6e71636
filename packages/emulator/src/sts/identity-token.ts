/** Reads and checks a token's claims, as STS does before it looks up provider, key and signature. */
import type { JsonObject } from '../json.ts';
import { authorizedRoles, type SessionTags, sessionTags, sourceIdentity } from './aws-claims.ts';
import { stringOrList, timestamp } from './claim-values.ts';
import { invalidToken } from './invalid-token.ts';
import { StsError } from './sts-error.ts';

/** The claims that STS uses. */
export interface TokenIdentity extends SessionTags {
  readonly issuer: string;
  readonly subject: string;
  /** `azp` if present, otherwise the audience. Must be a client id of the provider and is returned. */
  readonly audience: string;
  readonly sourceIdentity: string | undefined;
  /** Role ARNs of the roles claim; undefined without the claim. */
  readonly roles: readonly string[] | undefined;
}

/** Tolerance on iat, nbf and exp, seconds. */
const LEEWAY = 300;

/**
 * Order: required claims, their types, times, then tags, source identity and roles.
 * @param now seconds since 1970
 * @throws StsError InvalidIdentityToken, ExpiredTokenException, or InternalFailure for a null subject, as AWS does
 */
export function readIdentity(claims: JsonObject, now: number): TokenIdentity {
  for (const name of ['iss', 'sub', 'aud', 'iat', 'exp']) {
    if (!Object.hasOwn(claims, name)) throw invalidToken(`Missing a required claim: ${name}`);
  }
  const { iss, sub } = claims;
  if (typeof iss !== 'string') throw invalidToken();
  if (sub === null) throw new StsError('InternalFailure', 'Unknown error validating third-party token');
  if (typeof sub !== 'string' && typeof sub !== 'number') throw invalidToken();
  const audience = authorizedParty(claims, stringOrList(claims['aud']));
  checkTimes(claims, now);
  const { tags, transitiveTagKeys } = sessionTags(claims);
  return {
    issuer: iss,
    subject: String(sub),
    audience,
    sourceIdentity: sourceIdentity(claims),
    tags,
    transitiveTagKeys,
    roles: authorizedRoles(claims),
  };
}

function authorizedParty(claims: JsonObject, audiences: readonly string[]): string {
  const { azp } = claims;
  if (typeof azp === 'string') return azp;
  if (azp !== undefined) throw invalidToken();
  const [only, ...others] = audiences;
  if (only === undefined) throw invalidToken();
  if (others.length > 0) {
    throw invalidToken('Token audience contains more than one audience while authorized party is not present');
  }
  return only;
}

function checkTimes(claims: JsonObject, now: number): void {
  const issuedAt = timestamp(claims['iat']);
  const expires = timestamp(claims['exp']);
  const notBefore = claims['nbf'] === undefined ? undefined : timestamp(claims['nbf']);
  if (now >= expires + LEEWAY) {
    // AWS's own spacing.
    throw new StsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${now} must be before the expiration date/time${expires}`,
    );
  }
  if (issuedAt > now + LEEWAY) throw invalidToken('Token issued in the future.');
  if (notBefore !== undefined && notBefore > now + LEEWAY) {
    throw invalidToken('The web identity token is not yet valid.');
  }
}
