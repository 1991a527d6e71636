import { evaluate } from '@aws-oidc-assume/trust-policy';
import type { JsonObject } from '../json.ts';
import type { KnownRole } from './iam.ts';
import { StsError } from './sts-error.ts';

export interface WebIdentityTrust {
  readonly role: KnownRole;
  readonly claims: JsonObject;
  readonly sessionName: string;
  readonly sourceIp: string;
}

/**
 * Asks the role's trust policy about the token, session tags and source identity included.
 * @throws StsError AccessDenied, with the one text AWS has for every reason
 */
export function checkWebIdentityTrust({ role, claims, sessionName, sourceIp }: WebIdentityTrust): void {
  const context = { 'sts:RoleSessionName': sessionName, 'aws:SourceIp': sourceIp };
  const { decision } = evaluate(role.trustPolicy, { claims, roleArn: role.arn, context });
  if (decision !== 'allow') throw webIdentityDenied();
}

export function webIdentityDenied(): StsError {
  return new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
}
