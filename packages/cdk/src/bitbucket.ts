import type { GeneratedTrust } from '@aws-oidc-assume/trust-policy';
import type { RemovalPolicy } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { createProvider, type IIdentityProvider, ProviderOfAccount } from './identity-provider.ts';
import type { OidcRoleProps } from './oidc-role-props.ts';
import { principalOf, trustFor } from './principal.ts';

/** A Bitbucket workspace. Its tokens have an issuer with the slug and an audience with the UUID. */
export interface BitbucketWorkspace {
  /** The slug, as in the workspace's URL. Renaming the workspace changes the issuer. */
  readonly workspace: string;
  /** With or without braces. */
  readonly workspaceUuid: string;
}

export interface IBitbucketOidcProvider extends IIdentityProvider, BitbucketWorkspace {}

export interface BitbucketOidcProviderProps extends BitbucketWorkspace {
  /**
   * What becomes of the provider when it leaves the stack. Every role of the account that trusts it stops working with it.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The identity provider of a Bitbucket workspace. An account has one; other stacks use `fromAccount`. */
export class BitbucketOidcProvider extends Construct implements IBitbucketOidcProvider {
  /** The provider that the stack's account has already. */
  static fromAccount(scope: Construct, id: string, workspace: BitbucketWorkspace): IBitbucketOidcProvider {
    return new BitbucketProviderOfAccount(scope, id, workspace);
  }

  readonly providerArn: string;
  readonly issuer: string;
  readonly audience: string;
  readonly workspace: string;
  readonly workspaceUuid: string;

  /** @throws Error naming what is wrong with the workspace */
  constructor(scope: Construct, id: string, props: BitbucketOidcProviderProps) {
    super(scope, id);
    const { issuer, audience } = issuerOf(props);
    this.issuer = issuer;
    this.audience = audience;
    this.workspace = props.workspace;
    this.workspaceUuid = props.workspaceUuid;
    this.providerArn = createProvider(this, { issuer, audience }, props.removalPolicy);
  }
}

class BitbucketProviderOfAccount extends ProviderOfAccount implements IBitbucketOidcProvider {
  readonly workspace: string;
  readonly workspaceUuid: string;

  constructor(scope: Construct, id: string, workspace: BitbucketWorkspace) {
    super(scope, id, issuerOf(workspace));
    this.workspace = workspace.workspace;
    this.workspaceUuid = workspace.workspaceUuid;
  }
}

/** Which steps may assume a role. */
export class BitbucketScope {
  /** Every step of one repository, on any branch: the token does not say the branch to AWS. */
  static repository(repositoryUuid: string): BitbucketScope {
    return new BitbucketScope(repositoryUuid, undefined);
  }

  /** Steps of one repository that deploy to one environment, named by its UUID: the token does not have its name. */
  static deploymentEnvironment(repositoryUuid: string, deploymentEnvironmentUuid: string): BitbucketScope {
    return new BitbucketScope(repositoryUuid, deploymentEnvironmentUuid);
  }

  readonly repositoryUuid: string;
  readonly deploymentEnvironmentUuid: string | undefined;

  private constructor(repositoryUuid: string, deploymentEnvironmentUuid: string | undefined) {
    this.repositoryUuid = repositoryUuid;
    this.deploymentEnvironmentUuid = deploymentEnvironmentUuid;
  }
}

export interface BitbucketOidcRoleProps extends OidcRoleProps {
  readonly provider: IBitbucketOidcProvider;
  readonly trust: BitbucketScope;
}

/** A role for steps of Bitbucket Pipelines. Its trust policy has an exact audience and names a repository. */
export class BitbucketOidcRole extends Role {
  /** @throws Error naming what is wrong with the scope */
  constructor(scope: Construct, id: string, props: BitbucketOidcRoleProps) {
    const { provider, trust, sourceIps = [], ...role } = props;
    super(scope, id, { ...role, assumedBy: principalOf(trustOf(provider, trust, sourceIps), provider) });
  }
}

function trustOf(
  { workspace, workspaceUuid }: BitbucketWorkspace,
  { repositoryUuid, deploymentEnvironmentUuid }: BitbucketScope,
  sourceIps: readonly string[],
): GeneratedTrust {
  return trustFor({
    provider: 'bitbucket',
    workspace,
    workspaceUuid,
    repositoryUuid,
    ...(deploymentEnvironmentUuid === undefined ? {} : { deploymentEnvironmentUuid }),
    sourceIps,
  });
}

/** Issuer and audience are the workspace's, whatever the repository. */
function issuerOf(workspace: BitbucketWorkspace): { issuer: string; audience: string } {
  const anyRepository = BitbucketScope.repository('00000000-0000-0000-0000-000000000000');
  const { providerUrl, clientIds } = trustOf(workspace, anyRepository, []);
  return { issuer: providerUrl, audience: clientIds[0] ?? '' };
}
