import type { GeneratedTrust } from '@aws-oidc-assume/trust-policy';
import { FederatedPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IIdentityProvider } from './identity-provider.ts';

/**
 * Stands for the stack's account while the conditions are written, which do not depend on it: the account need not be
 * known when the template is made.
 */
export const ANY_ACCOUNT = '000000000000';

/** The principal of a trust statement written by `generate`, bound to the provider of the stack. */
export function principalOf({ trustPolicy }: GeneratedTrust, { providerArn }: IIdentityProvider): FederatedPrincipal {
  const [statement] = trustPolicy.Statement;
  return new FederatedPrincipal(providerArn, statement?.Condition ?? {}, 'sts:AssumeRoleWithWebIdentity');
}
