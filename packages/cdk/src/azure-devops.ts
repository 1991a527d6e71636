import type { GeneratedTrust } from '@aws-oidc-assume/trust-policy';
import type { RemovalPolicy } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { createProvider, type IIdentityProvider, ProviderOfAccount } from './identity-provider.ts';
import type { OidcRoleProps } from './oidc-role-props.ts';
import { principalOf, trustFor } from './principal.ts';

/** An Azure DevOps organization. Its tokens have an issuer with the id and a subject with the name. */
export interface AzureDevOpsOrganization {
  /** The name, as in `https://dev.azure.com/<organization>`. */
  readonly organization: string;
  /** The GUID: `instanceId` of `https://dev.azure.com/<organization>/_apis/connectionData`. */
  readonly organizationId: string;
}

export interface IAzureDevOpsOidcProvider extends IIdentityProvider, AzureDevOpsOrganization {}

export interface AzureDevOpsOidcProviderProps extends AzureDevOpsOrganization {
  /**
   * What becomes of the provider when it leaves the stack. Every role of the account that trusts it stops working with it.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The identity provider of an Azure DevOps organization. An account has one; other stacks use `fromAccount`. */
export class AzureDevOpsOidcProvider extends Construct implements IAzureDevOpsOidcProvider {
  /** The provider that the stack's account has already. */
  static fromAccount(scope: Construct, id: string, organization: AzureDevOpsOrganization): IAzureDevOpsOidcProvider {
    return new AzureDevOpsProviderOfAccount(scope, id, organization);
  }

  readonly providerArn: string;
  readonly issuer: string;
  readonly audience: string;
  readonly organization: string;
  readonly organizationId: string;

  /** @throws Error naming what is wrong with the organization */
  constructor(scope: Construct, id: string, props: AzureDevOpsOidcProviderProps) {
    super(scope, id);
    const { issuer, audience } = issuerOf(props);
    this.issuer = issuer;
    this.audience = audience;
    this.organization = props.organization;
    this.organizationId = props.organizationId;
    this.providerArn = createProvider(this, { issuer, audience }, props.removalPolicy);
  }
}

class AzureDevOpsProviderOfAccount extends ProviderOfAccount implements IAzureDevOpsOidcProvider {
  readonly organization: string;
  readonly organizationId: string;

  constructor(scope: Construct, id: string, organization: AzureDevOpsOrganization) {
    super(scope, id, issuerOf(organization));
    this.organization = organization.organization;
    this.organizationId = organization.organizationId;
  }
}

type Use = { readonly serviceConnection: string } | { readonly pipeline: string };

/** Which jobs may assume a role. Names count letter by letter; renaming changes the subject. */
export class AzureDevOpsScope {
  /** Jobs that may use one service connection: limit it with pipeline permissions, approvals and checks. */
  static serviceConnection(project: string, serviceConnection: string): AzureDevOpsScope {
    return new AzureDevOpsScope(project, { serviceConnection });
  }

  /** Jobs of one pipeline that use no service connection: there are no approvals and checks in between. */
  static pipeline(project: string, pipeline: string): AzureDevOpsScope {
    return new AzureDevOpsScope(project, { pipeline });
  }

  readonly project: string;
  readonly use: Use;

  private constructor(project: string, use: Use) {
    this.project = project;
    this.use = use;
  }
}

export interface AzureDevOpsOidcRoleProps extends OidcRoleProps {
  readonly provider: IAzureDevOpsOidcProvider;
  readonly trust: AzureDevOpsScope;
}

/** A role for jobs of Azure Pipelines. Its trust policy names one service connection or one pipeline. */
export class AzureDevOpsOidcRole extends Role {
  /** @throws Error naming what is wrong with the scope */
  constructor(scope: Construct, id: string, props: AzureDevOpsOidcRoleProps) {
    const { provider, trust, sourceIps = [], ...role } = props;
    super(scope, id, { ...role, assumedBy: principalOf(trustOf(provider, trust, sourceIps), provider) });
  }
}

function trustOf(
  { organization, organizationId }: AzureDevOpsOrganization,
  { project, use }: AzureDevOpsScope,
  sourceIps: readonly string[],
): GeneratedTrust {
  return trustFor({
    provider: 'azure-devops',
    organization,
    organizationId,
    project,
    ...use,
    sourceIps,
  });
}

/** Issuer and audience are the organization's, whatever the project. */
function issuerOf(organization: AzureDevOpsOrganization): { issuer: string; audience: string } {
  const { providerUrl, clientIds } = trustOf(organization, AzureDevOpsScope.pipeline('any', 'any'), []);
  return { issuer: providerUrl, audience: clientIds[0] ?? '' };
}
