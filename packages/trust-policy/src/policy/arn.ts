import { capture } from '../text/capture.ts';

/** What a role's ARN says about where its identity providers live. */
export interface RoleArn {
  readonly partition: string;
  /** Twelve digits. */
  readonly account: string;
  /** With path, e.g. `deploy` or `ci/deploy`. */
  readonly roleName: string;
}

/** Reads `arn:<partition>:iam::<account>:role/<path and name>`. Undefined where the text is none. */
export function parseRoleArn(arn: string): RoleArn | undefined {
  const group = capture(/^arn:([a-z][a-z0-9-]*):iam::(\d{12}):role\/([\w+=,.@/-]+)$/, arn);
  return group && { partition: group(1), account: group(2), roleName: group(3) };
}

/** What a provider's ARN names. */
export interface ProviderArn {
  readonly partition: string;
  readonly account: string;
  /** The issuer without its scheme. */
  readonly issuerPath: string;
}

/** Reads `arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>`. Undefined where the text is none. */
export function parseProviderArn(arn: string): ProviderArn | undefined {
  const group = capture(/^arn:([a-z][a-z0-9-]*):iam::(\d{12}):oidc-provider\/(.+)$/, arn);
  return group && { partition: group(1), account: group(2), issuerPath: group(3) };
}

/**
 * The issuer as IAM writes it in provider ARNs and condition keys: without the scheme, otherwise untouched. A trailing
 * slash and the case of the path count. `http://` only ever occurs with a local emulator.
 */
export function issuerPath(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '');
}

/**
 * ARN of the identity provider AWS looks for: it must lie in the role's own account and partition.
 *
 * @throws RangeError where `roleArn` is not the ARN of an IAM role.
 */
export function providerArnFor(issuer: string, roleArn: string): string {
  const role = parseRoleArn(roleArn);
  if (role === undefined) throw new RangeError('The role ARN must look like arn:aws:iam::123456789012:role/name.');
  return `arn:${role.partition}:iam::${role.account}:oidc-provider/${issuerPath(issuer)}`;
}
