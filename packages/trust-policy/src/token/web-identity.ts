import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { issuerPath, parseProviderArn, parseRoleArn, providerArnFor } from '../policy/arn.ts';
import { text, textList } from '../policy/claims.ts';
import { evaluateTrustDocument } from '../policy/evaluate-policy.ts';
import type { AccessRequest, Claims, Context, Evaluation, WebIdentityRequest } from '../policy/model.ts';
import { type PolicyDocument, parseTrustPolicy, type RoleStatement } from '../policy/policy-document.ts';

/** Signed claims with a meaning of their own at AWS. */
export const AWS_CLAIMS = {
  /** Role ARNs that the identity provider authorises: a list, or one string with `;` as separator. */
  roles: 'https://aws.amazon.com/roles',
  /** Session tags: `{"principal_tags": {"Key": ["value"]}, "transitive_tag_keys": ["Key"]}`. */
  tags: 'https://aws.amazon.com/tags',
  sourceIdentity: 'https://aws.amazon.com/source_identity',
} as const;

const TAG_PREFIX = `${AWS_CLAIMS.tags}/principal_tags/`;

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
  const access = webIdentityAccess(document, request);
  const evaluation = evaluateTrustDocument(document, access);
  const { claims, roleArn } = request;
  const refusal = incompleteRefusal(claims) ?? audienceRefusal(claims) ?? roleRefusal(claims, roleArn);
  if (refusal !== undefined)
    return { decision: 'deny', reason: 'implicit-deny', trace: evaluation.trace, note: refusal };
  if (evaluation.decision === 'deny') return evaluation;
  const further = deniedFurtherAction(document, request);
  if (further === undefined) return evaluation;
  return { ...further.evaluation, note: `${further.why}, so the trust policy must allow ${further.action} as well` };
}

/** An action in addition to AssumeRoleWithWebIdentity that this token needs and the policy does not allow. */
export interface FurtherAction {
  readonly action: 'sts:TagSession' | 'sts:SetSourceIdentity';
  /** Clause that names the part of the token that needs it. */
  readonly why: string;
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

/** Returns the required claims that a token lacks. An empty subject counts as present (observed on live AWS). */
export function missingClaims(claims: Claims): string[] {
  return [
    ...['iss', 'sub'].filter((claim) => text(claims[claim]) === undefined),
    ...['aud'].filter((claim) => textList(claims[claim]).length === 0),
  ];
}

/** Explains why AWS refuses an incomplete token before it reads any trust policy. */
function incompleteRefusal(claims: Claims): string | undefined {
  const missing = missingClaims(claims);
  return missing.length === 0
    ? undefined
    : `the token has no ${missing.map((claim) => `"${claim}"`).join(', ')}; AWS requires "iss", "sub" and "aud", and refuses it before it reads the trust policy`;
}

/**
 * Explains why AWS refuses several audiences before it reads any trust policy. Observed on live AWS: without an authorized
 * party (`azp`) they end in InvalidIdentityToken.
 */
function audienceRefusal(claims: Claims): string | undefined {
  if (textList(claims['aud']).length > 1 && text(claims['azp']) === undefined) {
    return 'the token has more than one audience and no authorized party (azp); AWS refuses it before it reads the trust policy';
  }
  return undefined;
}

/** Explains why AWS refuses a token whose roles claim does not list the role. */
export function roleRefusal(claims: Claims, roleArn: string | undefined): string | undefined {
  const roles = authorizedRoles(claims);
  if (roles !== undefined && roleArn !== undefined && !roles.includes(roleArn)) {
    return `the token's ${AWS_CLAIMS.roles} claim does not list this role; AWS refuses it before it reads the trust policy`;
  }
  return undefined;
}

function providerArns(document: PolicyDocument<RoleStatement>, { claims, roleArn }: WebIdentityRequest): string[] {
  const issuer = text(claims['iss']);
  if (issuer === undefined) return [];
  if (roleArn !== undefined) return [providerArnFor(issuer, roleArn)];
  const named = document.statements.flatMap((statement) =>
    statement.principal.entries.flatMap((entry) => entry.values),
  );
  return named.filter((arn) => parseProviderArn(arn)?.issuerPath === issuerPath(issuer));
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
  const roles = authorizedRoles(claims);
  const tags = sessionTags(claims);
  const sourceIdentity = text(claims[AWS_CLAIMS.sourceIdentity]);
  return {
    // Observed on live AWS: during trust evaluation the "user" is the provider, and there is no aws:PrincipalArn.
    'aws:PrincipalType': 'User',
    ...(role ? { 'aws:PrincipalAccount': role.accountId } : {}),
    ...(roleArn === undefined || issuer === undefined ? {} : { 'aws:userid': providerArnFor(issuer, roleArn) }),
    'sts:RoleAuthorizedByIdp': String(roles?.some((listed) => listed === roleArn) === true),
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
      : [{ action: 'sts:TagSession', why: 'the token carries session tags' } as const]),
    ...(text(claims[AWS_CLAIMS.sourceIdentity]) === undefined
      ? []
      : [{ action: 'sts:SetSourceIdentity', why: 'the token carries a source identity' } as const]),
  ];
}

function authorizedRoles(claims: Claims): readonly string[] | undefined {
  const claim = claims[AWS_CLAIMS.roles];
  if (claim === undefined) return undefined;
  return typeof claim === 'string' ? claim.split(';') : textList(claim);
}

interface SessionTags {
  readonly values: readonly (readonly [key: string, value: string])[];
  readonly transitive: readonly string[];
}

/** Session tags in either spelling: nested, or one flat claim for each tag. */
function sessionTags(claims: Claims): SessionTags {
  const nested = members(claims[AWS_CLAIMS.tags]);
  const tags = new Map<string, string>();
  for (const [key, value] of Object.entries(members(nested['principal_tags']))) {
    const [first] = textList(value);
    if (first !== undefined) tags.set(key, first);
  }
  for (const [claim, value] of Object.entries(claims)) {
    const [first] = textList(value);
    if (claim.startsWith(TAG_PREFIX) && first !== undefined) tags.set(claim.slice(TAG_PREFIX.length), first);
  }
  return {
    values: [...tags],
    transitive: [
      ...textList(nested['transitive_tag_keys']),
      ...textList(claims[`${AWS_CLAIMS.tags}/transitive_tag_keys`]),
    ],
  };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
