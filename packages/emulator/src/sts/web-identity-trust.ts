import { type Context, evaluate } from '@aws-oidc-assume/trust-policy';
import type { JsonObject } from '../json.ts';
import { authorizedRoles, ROLES_CLAIM } from './authorized-roles.ts';
import type { KnownRole } from './iam.ts';
import { StsError } from './sts-error.ts';

export interface WebIdentityTrust {
  readonly claims: JsonObject;
  readonly sessionName: string;
  /** Condition keys of the request itself. */
  readonly request: Context;
}

/**
 * Returns the role if its trust policy admits the token, including session tags and source identity.
 * @throws StsError AccessDenied, with AWS's one text for every reason and for a role that does not exist
 */
export function admittedRole(role: KnownRole | undefined, trust: WebIdentityTrust): KnownRole {
  const { sessionName, request } = trust;
  const context = { ...request, 'sts:RoleSessionName': sessionName };
  // The roles claim in its plain form, so that its reading is tested against the recorded answers here.
  const claims = { ...trust.claims, [ROLES_CLAIM]: authorizedRoles(trust.claims) };
  if (role !== undefined) {
    const { decision } = evaluate(role.trustPolicy, { claims, roleArn: role.arn, context });
    if (decision === 'allow') return role;
  }
  throw new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
}
