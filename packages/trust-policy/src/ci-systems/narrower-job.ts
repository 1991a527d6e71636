import type { TokenIdentity } from '../token/statement-for.ts';
import { parseSubject } from './subject.ts';

/**
 * What the job may lack where its role trusts less than the statement for its token admits: to widen the trust policy
 * would then be the wrong mend.
 *
 * @returns undefined where the token names all that its CI system can
 */
export function narrowerJob({ issuer, sub }: Pick<TokenIdentity, 'issuer' | 'sub'>): string | undefined {
  const subject = parseSubject(issuer, sub);
  if (subject?.provider === 'bitbucket' && subject.deploymentEnvironmentUuid === undefined) {
    return 'The step has no "deployment:". Where the role trusts a deployment environment alone, give the step that "deployment:", rather than admit every step of the repository.';
  }
  if (subject?.provider === 'azure-devops' && subject.kind === 'pipeline') {
    return 'The job uses no service connection. Where the role trusts a service connection (sc://…), ask with that one (serviceConnection of the task), rather than admit the pipeline, which no approvals and checks hold.';
  }
  return undefined;
}
