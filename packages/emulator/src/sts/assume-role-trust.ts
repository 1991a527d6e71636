import { type AccessRequest, type Context, evaluatePolicy, evaluateSessionPolicy } from '@aws-oidc-assume/trust-policy';
import type { KnownRole } from './iam.ts';
import type { ChainedTags } from './session-tags.ts';
import type { Session } from './sessions.ts';
import { StsError } from './sts-error.ts';
import { tagContext } from './tag-context.ts';

export interface AssumeRoleRequest {
  readonly caller: Session;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: ChainedTags;
  /** Keys of the request itself. */
  readonly request: Context;
}

/**
 * The target role, if the caller may open a session of it: asked of the target's trust policy, of the caller's session policies and,
 * where the trust policy does not name the caller itself, of the caller's role.
 * @throws StsError AccessDenied in AWS's words, the same for a role that does not exist
 */
export function admittedRole(role: KnownRole | undefined, request: AssumeRoleRequest): KnownRole {
  const { caller, roleArn, tags, sourceIdentity } = request;
  const actions = [
    'sts:AssumeRole',
    // Inherited tags and an inherited source identity need the permission as much as new ones.
    ...(Object.keys(tags.all).length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const refused = actions.find((action) => role === undefined || !allowed(action, role, request));
  if (role === undefined || refused !== undefined) {
    throw new StsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: ${refused ?? 'sts:AssumeRole'} on resource: ${roleArn}`,
    );
  }
  return role;
}

function allowed(action: string, role: KnownRole, request: AssumeRoleRequest): boolean {
  const { caller } = request;
  const context = contextOf(request);
  const admits = (identifiers: readonly string[]): boolean => {
    const access: AccessRequest = { action, principal: { kind: 'AWS', identifiers }, context };
    return evaluatePolicy(role.trustPolicy, access).decision === 'allow';
  };
  const { partition, accountId } = caller.role;
  const itself = [caller.arn, caller.role.arn];
  const account = [`arn:${partition}:iam::${accountId}:root`, accountId];
  if (!admits([...itself, ...account]) || !sessionPoliciesAllow(action, request, context)) return false;
  const named = role.accountId === accountId && admits(itself);
  return named || caller.role.allowAssumeRole;
}

/** Session policies only take away: with any given, one of them must allow the action and none may deny it. */
function sessionPoliciesAllow(action: string, { caller, roleArn }: AssumeRoleRequest, context: Context): boolean {
  const { policy, policyArns } = caller;
  if (policy === undefined && policyArns.length === 0) return true;
  // Of AWS's managed policies only this one is known here; others allow nothing in STS.
  const administrator = policyArns.some((arn) => /^arn:[^:]+:iam::aws:policy\/AdministratorAccess$/.test(arn));
  if (policy === undefined) return administrator;
  const { reason } = evaluateSessionPolicy(policy, { action, resource: roleArn, context });
  return reason === 'allowed' || (administrator && reason === 'implicit-deny');
}

function contextOf({ caller, sessionName, externalId, sourceIdentity, tags, request }: AssumeRoleRequest): Context {
  const keys = Object.keys(tags.requested);
  return {
    ...request,
    'aws:PrincipalAccount': caller.role.accountId,
    'aws:PrincipalArn': caller.role.arn,
    'aws:PrincipalType': 'AssumedRole',
    'aws:userid': caller.userId,
    'sts:RoleSessionName': sessionName,
    ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }),
    ...(sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': sourceIdentity }),
    ...(caller.sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': caller.sourceIdentity }),
    ...tagContext('aws:RequestTag', tags.all),
    ...tagContext('aws:PrincipalTag', caller.tags),
    ...(keys.length > 0 ? { 'aws:TagKeys': keys } : {}),
    ...(tags.transitiveKeys.length > 0 ? { 'sts:TransitiveTagKeys': tags.transitiveKeys } : {}),
  };
}
