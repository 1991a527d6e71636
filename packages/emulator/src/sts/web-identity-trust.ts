import { type Context, evaluate } from '@aws-oidc-assume/trust-policy';
import type { JsonObject } from '../json.ts';
import type { KnownRole } from './iam.ts';
import { StsError } from './sts-error.ts';

export interface WebIdentityTrust {
  readonly role: KnownRole;
  readonly claims: JsonObject;
  readonly sessionName: string;
  /** Keys of the request itself. */
  readonly request: Context;
}

/**
 * Asks the role's trust policy about the token, session tags and source identity included.
 * @throws StsError AccessDenied, with the one text AWS has for every reason
 */
export function checkWebIdentityTrust({ role, claims, sessionName, request }: WebIdentityTrust): void {
  const context = { ...request, 'sts:RoleSessionName': sessionName };
  const { decision } = evaluate(role.trustPolicy, { claims, roleArn: role.arn, context });
  if (decision !== 'allow') throw webIdentityDenied();
}

export function webIdentityDenied(): StsError {
  return new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
}
