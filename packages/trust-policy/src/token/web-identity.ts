import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { issuerPath, parseProviderArn, parseRoleArn, providerArnFor } from '../policy/arn.ts';
import { text, textList } from '../policy/claims.ts';
import { evaluateTrustDocument } from '../policy/evaluate-policy.ts';
import type { AccessRequest, Claims, Context, Evaluation, WebIdentityRequest } from '../policy/model.ts';
import { type PolicyDocument, parseTrustPolicy, type RoleStatement } from '../policy/policy-document.ts';
import { AWS_CLAIMS, isAuthorizedByIdp, sessionTags } from './aws-claims.ts';
import { sizeRefusal, tokenRefusal } from './refusals.ts';

/**
 * Evaluates whether a role admits a token: AssumeRoleWithWebIdentity, and the further actions that a token with session tags
 * or a source identity needs. Signature, expiry and registered audiences do not depend on the trust policy and are assumed
 * to be correct.
 *
 * @param policy untrusted: JSON text or the parsed object
 * @throws PolicySyntaxError if IAM would refuse the policy itself
 * @throws RangeError if `roleArn` is not the ARN of an IAM role
 */
export function evaluate(policy: unknown, request: WebIdentityRequest): Evaluation {
  const document = parseTrustPolicy(policy);
  const { claims, roleArn } = request;
  const tooLong = sizeRefusal(claims);
  if (tooLong !== undefined) return { decision: 'deny', reason: 'implicit-deny', trace: [], note: tooLong };
  const evaluation = evaluateTrustDocument(document, webIdentityAccess(document, request));
  const refusal = tokenRefusal(claims, roleArn);
  if (refusal !== undefined)
    return { decision: 'deny', reason: 'implicit-deny', trace: evaluation.trace, note: refusal };
  if (evaluation.decision === 'deny') return evaluation;
  const further = deniedFurtherAction(document, request);
  if (further === undefined) return evaluation;
  return { ...further.evaluation, note: `${further.reason}, so the trust policy must allow ${further.action} as well` };
}

/** An action in addition to AssumeRoleWithWebIdentity that this token needs and the policy does not allow. */
export interface FurtherAction {
  readonly action: 'sts:TagSession' | 'sts:SetSourceIdentity';
  /** Clause that names the part of the token that needs the action. */
  readonly reason: string;
  readonly evaluation: Evaluation;
}

/** Finds the first such action. */
export function deniedFurtherAction(
  document: PolicyDocument<RoleStatement>,
  request: WebIdentityRequest,
): FurtherAction | undefined {
  const access = webIdentityAccess(document, request);
  return furtherActions(request.claims)
    .map((further) => ({
      ...further,
      evaluation: evaluateTrustDocument(document, { ...access, action: further.action }),
    }))
    .find(({ evaluation }) => evaluation.decision === 'deny');
}

/** Makes the request that IAM evaluates for this token. The policy's providers count only if the role is unknown. */
function webIdentityAccess(document: PolicyDocument<RoleStatement>, request: WebIdentityRequest): AccessRequest {
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    principal: { kind: 'Federated', identifiers: providerArns(document, request) },
    context: mergedContext(request),
  };
}

/** Merges the caller's keys with the token's. No spelling of a caller's key can replace a signed claim. */
function mergedContext({ claims, roleArn, context = {} }: WebIdentityRequest): Context {
  const own = webIdentityContext(claims, roleArn);
  const ownKeys = new Set(Object.keys(own).map((key) => key.toLowerCase()));
  const claimed = textList(claims['iss']).map((issuer) => `${issuerPath(issuer)}:`.toLowerCase());
  const added = Object.entries(context).filter(([key]) => {
    const folded = key.toLowerCase();
    return !ownKeys.has(folded) && !claimed.some((prefix) => folded.startsWith(prefix));
  });
  return { ...Object.fromEntries(added), ...own };
}

/** Returns the condition keys that AWS fills from a token: the default ones, and further claims of some providers. */
export function webIdentityContext(claims: Claims, roleArn?: string): Context {
  const issuer = text(claims['iss']);
  return { ...(issuer === undefined ? {} : tokenKeys(issuer, claims)), ...requestKeys(issuer, claims, roleArn) };
}

function providerArns(document: PolicyDocument<RoleStatement>, { claims, roleArn }: WebIdentityRequest): string[] {
  const issuer = text(claims['iss']);
  if (issuer === undefined) return [];
  if (roleArn !== undefined) return [providerArnFor(issuer, roleArn)];
  const providers = document.statements.flatMap((statement) =>
    statement.principal.entries.flatMap((entry) => entry.values),
  );
  return providers.filter((arn) => parseProviderArn(arn)?.issuerPath === issuerPath(issuer));
}

function tokenKeys(issuer: string, claims: Claims): Context {
  const path = issuerPath(issuer);
  const context: Record<string, string | readonly string[]> = {};
  const put = (claim: string, values: readonly string[]): void => {
    const [first] = values;
    if (first !== undefined) context[`${path}:${claim}`] = values.length === 1 ? first : values;
  };
  const authorizedParty = text(claims['azp']);
  put('sub', textList(claims['sub']));
  put('aud', authorizedParty === undefined ? textList(claims['aud']) : [authorizedParty]);
  if (authorizedParty !== undefined) put('oaud', textList(claims['aud']));
  put('amr', textList(claims['amr']));
  put('email', textList(claims['email']));
  recogniseIssuer(issuer)?.provider.conditionClaims.forEach((claim) => {
    put(claim, textList(claims[claim]));
  });
  return context;
}

function requestKeys(issuer: string | undefined, claims: Claims, roleArn: string | undefined): Context {
  const role = roleArn && parseRoleArn(roleArn);
  const isAuthorized = isAuthorizedByIdp(claims, roleArn);
  const tags = sessionTags(claims);
  const sourceIdentity = text(claims[AWS_CLAIMS.sourceIdentity]);
  return {
    // Observed on live AWS: during trust evaluation the "user" is the provider, and there is no aws:PrincipalArn.
    'aws:PrincipalType': 'User',
    ...(role ? { 'aws:PrincipalAccount': role.accountId, 'aws:ResourceAccount': role.accountId } : {}),
    ...(roleArn === undefined || issuer === undefined ? {} : { 'aws:userid': providerArnFor(issuer, roleArn) }),
    ...(isAuthorized === undefined ? {} : { 'sts:RoleAuthorizedByIdp': String(isAuthorized) }),
    ...(sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': sourceIdentity }),
    ...(tags.transitive.length === 0 ? {} : { 'sts:TransitiveTagKeys': tags.transitive }),
    ...(tags.values.length === 0 ? {} : { 'aws:TagKeys': tags.values.map(([key]) => key) }),
    ...Object.fromEntries(tags.values.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

function furtherActions(claims: Claims): Omit<FurtherAction, 'evaluation'>[] {
  return [
    ...(sessionTags(claims).values.length === 0
      ? []
      : [{ action: 'sts:TagSession', reason: 'the token carries session tags' } as const]),
    ...(text(claims[AWS_CLAIMS.sourceIdentity]) === undefined
      ? []
      : [{ action: 'sts:SetSourceIdentity', reason: 'the token carries a source identity' } as const]),
  ];
}
