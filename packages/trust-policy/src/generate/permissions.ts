import { ScopeError, type ScopeProblem } from '../ci-systems/scope-error.ts';
import { parseRoleArn } from '../policy/arn.ts';

/** `aws s3 sync` to one bucket, or to one prefix of it. */
export interface S3SyncPermission {
  readonly preset: 's3-sync';
  readonly bucket: string;
  /** Prefix without leading or trailing slash. */
  readonly prefix?: string;
  /** Default true: `--delete` removes objects that no longer exist locally. */
  readonly allowDelete?: boolean;
}

export interface CloudFrontInvalidationPermission {
  readonly preset: 'cloudfront-invalidation';
  readonly distributionId: string;
}

/** `docker push` to one repository of the account's registry. */
export interface EcrPushPermission {
  readonly preset: 'ecr-push';
  readonly region: string;
  readonly repository: string;
}

/** `aws cloudformation deploy` of one stack. A separate execution role creates its resources. */
export interface CloudFormationDeployPermission {
  readonly preset: 'cloudformation-deploy';
  readonly region: string;
  readonly stackName: string;
  /**
   * Permissions of the stack itself. Without them the CI job would need every right of every resource in the template.
   */
  readonly executionRoleArn: string;
}

/** `cdk deploy` through the roles of a bootstrapped environment. */
export interface CdkDeployPermission {
  readonly preset: 'cdk-deploy';
  readonly region: string;
  /** Default `hnb659fds`, as `cdk bootstrap` has it. */
  readonly qualifier?: string;
}

export type Permission =
  | S3SyncPermission
  | CloudFrontInvalidationPermission
  | EcrPushPermission
  | CloudFormationDeployPermission
  | CdkDeployPermission;

export interface PermissionStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An inline policy, ready for `JSON.stringify`. */
export interface PermissionPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PermissionStatement[];
}

export interface PermissionTarget {
  /** Twelve digits. */
  readonly account: string;
  /** Default `aws`. */
  readonly partition?: string;
  /**
   * Whether a value is a reference that the template resolves at deployment. Such values are written unchanged. By
   * default no value is one.
   */
  readonly isReference?: (value: string) => boolean;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d$/;
/** ECR accepts no two consecutive separators (API reference, CreateRepository). */
const REPOSITORY = /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/;
const STACK = /^[a-zA-Z][a-zA-Z0-9-]{0,127}$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
/** Matches no text. */
const NOTHING = /(?!)/;
const PREFIX = /^(?!.*\{\{\s*resolve:)[^*?$\p{Cc}/](?:[^*?$\p{Cc}]*[^*?$\p{Cc}/])?$/iu;

/**
 * The permissions of usual deployment jobs, each on the named resources only.
 *
 * @throws ScopeError naming every field that is missing or wrong.
 */
export function permissionPolicy(permissions: readonly Permission[], target: PermissionTarget): PermissionPolicy {
  const problems: ScopeProblem[] = [];
  if (permissions.length === 0) problems.push({ field: 'permissions', reason: 'is empty' });
  const isReference = target.isReference ?? (() => false);
  if (!isReference(target.account) && !/^\d{12}$/.test(target.account))
    problems.push({ field: 'account', reason: 'must be twelve digits' });
  const place = { account: target.account, partition: target.partition ?? 'aws' };
  const statements = permissions.flatMap((permission, index) => {
    for (const [field, form, reason] of rulesFor(permission)) {
      const value: unknown = Object.entries(permission).find(([name]) => name === field)?.[1];
      const problem =
        typeof value !== 'string' || (!isReference(value) && !form.test(value))
          ? reason
          : placeProblem(field, value, place, isReference);
      if (problem !== undefined) problems.push({ field: `permissions[${index}].${field}`, reason: problem });
    }
    return statementsFor(permission, place);
  });
  if (problems.length > 0) throw new ScopeError('No permission policy can be written', problems);
  return { Version: '2012-10-17', Statement: numberRepeatedSids(statements) };
}

/** Explains why a region or a role cannot belong to the account. */
function placeProblem(
  field: string,
  value: string,
  { account, partition }: Place,
  isReference: (value: string) => boolean,
): string | undefined {
  if (isReference(value) || isReference(partition)) return undefined;
  if (field === 'region') {
    const expected = partitionOfRegion(value);
    return expected === partition ? undefined : `is in the partition ${expected}, not in ${partition}`;
  }
  const role = field === 'executionRoleArn' ? parseRoleArn(value) : undefined;
  if (role === undefined || isReference(account)) return undefined;
  return role.accountId === account && role.partition === partition
    ? undefined
    : `must be a role of the account ${account} in the partition ${partition}: a stack cannot use the role of another account`;
}

/** Partitions other than `aws`, by the beginning of their regions' names (botocore, partitions.json). */
const PARTITIONS: readonly (readonly [beginning: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
];

/** Returns the partition of a region by its name. */
export function partitionOfRegion(region: string): string {
  return PARTITIONS.find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'aws';
}

/** The form that a field must have, and the reason why another value is refused. */
export type PermissionRule = readonly [field: string, form: RegExp, reason: string];

const REGION_RULE: PermissionRule = ['region', REGION, 'must be a region such as eu-central-1'];

/** The rules for the fields of a permission. */
export function rulesFor(permission: Permission): readonly PermissionRule[] {
  switch (permission.preset) {
    case 's3-sync':
      return [
        ['bucket', BUCKET, 'must be the name of one bucket'],
        ...(permission.prefix === undefined
          ? []
          : [['prefix', PREFIX, 'must have no wildcard, no slash at its ends and no "{{resolve:"'] as const]),
      ];
    case 'cloudfront-invalidation':
      return [['distributionId', /^[A-Z0-9]{8,32}$/, 'must be the id of one distribution']];
    case 'ecr-push':
      return [REGION_RULE, ['repository', REPOSITORY, 'must be the name of one repository, without the registry']];
    case 'cloudformation-deploy':
      return [
        REGION_RULE,
        ['stackName', STACK, 'must be the name of one stack'],
        ['executionRoleArn', ROLE, 'must be the ARN of the role the stack is deployed with'],
      ];
    case 'cdk-deploy':
      return [
        REGION_RULE,
        ...(permission.qualifier === undefined
          ? []
          : [['qualifier', /^[a-zA-Z0-9_-]{1,10}$/, 'must be the qualifier of cdk bootstrap'] as const]),
      ];
    default:
      return [['preset', NOTHING, 'is not one this package knows']];
  }
}

type Place = Required<Omit<PermissionTarget, 'isReference'>>;

function statementsFor(permission: Permission, { account, partition }: Place): PermissionStatement[] {
  switch (permission.preset) {
    case 's3-sync':
      return s3Sync(permission, partition);
    case 'cloudfront-invalidation':
      return [
        allow(
          'InvalidateDistribution',
          ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
          `arn:${partition}:cloudfront::${account}:distribution/${permission.distributionId}`,
        ),
      ];
    case 'ecr-push':
      return [
        // The Service Authorization Reference lists no resource for this action.
        allow('LogInToRegistry', 'ecr:GetAuthorizationToken', '*'),
        allow(
          'PushImages',
          [
            'ecr:BatchCheckLayerAvailability',
            'ecr:BatchGetImage',
            'ecr:CompleteLayerUpload',
            'ecr:GetDownloadUrlForLayer',
            'ecr:InitiateLayerUpload',
            'ecr:PutImage',
            'ecr:UploadLayerPart',
          ],
          `arn:${partition}:ecr:${permission.region}:${account}:repository/${permission.repository}`,
        ),
      ];
    case 'cloudformation-deploy':
      return cloudFormationDeploy(permission, account, partition);
    case 'cdk-deploy':
      return [cdkDeploy(permission, account, partition)];
  }
}

function s3Sync({ bucket, prefix, allowDelete }: S3SyncPermission, partition: string): PermissionStatement[] {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return [
    {
      ...allow('ListBucket', 's3:ListBucket', arn),
      ...(prefix === undefined ? {} : { Condition: { StringLike: { 's3:prefix': [prefix, `${prefix}/*`] } } }),
    },
    allow(
      'SyncObjects',
      [
        's3:AbortMultipartUpload',
        ...(allowDelete === false ? [] : ['s3:DeleteObject']),
        's3:GetObject',
        's3:PutObject',
      ],
      `${arn}/${prefix === undefined ? '*' : `${prefix}/*`}`,
    ),
  ];
}

function cloudFormationDeploy(
  { region, stackName, executionRoleArn }: CloudFormationDeployPermission,
  account: string,
  partition: string,
): PermissionStatement[] {
  return [
    allow(
      'DeployStack',
      [
        'cloudformation:CreateChangeSet',
        'cloudformation:DeleteChangeSet',
        'cloudformation:DescribeChangeSet',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStacks',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:GetTemplateSummary',
      ],
      `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/*`,
    ),
    {
      ...allow('PassExecutionRole', 'iam:PassRole', executionRoleArn),
      Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    },
  ];
}

function cdkDeploy(
  { region, qualifier = 'hnb659fds' }: CdkDeployPermission,
  account: string,
  partition: string,
): PermissionStatement {
  const role = (purpose: string) =>
    `arn:${partition}:iam::${account}:role/cdk-${qualifier}-${purpose}-role-${account}-${region}`;
  return allow(
    'AssumeCdkRoles',
    'sts:AssumeRole',
    ['deploy', 'file-publishing', 'image-publishing', 'lookup'].map(role),
  );
}

function allow(
  sid: string,
  action: string | readonly string[],
  resource: string | readonly string[],
): PermissionStatement {
  return { Sid: sid, Effect: 'Allow', Action: action, Resource: resource };
}

/** A Sid must be unique in its policy, and a preset may be used twice. */
function numberRepeatedSids(statements: readonly PermissionStatement[]): PermissionStatement[] {
  const seen = new Map<string, number>();
  return statements.map((statement) => {
    const count = (seen.get(statement.Sid) ?? 0) + 1;
    seen.set(statement.Sid, count);
    return count === 1 ? statement : { ...statement, Sid: `${statement.Sid}${count}` };
  });
}
