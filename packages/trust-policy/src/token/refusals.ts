/** Reasons why AWS refuses a token before it reads any trust policy. */
import { LOOPBACK } from '../ci-systems/loopback.ts';
import { text, textList } from '../policy/claims.ts';
import type { Claims } from '../policy/model.ts';
import { AWS_CLAIMS, authorizedRoles } from './aws-claims.ts';

/** Explains why AWS refuses the token under any policy. Undefined if AWS evaluates the policy. */
export function tokenRefusal(claims: Claims, roleArn: string | undefined): string | undefined {
  return incompleteRefusal(claims) ?? issuerRefusal(claims) ?? audienceRefusal(claims) ?? roleRefusal(claims, roleArn);
}

/** Returns the required claims that a token lacks. An empty subject counts as present (observed on live AWS). */
export function missingClaims(claims: Claims): string[] {
  return [
    ...['iss', 'sub'].filter((claim) => text(claims[claim]) === undefined),
    ...['aud'].filter((claim) => textList(claims[claim]).length === 0),
  ];
}

/** Explains why AWS refuses an incomplete token before it reads any trust policy. */
function incompleteRefusal(claims: Claims): string | undefined {
  const missing = missingClaims(claims);
  return missing.length === 0
    ? undefined
    : `the token has no ${missing.map((claim) => `"${claim}"`).join(', ')}; AWS requires "iss", "sub" and "aud", and refuses it before it reads the trust policy`;
}

/**
 * Explains why AWS refuses several audiences before it reads any trust policy. Observed on live AWS: without an authorized
 * party (`azp`) they end in InvalidIdentityToken.
 */
function audienceRefusal(claims: Claims): string | undefined {
  if (textList(claims['aud']).length > 1 && text(claims['azp']) === undefined) {
    return 'the token has more than one audience and no authorized party (azp); AWS refuses it before it reads the trust policy';
  }
  return undefined;
}

const LOOPBACK_ISSUER = new RegExp(`^http://${LOOPBACK}(?:/|$)`);

/** Explains why AWS has no identity provider for the issuer: its URL must begin with https://. */
export function issuerRefusal(claims: Claims): string | undefined {
  const issuer = String(claims['iss']);
  if (issuer.startsWith('https://') || LOOPBACK_ISSUER.test(issuer)) return undefined;
  return `the token's issuer is "${issuer}", and IAM has identity providers only for issuers that begin with https://`;
}

/** Most characters of a token (STS API reference, WebIdentityToken). */
const LONGEST_TOKEN = 20_000;

/** Explains why a token with these claims is too long to be sent. */
export function sizeRefusal(claims: Claims): string | undefined {
  const values = Object.values(claims).flatMap(textList);
  const characters = values.reduce((sum, value) => sum + value.length, 0);
  return characters <= LONGEST_TOKEN
    ? undefined
    : `the token's claims have ${characters} characters; STS accepts tokens of at most ${LONGEST_TOKEN} characters`;
}

/** Explains why AWS refuses a token whose roles claim does not list the role. */
export function roleRefusal(claims: Claims, roleArn: string | undefined): string | undefined {
  const roles = authorizedRoles(claims);
  if (roles === 'unsupported') {
    return `the token's ${AWS_CLAIMS.roles} claim is not in a supported format: it must be a list of role ARNs, or text with ";" between them`;
  }
  if (roles?.length === 0) return `the token's ${AWS_CLAIMS.roles} claim contains no valid role ARNs`;
  if (roles !== undefined && roleArn !== undefined && !roles.includes(roleArn)) {
    return `the token's ${AWS_CLAIMS.roles} claim does not list this role; AWS refuses it before it reads the trust policy`;
  }
  return undefined;
}
