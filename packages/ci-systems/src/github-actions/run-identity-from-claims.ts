import type { IdentityToken, RunIdentity } from '@aws-oidc-assume/shared';
import { parseSubject } from '@aws-oidc-assume/trust-policy';
import { claimText } from '../claims.ts';

/** Run identity from signed claims. */
export function runIdentityFromClaims(token: IdentityToken): RunIdentity | undefined {
  const subject = parseSubject(token.issuer ?? '', token.subject ?? '');
  if (subject?.provider !== 'github') return undefined;
  const { owner, repository } = subject;
  return { system: 'github', owner, repository, build: claimText(token, 'run_id'), step: '' };
}
