import { issuerPath } from '@aws-oidc-assume/trust-policy';
import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnOIDCProvider } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** An identity provider in IAM: one for each issuer and account, made here or already there. */
export interface IIdentityProvider {
  readonly providerArn: string;
  /** The issuer's URL, exactly as the tokens have it. */
  readonly issuer: string;
  /** The audience the provider takes. */
  readonly audience: string;
}

export interface IssuerProps {
  readonly issuer: string;
  readonly audience: string;
}

/** Creates the provider. It needs no thumbprint: AWS trusts the certificates of these hosts. */
export function createProvider(scope: Construct, props: IssuerProps, removalPolicy: RemovalPolicy | undefined): string {
  const resource = new CfnOIDCProvider(scope, 'Resource', { url: props.issuer, clientIdList: [props.audience] });
  if (removalPolicy !== undefined) resource.applyRemovalPolicy(removalPolicy);
  return resource.attrArn;
}

/** A provider that the stack's account has already: AWS looks nowhere else, so that its ARN follows from the issuer. */
export class ProviderOfAccount extends Construct implements IIdentityProvider {
  readonly providerArn: string;
  readonly issuer: string;
  readonly audience: string;

  constructor(scope: Construct, id: string, { issuer, audience }: IssuerProps) {
    super(scope, id);
    this.issuer = issuer;
    this.audience = audience;
    this.providerArn = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'oidc-provider',
      resourceName: issuerPath(issuer),
    });
  }
}
