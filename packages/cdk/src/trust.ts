import { type GeneratedTrust, generateAll, type TrustScope, type TrustTarget } from '@aws-oidc-assume/trust-policy';
import { Token } from 'aws-cdk-lib';
import { FederatedPrincipal } from 'aws-cdk-lib/aws-iam';
import { constructError, withPath } from './construct-error.ts';
import { defined } from './defined.ts';
import type { IIdentityProvider } from './identity-provider.ts';

/**
 * Placeholder for the stack's account while the conditions are written. They do not depend on the account, which can be
 * unknown until deployment.
 */
const ANY_ACCOUNT = '000000000000';

type TrustLimits = Pick<TrustTarget, 'issuer' | 'sourceIps'>;

/**
 * The trust for the scopes.
 *
 * @throws Error naming every field that is missing, wrong, or known only at deployment
 */
export function trustFor(path: string, scopes: readonly TrustScope[], limits: TrustLimits): GeneratedTrust {
  const deferred = scopes.flatMap((scope) =>
    Object.entries(scope).flatMap(([field, value]) => (Token.isUnresolved(value) ? [field] : [])),
  );
  if (deferred.length > 0) {
    throw constructError(
      path,
      `${deferred.join(', ')} must be known at synthesis, because the scope is checked there.`,
    );
  }
  return withPath(
    path,
    () => generateAll(scopes, { ...limits, account: ANY_ACCOUNT }),
    (field) => field.replace(/^scopes/, 'trust'),
  );
}

/** Jobs that a role trusts, and the limits for them. */
interface RoleTrust {
  readonly provider: IIdentityProvider;
  readonly scopes: readonly TrustScope[];
  readonly sourceIps: readonly string[] | undefined;
}

/**
 * The principal of a role: identities of the provider, under the conditions of the scopes.
 *
 * @param path the role's path, for errors
 * @throws Error naming every missing or wrong field of the scopes
 */
export function federatedPrincipal(path: string, { provider, scopes, sourceIps }: RoleTrust): FederatedPrincipal {
  const limits = { issuer: provider.issuer, ...defined({ sourceIps }) };
  const [statement, ...more] = trustFor(path, scopes, limits).trustPolicy.Statement;
  if (statement === undefined || more.length > 0)
    throw constructError(path, 'The scopes need more than one statement.');
  return new FederatedPrincipal(provider.oidcProviderArn, statement.Condition, 'sts:AssumeRoleWithWebIdentity');
}
