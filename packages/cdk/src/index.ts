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
export {
  type GitHubIssuer,
  GitHubOidcProvider,
  type GitHubOidcProviderProps,
  GitHubOidcRole,
  type GitHubOidcRoleProps,
  type GitHubRepository,
  GitHubScope,
  type IGitHubOidcProvider,
} from './github.ts';
export type { IdentityProviderOptions, IIdentityProvider } from './identity-provider.ts';
export type { CdkDeployOptions, OidcRoleProps, RegionOptions, S3SyncOptions } from './oidc-role.ts';
