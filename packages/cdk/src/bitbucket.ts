import type { TrustScope } from '@aws-oidc-assume/trust-policy';
import type { IOIDCProviderRef } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { pathOf } from './construct-error.ts';
import { defined } from './defined.ts';
import {
  accountProvider,
  IdentityProvider,
  type IdentityProviderOptions,
  type IIdentityProvider,
  type Issuer,
  newProvider,
  type ProviderArn,
  providerByArn,
  providerOfConstruct,
} from './identity-provider.ts';
import { OidcRole, type OidcRoleProps } from './oidc-role.ts';
import { federatedPrincipal, trustFor } from './trust.ts';

/** A Bitbucket workspace. Its tokens have an issuer with the slug and an audience with the UUID. */
export interface BitbucketWorkspace {
  /** The slug, as in the workspace's URL. Renaming the workspace changes the issuer. */
  readonly workspace: string;
  /** The workspace's UUID, with or without braces. */
  readonly workspaceUuid: string;
}

/** The identity provider of a Bitbucket workspace, created or found. */
export interface IBitbucketOidcProvider extends IIdentityProvider {
  /** The slug, as in the workspace's URL. */
  readonly workspace: string;
  /** The workspace's UUID, with or without braces. */
  readonly workspaceUuid: string;
}

/** Properties of the identity provider of a Bitbucket workspace. */
export interface BitbucketOidcProviderProps extends BitbucketWorkspace, IdentityProviderOptions {}

/** The identity provider of a Bitbucket workspace. An account can have only one; other stacks use `fromAccount`. */
export class BitbucketOidcProvider extends IdentityProvider implements IBitbucketOidcProvider {
  /** Finds the provider that already exists in the stack's account. */
  static fromAccount(scope: Construct, id: string, workspace: BitbucketWorkspace): IBitbucketOidcProvider {
    return new FoundProvider(scope, id, workspace, accountProvider());
  }

  /** Finds a provider of the stack's account by its ARN. */
  static fromProviderArn(
    scope: Construct,
    id: string,
    providerArn: string,
    workspace: BitbucketWorkspace,
  ): IBitbucketOidcProvider {
    return new FoundProvider(scope, id, workspace, providerByArn(providerArn));
  }

  /** Uses a provider of another construct: a `CfnOIDCProvider`, `OidcProviderNative` or `OpenIdConnectProvider`. */
  static fromProvider(
    scope: Construct,
    id: string,
    provider: IOIDCProviderRef,
    workspace: BitbucketWorkspace,
  ): IBitbucketOidcProvider {
    return new FoundProvider(scope, id, workspace, providerOfConstruct(provider));
  }

  readonly workspace: string;
  readonly workspaceUuid: string;

  /** @throws Error with the construct's path, naming what is wrong with the workspace */
  constructor(scope: Construct, id: string, props: BitbucketOidcProviderProps) {
    super(scope, id, workspaceIssuer(pathOf(scope, id), props), newProvider(props));
    this.workspace = props.workspace;
    this.workspaceUuid = props.workspaceUuid;
  }
}

class FoundProvider extends IdentityProvider implements IBitbucketOidcProvider {
  readonly workspace: string;
  readonly workspaceUuid: string;

  constructor(scope: Construct, id: string, workspace: BitbucketWorkspace, arn: ProviderArn) {
    super(scope, id, workspaceIssuer(pathOf(scope, id), workspace), arn);
    this.workspace = workspace.workspace;
    this.workspaceUuid = workspace.workspaceUuid;
  }
}

/** Steps of Bitbucket Pipelines that may assume a role. */
export class BitbucketScope {
  /** Every step of one repository, on any branch: the token's subject does not name the branch. */
  static repository(repositoryUuid: string): BitbucketScope {
    return new BitbucketScope(repositoryUuid, undefined);
  }

  /** Steps of one repository that deploy to one environment. The token has the environment's UUID, not its name. */
  static deploymentEnvironment(repositoryUuid: string, deploymentEnvironmentUuid: string): BitbucketScope {
    return new BitbucketScope(repositoryUuid, deploymentEnvironmentUuid);
  }

  /** The repository's UUID, with or without braces. */
  readonly repositoryUuid: string;
  /** The environment's UUID, with or without braces. Undefined for every step of the repository. */
  readonly deploymentEnvironmentUuid: string | undefined;

  private constructor(repositoryUuid: string, deploymentEnvironmentUuid: string | undefined) {
    this.repositoryUuid = repositoryUuid;
    this.deploymentEnvironmentUuid = deploymentEnvironmentUuid;
  }
}

/** Properties of a role for steps of Bitbucket Pipelines. */
export interface BitbucketOidcRoleProps extends OidcRoleProps {
  /** The identity provider of the workspace. */
  readonly provider: IBitbucketOidcProvider;
  /** The steps that may assume the role: at least one scope. */
  readonly trust: BitbucketScope[];
}

/** A role for steps of Bitbucket Pipelines. Its trust policy has an exact audience and names each repository. */
export class BitbucketOidcRole extends OidcRole {
  /** @throws Error with the construct's path, naming every missing or wrong field of the scopes */
  constructor(scope: Construct, id: string, props: BitbucketOidcRoleProps) {
    const { provider, trust, sourceIps } = props;
    const scopes = (trust ?? []).map((one) => trustScope(provider, one));
    super(scope, id, props, federatedPrincipal(pathOf(scope, id), { provider, scopes, sourceIps }));
  }
}

function trustScope({ workspace, workspaceUuid }: BitbucketWorkspace, scope: BitbucketScope): TrustScope {
  const { repositoryUuid, deploymentEnvironmentUuid } = scope;
  return {
    provider: 'bitbucket',
    workspace,
    workspaceUuid,
    repositoryUuid,
    ...defined({ deploymentEnvironmentUuid }),
  };
}

/** Issuer and audience are those of the workspace, equal for all repositories. */
function workspaceIssuer(path: string, workspace: BitbucketWorkspace): Issuer {
  const anyRepository = BitbucketScope.repository('00000000-0000-0000-0000-000000000000');
  const { providerUrl, clientIds } = trustFor(path, [trustScope(workspace, anyRepository)], {});
  return { issuer: providerUrl, audience: clientIds[0] ?? '' };
}
