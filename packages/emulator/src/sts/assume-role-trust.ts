import { type AccessRequest, type Context, evaluatePolicy, evaluateSessionPolicy } from '@aws-oidc-assume/trust-policy';
import type { JsonObject } from '../json.ts';
import type { KnownRole } from './iam.ts';
import { propagationContext } from './identity-propagation.ts';
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
  /** Condition keys of the request itself. */
  readonly request: Context;
}

/**
 * Returns the target role if the caller may assume it. The target's trust policy and the caller's session policies decide.
 * If the trust policy does not name the caller itself, the caller's role needs the permission too.
 * @throws StsError AccessDenied in AWS's words, also for a role that does not exist
 */
export function admittedRole(role: KnownRole | undefined, request: AssumeRoleRequest): KnownRole {
  const { caller, roleArn, tags, sourceIdentity } = request;
  const actions = [
    'sts:AssumeRole',
    // Inherited tags and source identities need the permission too.
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
  const callerArns = [caller.arn, caller.role.arn];
  const account = [`arn:${partition}:iam::${accountId}:root`, accountId];
  if (!admits([...callerArns, ...account]) || !sessionPoliciesAllow(action, request, context)) return false;
  const isNamed = role.accountId === accountId && admits(callerArns);
  return isNamed || caller.role.allowAssumeRole;
}

/**
 * Session policies only restrict: one of them must allow the action and none may deny it. Every policy of
 * GetScopedCredentials must allow it too.
 */
function sessionPoliciesAllow(action: string, { caller, roleArn }: AssumeRoleRequest, context: Context): boolean {
  const { policy, policyArns, scopedPolicies } = caller;
  const reasonOf = (document: JsonObject) =>
    evaluateSessionPolicy(document, { action, resource: roleArn, context }).reason;
  if (!scopedPolicies.every((document) => reasonOf(document) === 'allowed')) return false;
  if (policy === undefined && policyArns.length === 0) return true;
  // The emulator knows only this managed policy. It treats others as allowing nothing in STS.
  const isAdministrator = policyArns.some((arn) => /^arn:[^:]+:iam::aws:policy\/AdministratorAccess$/.test(arn));
  if (policy === undefined) return isAdministrator;
  const reason = reasonOf(policy);
  return reason === 'allowed' || (isAdministrator && reason === 'implicit-deny');
}

function contextOf({ caller, sessionName, externalId, sourceIdentity, tags, request }: AssumeRoleRequest): Context {
  const keys = Object.keys(tags.requested);
  return {
    ...request,
    'aws:PrincipalAccount': caller.role.accountId,
    'aws:PrincipalArn': caller.role.arn,
    ...propagationContext(caller.propagated),
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
