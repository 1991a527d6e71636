import { issuerPath } from '@aws-oidc-assume/trust-policy';
import { CfnResource, RemovalPolicy, Resource, Stack, Token } from 'aws-cdk-lib';
import {
  CfnOIDCProvider,
  type IOIDCProviderRef,
  type IOidcProvider,
  type OIDCProviderReference,
} from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { constructError } from './construct-error.ts';

/**
 * An identity provider in IAM for one issuer of CI tokens. Accepted wherever aws-cdk-lib takes an OpenID Connect
 * provider.
 */
export interface IIdentityProvider extends IOidcProvider {
  /** The issuer's URL, exactly as the tokens have it. */
  readonly issuer: string;
  /** The audience that the provider accepts. */
  readonly audience: string;
}

/** Options of every identity provider. */
export interface IdentityProviderOptions {
  /**
   * Fate of the provider when it leaves the stack. Without the provider, every role of the account that trusts it stops
   * working.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Issuer and audience of the tokens of one workspace, organization or service. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
}

/** Returns the ARN of a new resource or of an existing provider. */
export type ProviderArn = (construct: Construct, issuer: Issuer) => string;

/**
 * Members that every identity provider has, created or found.
 *
 * @internal
 */
export abstract class IdentityProvider extends Resource implements IIdentityProvider {
  readonly oidcProviderArn: string;
  readonly issuer: string;
  readonly audience: string;

  protected constructor(scope: Construct, id: string, issuer: Issuer, providerArn: ProviderArn) {
    super(scope, id);
    this.issuer = issuer.issuer;
    this.audience = issuer.audience;
    this.oidcProviderArn = providerArn(this, issuer);
  }

  /** The issuer without its scheme, as at the beginning of condition keys. */
  get oidcProviderIssuer(): string {
    return issuerPath(this.issuer);
  }

  /** The same as `oidcProviderArn`, for constructs that take an `IOpenIdConnectProvider`. */
  get openIdConnectProviderArn(): string {
    return this.oidcProviderArn;
  }

  /** The same as `oidcProviderIssuer`, for constructs that take an `IOpenIdConnectProvider`. */
  get openIdConnectProviderIssuer(): string {
    return this.oidcProviderIssuer;
  }

  /** A reference to this provider. */
  get oidcProviderRef(): OIDCProviderReference {
    return { oidcProviderArn: this.oidcProviderArn };
  }
}

/**
 * Creates the provider. It needs no thumbprint: AWS trusts the certificates of these hosts.
 *
 * @throws Error if the app creates a second provider for the issuer in one account, which AWS would refuse at deployment
 */
export function newProvider({ removalPolicy = RemovalPolicy.RETAIN }: IdentityProviderOptions): ProviderArn {
  return (construct, { issuer, audience }) => {
    refuseSecondProvider(construct, issuer);
    const resource = new CfnOIDCProvider(construct, 'Resource', { url: issuer, clientIdList: [audience] });
    resource.applyRemovalPolicy(removalPolicy);
    return resource.attrArn;
  };
}

interface CreatedProvider {
  readonly issuer: string;
  readonly stack: Stack;
  readonly path: string;
}

const CREATED = new WeakMap<IConstruct, CreatedProvider[]>();

function refuseSecondProvider(construct: Construct, issuer: string): void {
  const stack = Stack.of(construct);
  const created = CREATED.get(construct.node.root) ?? [];
  const first = created.find((other) => other.issuer === issuer && isSameAccount(other.stack, stack));
  if (first !== undefined) {
    throw constructError(
      construct.node.path,
      `The account has one identity provider for each issuer, and ${first.path} creates it already. Pass that provider, or use fromAccount().`,
    );
  }
  CREATED.set(construct.node.root, [...created, { issuer, stack, path: construct.node.path }]);
}

/** Whether two stacks are certainly deployed to one account. */
function isSameAccount(one: Stack, other: Stack): boolean {
  return one === other || (one.account === other.account && !Token.isUnresolved(one.account));
}

/** The provider that already exists in the stack's account. Its ARN follows from the issuer. */
export function accountProvider(): ProviderArn {
  return (construct, { issuer }) =>
    Stack.of(construct).formatArn({
      service: 'iam',
      region: '',
      resource: 'oidc-provider',
      resourceName: issuerPath(issuer),
    });
}

/**
 * An existing provider by its ARN.
 *
 * @throws Error if the ARN is known and belongs to another issuer
 */
export function providerByArn(arn: string): ProviderArn {
  return (construct, { issuer }) => {
    const expected = `:oidc-provider/${issuerPath(issuer)}`;
    if (!Token.isUnresolved(arn) && !(arn.startsWith('arn:') && arn.endsWith(expected))) {
      throw constructError(
        construct.node.path,
        `The provider's ARN is ${arn}. The ARN for ${issuer} ends with "${expected}".`,
      );
    }
    return arn;
  };
}

/**
 * A provider of another construct, L1 or L2.
 *
 * @throws Error if its URL or audiences are known and differ
 */
export function providerOfConstruct(provider: IOIDCProviderRef): ProviderArn {
  return (construct, issuer) => {
    const resource = isProviderResource(provider) ? provider : provider.node.defaultChild;
    if (isProviderResource(resource)) refuseOtherIssuer(construct, resource, issuer);
    return provider.oidcProviderRef.oidcProviderArn;
  };
}

function refuseOtherIssuer(construct: Construct, resource: CfnOIDCProvider, { issuer, audience }: Issuer): void {
  const { url, clientIdList = [], node } = resource;
  if (url !== undefined && !Token.isUnresolved(url) && url !== issuer) {
    throw constructError(
      construct.node.path,
      `The URL of ${node.path} is ${url}. The tokens have the issuer ${issuer}.`,
    );
  }
  if (!Token.isUnresolved(clientIdList) && !clientIdList.some((id) => id === audience || Token.isUnresolved(id))) {
    const audiences = clientIdList.length === 0 ? 'no audience' : clientIdList.join(', ');
    throw constructError(
      construct.node.path,
      `${node.path} accepts ${audiences}. Add ${audience} to its client IDs: the tokens have this audience.`,
    );
  }
}

function isProviderResource(construct: IConstruct | undefined): construct is CfnOIDCProvider {
  return (
    construct !== undefined &&
    CfnResource.isCfnResource(construct) &&
    construct.cfnResourceType === CfnOIDCProvider.CFN_RESOURCE_TYPE_NAME
  );
}
