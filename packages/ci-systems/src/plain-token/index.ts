import { Failure, IdentityToken, type KnownRun } from '@aws-oidc-assume/shared';
import { recogniseIssuer } from '@aws-oidc-assume/trust-policy';
import type { CiJob } from '../ci-job.ts';
import { CI_SYSTEMS } from '../registry.ts';

/** Variables of other CI systems with an identity token. Users of GitLab choose the name themselves. */
export const PLAIN_TOKEN_VARIABLES = [
  'CIRCLE_OIDC_TOKEN',
  'CIRCLE_OIDC_TOKEN_V2',
  'TFC_WORKLOAD_IDENTITY_TOKEN',
] as const;

/**
 * A job that is known only by its token, which came from a file, a variable or standard input.
 * @param origin source of the token, for people
 * @throws Failure `TokenMalformed`
 */
export function plainTokenJob(text: string, origin: string): CiJob {
  const token = parseToken(text, origin);
  return {
    name: recogniseIssuer(token.issuer ?? '')?.provider.name ?? 'CI',
    origin,
    renewsToken: false,
    run: () => runFromClaims(token),
    identityToken: async () => token,
  };
}

/** @throws Failure `TokenMalformed` that names the origin of the text */
export function parseToken(text: string, origin: string): IdentityToken {
  try {
    return IdentityToken.parse(text);
  } catch (error) {
    const changes = [`Check that ${origin} holds the identity token itself, whole and unquoted.`];
    throw Failure.from(error).with({ changes });
  }
}

/**
 * Run that the claims name. Issuers without a CI system in the registry provide only the first part of a session name.
 */
function runFromClaims(token: IdentityToken): KnownRun {
  for (const system of CI_SYSTEMS) {
    const identity = system.runIdentityFromClaims(token);
    if (identity !== undefined) return { identity, signed: system.signedRun(token) };
  }
  const id = recogniseIssuer(token.issuer ?? '')?.provider.id;
  return { identity: { system: id ?? 'token', owner: '', repository: '', build: '', step: '' }, signed: {} };
}
