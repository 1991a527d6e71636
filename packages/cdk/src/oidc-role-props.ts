import type { RoleProps } from 'aws-cdk-lib/aws-iam';

/** What any IAM role has, without the ways to let others in: whom the role trusts is said by its scope alone. */
export interface OidcRoleProps extends Omit<RoleProps, 'assumedBy' | 'externalIds'> {
  /**
   * CIDR blocks the job must come from.
   *
   * @default from anywhere
   */
  readonly sourceIps?: readonly string[];
}
