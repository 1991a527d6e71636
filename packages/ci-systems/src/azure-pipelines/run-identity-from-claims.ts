import type { IdentityToken, RunIdentity } from '@aws-oidc-assume/shared';
import { parseSubject } from '@aws-oidc-assume/trust-policy';
import { claimText } from '../claims.ts';

/** Returns the run identity from signed claims. Tokens of Microsoft Entra name no run. */
export function runIdentityFromClaims(token: IdentityToken): RunIdentity | undefined {
  const subject = parseSubject(token.issuer ?? '', token.subject ?? '');
  if (subject?.provider !== 'azure-devops' || subject.kind === 'entra-service-connection') return undefined;
  const { organization, project } = subject;
  return { system: 'azure', owner: organization, repository: project, build: claimText(token, 'run_id'), step: '' };
}
