import { providerArnFor, type RoleArn } from '@aws-oidc-assume/trust-policy';
import { assumeParameters, requestedRole } from './assume-role-parameters.ts';
import { Violations } from './constraints.ts';
import { readIdentity, type TokenIdentity } from './identity-token.ts';
import { invalidToken } from './invalid-token.ts';
import { decodeToken } from './jwt.ts';
import { requestContext } from './request-context.ts';
import { sessionElements } from './session-elements.ts';
import { sessionPolicies } from './session-policies.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import { fetchKeys, verifySignature } from './verification-keys.ts';
import { checkWebIdentityTrust, webIdentityDenied } from './web-identity-trust.ts';
import type { Elements } from './xml.ts';

/**
 * Exchanges an identity token for credentials. The request is not signed.
 * Order of checks: parameters, role ARN, provider id, token, provider and audience, key and signature, roles claim, role and
 * trust policy, duration, session policies. Recorded answers of AWS show token, roles claim, trust policy in this order;
 * the finer order is an assumption.
 * @throws StsError
 */
export async function assumeRoleWithWebIdentity(call: StsCall, parts: StsParts): Promise<Elements> {
  const violations = new Violations(call.query);
  const parameters = assumeParameters(call.query, violations);
  const token = violations.required('WebIdentityToken', { minimum: 4, maximum: 20_000, sensitive: true });
  const providerId = violations.text('ProviderId', { minimum: 4, maximum: 2048 });
  const tokenSize = violations.integer('MinimumSessionTokenSize', 0, 4096);
  violations.check();

  const requested = requestedRole(parameters.roleArn);
  if (providerId !== undefined) throw refusedProviderId(providerId);

  const { identity, claims } = await verifyToken(token, requested, parts);
  if (identity.roles !== undefined && !identity.roles.includes(requested.arn)) {
    throw invalidToken('The requested role is not among the roles of the token.');
  }

  const role = parts.iam.role(requested);
  if (role === undefined) throw webIdentityDenied();
  checkWebIdentityTrust({
    role,
    claims,
    sessionName: parameters.sessionName,
    request: requestContext(call, parts.clock),
  });
  if (parameters.durationSeconds > role.maxSessionDuration) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const policies = sessionPolicies(parameters, identity.tags);

  const session = parts.sessions.open(
    {
      role,
      name: parameters.sessionName,
      action: 'AssumeRoleWithWebIdentity',
      durationSeconds: parameters.durationSeconds,
      policy: policies.inline,
      policyArns: policies.arns,
      tags: identity.tags,
      transitiveTagKeys: identity.transitiveTagKeys,
      sourceIdentity: identity.sourceIdentity,
    },
    tokenSize,
  );
  return {
    SubjectFromWebIdentityToken: identity.subject,
    Audience: identity.audience,
    Provider: providerArnFor(identity.issuer, role.arn),
    ...sessionElements(session),
    SourceIdentity: identity.sourceIdentity,
    PackedPolicySize: policies.packedSize,
  };
}

/** ProviderId is for two old providers of access tokens. AWS refuses a JWT in a different way for each. */
function refusedProviderId(providerId: string): StsError {
  switch (providerId) {
    case 'www.amazon.com':
      return invalidToken();
    case 'graph.facebook.com':
      return new StsError('IDPRejectedClaim');
    default:
      return webIdentityDenied();
  }
}

async function verifyToken(text: string, { accountId }: RoleArn, parts: StsParts) {
  const token = decodeToken(text);
  const identity = readIdentity(token.claims, parts.clock.now());
  checkAudience(identity, accountId, parts);
  verifySignature(token, await fetchKeys(parts.issuerUrl(identity.issuer), parts.fetch));
  return { identity, claims: token.claims };
}

/** Checks that the role's account has the provider and that the provider has the audience. */
function checkAudience({ issuer, audience }: TokenIdentity, accountId: string, { iam }: StsParts): void {
  const provider = iam.provider(accountId, issuer);
  if (provider === undefined) throw invalidToken(`No OpenIDConnect provider found in your account for ${issuer}`);
  if (!provider.clientIds.includes(audience)) throw invalidToken('Incorrect token audience');
}
