import { issuerPath, providerArnFor, type RoleArn } from '@aws-oidc-assume/trust-policy';
import { assumeParameters, requestedRole } from './assume-role-parameters.ts';
import { authorizedRoles } from './authorized-roles.ts';
import { Violations } from './constraints.ts';
import { propagatedIdentity, propagationElements } from './identity-propagation.ts';
import { readIdentity } from './identity-token.ts';
import { invalidToken } from './invalid-token.ts';
import { decodeToken } from './jwt.ts';
import { packedIdentityLength, packedPercent } from './packed-size.ts';
import { requestContext } from './request-context.ts';
import { sessionElements } from './session-elements.ts';
import { sessionPolicies } from './session-policies.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import { TOKEN_MESSAGES } from './token-messages.ts';
import { fetchKeys, verifySignature } from './verification-keys.ts';
import { admittedRole } from './web-identity-trust.ts';
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
  const { identity, claims, provider } = await verifyToken(token, requested, parts);
  checkAuthorizedRoles(authorizedRoles(claims), requested);
  const { sessionName, durationSeconds } = parameters;
  const request = requestContext(call, parts.clock);
  const role = admittedRole(parts.iam.role(requested), { claims, sessionName, request });
  checkDuration(durationSeconds, role.maxSessionDuration);
  const policies = sessionPolicies(parameters, identity.tags);

  const { issuer, subject, audience, tags, transitiveTagKeys, sourceIdentity } = identity;
  const arn = providerArnFor(issuer, role.arn);
  const { contextProvider } = provider;
  const propagated = contextProvider && propagatedIdentity(claims, identity, { arn, contextProvider });
  const session = parts.sessions.open(
    {
      role,
      name: sessionName,
      action: 'AssumeRoleWithWebIdentity',
      durationSeconds,
      policy: policies.inline,
      policyArns: policies.arns,
      scopedPolicies: [],
      tags,
      transitiveTagKeys,
      sourceIdentity,
      propagated,
    },
    tokenSize,
  );
  const identityLength = packedIdentityLength({ issuerPath: issuerPath(issuer), subject, sourceIdentity });
  return {
    SubjectFromWebIdentityToken: subject,
    Audience: audience,
    Provider: arn,
    ...sessionElements(session),
    SourceIdentity: sourceIdentity,
    PackedPolicySize: packedPercent(identityLength + policies.length),
    TrustedIdentityPropagationContext: propagated && propagationElements(propagated),
  };
}

/** ProviderId is for two old providers of access tokens. AWS refuses a JWT in a different way for each. */
function refusedProviderId(providerId: string): StsError {
  switch (providerId) {
    case 'www.amazon.com':
      return invalidToken('Provided Token is not a Login With Amazon token');
    case 'graph.facebook.com':
      return new StsError(
        'IDPRejectedClaim',
        'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190',
      );
    default:
      return new StsError(
        'AccessDenied',
        'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens',
      );
  }
}

async function verifyToken(text: string, { accountId }: RoleArn, parts: StsParts) {
  const messages = TOKEN_MESSAGES[parts.messages ?? 'current'];
  const token = decodeToken(text);
  const identity = readIdentity(token.claims, parts.clock.now(), messages);
  const { issuer, audience } = identity;
  const provider = parts.iam.provider(accountId, issuer);
  if (provider === undefined) throw invalidToken(messages.unknownProvider(issuer));
  if (!provider.clientIds.includes(audience)) throw invalidToken(messages.unknownAudience);
  verifySignature(token, await fetchKeys(parts.issuerUrl(issuer), parts.fetch), messages);
  return { identity, claims: token.claims, provider };
}

/** Checks that the roles claim, if there is one, lists the role. */
function checkAuthorizedRoles(roles: readonly string[] | undefined, { arn }: RoleArn): void {
  if (roles === undefined || roles.includes(arn)) return;
  throw invalidToken('The target role ARN is not present in the roles claim of the identity token');
}

function checkDuration(seconds: number, maximum: number): void {
  if (seconds <= maximum) return;
  throw new StsError(
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
}
