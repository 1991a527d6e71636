import { capture } from '../text/capture.ts';

/** Parts of an IAM role's ARN. */
export interface RoleArn {
  readonly arn: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** IAM path with both slashes: `/` for a role without a path, otherwise for example `/ci/`. */
  readonly path: string;
  /** Name without the path. */
  readonly name: string;
}

/** Limits of the path (512 characters with both slashes) and of the name: IAM API reference, CreateRole. */
const ROLE_ARN = /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}):role(\/(?:[!-~]{1,510}\/)?)([\w+=,.@-]{1,64})$/;

/** Parses `arn:<partition>:iam::<account>:role/<path/><name>`. Returns undefined for any other text. */
export function parseRoleArn(arn: string): RoleArn | undefined {
  const group = capture(ROLE_ARN, arn);
  return group && { arn, partition: group(1), accountId: group(2), path: group(3), name: group(4) };
}

/** Parts of an OIDC provider's ARN. */
export interface ProviderArn {
  readonly partition: string;
  /** Twelve digits. */
  readonly account: string;
  /** Issuer without its scheme. */
  readonly issuerPath: string;
}

/** Parses `arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>`. Returns undefined for any other text. */
export function parseProviderArn(arn: string): ProviderArn | undefined {
  const group = capture(/^arn:([a-z][a-z0-9-]*):iam::(\d{12}):oidc-provider\/(.+)$/, arn);
  return group && { partition: group(1), account: group(2), issuerPath: group(3) };
}

/**
 * Returns the issuer as IAM writes it in provider ARNs and condition keys: without its scheme, otherwise unchanged.
 * A trailing slash and the case of the path are significant. Only a local emulator has an `http://` issuer.
 */
export function issuerPath(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '');
}

/**
 * Returns the ARN of the identity provider that AWS looks for, in the account and partition of the role.
 *
 * @throws RangeError if `roleArn` is not the ARN of an IAM role.
 */
export function providerArnFor(issuer: string, roleArn: string): string {
  const role = parseRoleArn(roleArn);
  if (role === undefined) throw new RangeError('The role ARN must look like arn:aws:iam::123456789012:role/name.');
  return `arn:${role.partition}:iam::${role.accountId}:oidc-provider/${issuerPath(issuer)}`;
}
