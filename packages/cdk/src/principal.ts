import { type GeneratedTrust, generate, type TrustScope, type TrustTarget } from '@aws-oidc-assume/trust-policy';
import { Token } from 'aws-cdk-lib';
import { FederatedPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IIdentityProvider } from './identity-provider.ts';

/**
 * Stands for the stack's account while the conditions are written, which do not depend on it: the account need not be
 * known when the template is made.
 */
const ANY_ACCOUNT = '000000000000';

/**
 * The trust for a scope.
 * @throws Error naming every field that is missing, wrong, or known only when the stack is deployed
 */
export function trustFor(scope: TrustScope & Pick<TrustTarget, 'sourceIps'>): GeneratedTrust {
  const unknown = Object.entries(scope).filter(([, value]) => Token.isUnresolved(value));
  if (unknown.length > 0) {
    const fields = unknown.map(([field]) => field).join(', ');
    throw new Error(`No trust policy can be written: ${fields} must be known when the template is made.`);
  }
  return generate({ ...scope, account: ANY_ACCOUNT });
}

/** The principal of a trust statement written by `generate`, bound to the provider of the stack. */
export function principalOf({ trustPolicy }: GeneratedTrust, { providerArn }: IIdentityProvider): FederatedPrincipal {
  const [statement] = trustPolicy.Statement;
  if (statement === undefined) throw new Error('The trust policy has no statement.');
  return new FederatedPrincipal(providerArn, statement.Condition, 'sts:AssumeRoleWithWebIdentity');
}
