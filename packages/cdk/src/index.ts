/** AWS CDK constructs for roles that CI jobs assume with their OpenID Connect token. */
export {
  AzureDevOpsOidcProvider,
  type AzureDevOpsOidcProviderProps,
  AzureDevOpsOidcRole,
  type AzureDevOpsOidcRoleProps,
  type AzureDevOpsOrganization,
  AzureDevOpsScope,
  type IAzureDevOpsOidcProvider,
} from './azure-devops.ts';
export {
  BitbucketOidcProvider,
  type BitbucketOidcProviderProps,
  BitbucketOidcRole,
  type BitbucketOidcRoleProps,
  BitbucketScope,
  type BitbucketWorkspace,
  type IBitbucketOidcProvider,
} from './bitbucket.ts';
export type { IIdentityProvider } from './identity-provider.ts';
export type { OidcRoleProps } from './oidc-role-props.ts';
