import { type Permission, permissionPolicy } from '@aws-oidc-assume/trust-policy';
import { type Duration, Stack, Token } from 'aws-cdk-lib';
import { type IManagedPolicy, type IPrincipal, type PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { withPath } from './construct-error.ts';
import { defined } from './defined.ts';

/** Properties of any IAM role, except those that let others assume it. The scopes alone define the trust. */
export interface OidcRoleProps {
  /**
   * The name of the role.
   *
   * @default - AWS CloudFormation makes one
   */
  readonly roleName?: string;

  /**
   * A description of the role, at most 1000 characters.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The path of the role.
   *
   * @default /
   */
  readonly path?: string;

  /**
   * The longest session of the role, from one hour to twelve.
   *
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * Managed policies of the role.
   *
   * @default - none
   */
  readonly managedPolicies?: IManagedPolicy[];

  /**
   * Inline policies of the role by name.
   *
   * @default - none
   */
  readonly inlinePolicies?: { [name: string]: PolicyDocument };

  /**
   * The upper limit of the role's permissions.
   *
   * @default - none
   */
  readonly permissionsBoundary?: IManagedPolicy;

  /**
   * IP addresses or CIDR blocks that the job must come from.
   *
   * @default - any address
   */
  readonly sourceIps?: string[];
}

/** Options of a permission for `aws s3 sync`. */
export interface S3SyncOptions {
  /**
   * A prefix of the bucket, without a slash at its ends. The role may list and change only the objects below it.
   *
   * @default - the whole bucket
   */
  readonly prefix?: string;

  /**
   * Whether the role may delete objects, as `aws s3 sync --delete` does.
   *
   * @default true
   */
  readonly allowDelete?: boolean;
}

/** Options of a permission for resources of one region. */
export interface RegionOptions {
  /**
   * The region of the resources.
   *
   * @default - the region of the stack
   */
  readonly region?: string;
}

/** Options of a permission for `cdk deploy`. */
export interface CdkDeployOptions extends RegionOptions {
  /**
   * The qualifier of `cdk bootstrap`.
   *
   * @default hnb659fds
   */
  readonly qualifier?: string;
}

/**
 * Members that every role for CI jobs has.
 *
 * @internal
 */
export abstract class OidcRole extends Role {
  readonly #permissions: Permission[] = [];

  protected constructor(scope: Construct, id: string, props: OidcRoleProps, assumedBy: IPrincipal) {
    const { roleName, description, path, maxSessionDuration } = props;
    const { managedPolicies, inlinePolicies, permissionsBoundary } = props;
    // Copied by name, because a caller without type checks could add externalIds, which no token fulfils.
    super(scope, id, {
      assumedBy,
      ...defined({ roleName, description, path, maxSessionDuration }),
      ...defined({ managedPolicies, inlinePolicies, permissionsBoundary }),
    });
  }

  /**
   * Allows `aws s3 sync` to one bucket.
   *
   * @param bucketName the name of the bucket
   */
  allowS3Sync(bucketName: string, options: S3SyncOptions = {}): void {
    const { prefix, allowDelete } = options;
    this.#allow({ preset: 's3-sync', bucket: bucketName, ...defined({ prefix, allowDelete }) });
  }

  /**
   * Allows the invalidation of paths of one CloudFront distribution.
   *
   * @param distributionId the id of the distribution
   */
  allowCloudFrontInvalidation(distributionId: string): void {
    this.#allow({ preset: 'cloudfront-invalidation', distributionId });
  }

  /**
   * Allows `docker push` to one ECR repository of the stack's account.
   *
   * @param repositoryName the name of the repository, without the registry
   */
  allowEcrPush(repositoryName: string, options: RegionOptions = {}): void {
    this.#allow({ preset: 'ecr-push', repository: repositoryName, region: this.#region(options) });
  }

  /**
   * Allows `aws cloudformation deploy` of one stack, whose resources are created by an execution role.
   *
   * @param stackName the name of the stack
   * @param executionRoleArn the role that CloudFormation uses for the stack's resources
   */
  allowCloudFormationDeploy(stackName: string, executionRoleArn: string, options: RegionOptions = {}): void {
    this.#allow({ preset: 'cloudformation-deploy', stackName, executionRoleArn, region: this.#region(options) });
  }

  /** Allows `cdk deploy` through the roles of `cdk bootstrap`. */
  allowCdkDeploy(options: CdkDeployOptions = {}): void {
    const { qualifier } = options;
    this.#allow({ preset: 'cdk-deploy', region: this.#region(options), ...defined({ qualifier }) });
  }

  #region({ region }: RegionOptions): string {
    return region ?? Stack.of(this).region;
  }

  #allow(permission: Permission): void {
    const before = this.#statements(this.#permissions).length;
    const statements = this.#statements([...this.#permissions, permission]);
    this.#permissions.push(permission);
    for (const statement of statements.slice(before)) this.addToPolicy(PolicyStatement.fromJson(statement));
  }

  /** The statements of all permissions so far: a Sid must be unique within the role's policy. */
  #statements(permissions: readonly Permission[]) {
    if (permissions.length === 0) return [];
    const { account, partition } = Stack.of(this);
    const isReference = (value: string) => Token.isUnresolved(value);
    return withPath(
      this.node.path,
      () => permissionPolicy(permissions, { account, partition, isReference }).Statement,
      (field) => field.replace(/^permissions\[\d+\]\./, ''),
    );
  }
}
