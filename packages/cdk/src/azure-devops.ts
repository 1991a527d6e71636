import type { TrustScope } from '@aws-oidc-assume/trust-policy';
import type { IOIDCProviderRef } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { pathOf } from './construct-error.ts';
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

/** An Azure DevOps organization. Its tokens have an issuer with the id and a subject with the name. */
export interface AzureDevOpsOrganization {
  /** The name, as in `https://dev.azure.com/<organization>`. */
  readonly organization: string;
  /** The GUID: `instanceId` of `https://dev.azure.com/<organization>/_apis/connectionData`. */
  readonly organizationId: string;
}

/** The identity provider of an Azure DevOps organization, created or found. */
export interface IAzureDevOpsOidcProvider extends IIdentityProvider {
  /** The name, as in `https://dev.azure.com/<organization>`. */
  readonly organization: string;
  /** The organization's GUID. */
  readonly organizationId: string;
}

/** Properties of the identity provider of an Azure DevOps organization. */
export interface AzureDevOpsOidcProviderProps extends AzureDevOpsOrganization, IdentityProviderOptions {}

/**
 * The identity provider of an Azure DevOps organization. An account can have only one; other stacks use `fromAccount`.
 */
export class AzureDevOpsOidcProvider extends IdentityProvider implements IAzureDevOpsOidcProvider {
  /** Finds the provider that already exists in the stack's account. */
  static fromAccount(scope: Construct, id: string, organization: AzureDevOpsOrganization): IAzureDevOpsOidcProvider {
    return new FoundProvider(scope, id, organization, accountProvider());
  }

  /** Finds a provider of the stack's account by its ARN. */
  static fromProviderArn(
    scope: Construct,
    id: string,
    providerArn: string,
    organization: AzureDevOpsOrganization,
  ): IAzureDevOpsOidcProvider {
    return new FoundProvider(scope, id, organization, providerByArn(providerArn));
  }

  /** Uses a provider of another construct: a `CfnOIDCProvider`, `OidcProviderNative` or `OpenIdConnectProvider`. */
  static fromProvider(
    scope: Construct,
    id: string,
    provider: IOIDCProviderRef,
    organization: AzureDevOpsOrganization,
  ): IAzureDevOpsOidcProvider {
    return new FoundProvider(scope, id, organization, providerOfConstruct(provider));
  }

  readonly organization: string;
  readonly organizationId: string;

  /** @throws Error with the construct's path, naming what is wrong with the organization */
  constructor(scope: Construct, id: string, props: AzureDevOpsOidcProviderProps) {
    super(scope, id, organizationIssuer(pathOf(scope, id), props), newProvider(props));
    this.organization = props.organization;
    this.organizationId = props.organizationId;
  }
}

class FoundProvider extends IdentityProvider implements IAzureDevOpsOidcProvider {
  readonly organization: string;
  readonly organizationId: string;

  constructor(scope: Construct, id: string, organization: AzureDevOpsOrganization, arn: ProviderArn) {
    super(scope, id, organizationIssuer(pathOf(scope, id), organization), arn);
    this.organization = organization.organization;
    this.organizationId = organization.organizationId;
  }
}

/** The part of the subject that follows the project. */
type Use = { readonly serviceConnection: string } | { readonly pipeline: string };

/** Jobs of Azure Pipelines that may assume a role. Names are case-sensitive; renaming changes the subject. */
export class AzureDevOpsScope {
  /** Jobs that may use one service connection: limit it with pipeline permissions, approvals and checks. */
  static serviceConnection(project: string, serviceConnection: string): AzureDevOpsScope {
    return new AzureDevOpsScope(project, { serviceConnection });
  }

  /** Jobs of one pipeline that use no service connection: no approvals and checks come before the role. */
  static pipeline(project: string, pipeline: string): AzureDevOpsScope {
    return new AzureDevOpsScope(project, { pipeline });
  }

  /** The name of the project. */
  readonly project: string;
  /** @internal */
  readonly _use: Use;

  private constructor(project: string, use: Use) {
    this.project = project;
    this._use = use;
  }
}

/** Properties of a role for jobs of Azure Pipelines. */
export interface AzureDevOpsOidcRoleProps extends OidcRoleProps {
  /** The identity provider of the organization. */
  readonly provider: IAzureDevOpsOidcProvider;
  /** The jobs that may assume the role: at least one scope. */
  readonly trust: AzureDevOpsScope[];
}

/** A role for jobs of Azure Pipelines. Its trust policy names each service connection or pipeline. */
export class AzureDevOpsOidcRole extends OidcRole {
  /** @throws Error with the construct's path, naming every missing or wrong field of the scopes */
  constructor(scope: Construct, id: string, props: AzureDevOpsOidcRoleProps) {
    const { provider, trust, sourceIps } = props;
    const scopes = (trust ?? []).map((one) => trustScope(provider, one));
    super(scope, id, props, federatedPrincipal(pathOf(scope, id), { provider, scopes, sourceIps }));
  }
}

function trustScope({ organization, organizationId }: AzureDevOpsOrganization, scope: AzureDevOpsScope): TrustScope {
  return { provider: 'azure-devops', organization, organizationId, project: scope.project, ...scope._use };
}

/** Issuer and audience are those of the organization, equal for all projects. */
function organizationIssuer(path: string, organization: AzureDevOpsOrganization): Issuer {
  const anyPipeline = AzureDevOpsScope.pipeline('any', 'any');
  const { providerUrl, clientIds } = trustFor(path, [trustScope(organization, anyPipeline)], {});
  return { issuer: providerUrl, audience: clientIds[0] ?? '' };
}
