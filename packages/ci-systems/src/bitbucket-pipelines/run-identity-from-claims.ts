import type { IdentityToken, RunIdentity } from '@aws-oidc-assume/shared';
import { parseSubject, recogniseIssuer } from '@aws-oidc-assume/trust-policy';
import { claimText } from '../claims.ts';

/** Run identity from signed claims. They have UUIDs where variables have names. */
export function runIdentityFromClaims(token: IdentityToken): RunIdentity | undefined {
  const issuer = token.issuer ?? '';
  const subject = parseSubject(issuer, token.subject ?? '');
  if (subject?.provider !== 'bitbucket') return undefined;
  return {
    system: 'bitbucket',
    owner: recogniseIssuer(issuer)?.workspace ?? '',
    repository: subject.repositoryUuid,
    build: claimText(token, 'pipelineUuid').replace(/[{}]/g, '').slice(0, 8),
    step: subject.stepUuid,
  };
}
