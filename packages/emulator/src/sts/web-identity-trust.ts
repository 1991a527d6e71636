import { type Context, evaluate } from '@aws-oidc-assume/trust-policy';
import type { JsonObject } from '../json.ts';
import type { KnownRole } from './iam.ts';
import { StsError } from './sts-error.ts';

export interface WebIdentityTrust {
  readonly role: KnownRole;
  readonly claims: JsonObject;
  readonly sessionName: string;
  /** Condition keys of the request itself. */
  readonly request: Context;
}

/**
 * Evaluates the role's trust policy for the token, including session tags and source identity.
 * @throws StsError AccessDenied, with AWS's one text for every reason
 */
export function checkWebIdentityTrust({ role, claims, sessionName, request }: WebIdentityTrust): void {
  const context = { ...request, 'sts:RoleSessionName': sessionName };
  const { decision } = evaluate(role.trustPolicy, { claims, roleArn: role.arn, context });
  if (decision !== 'allow') throw webIdentityDenied();
}

export function webIdentityDenied(): StsError {
  return new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
}
