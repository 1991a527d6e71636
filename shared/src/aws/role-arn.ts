/** An IAM role's ARN in its parts. */
export interface RoleArn {
  readonly arn: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Name without the path. */
  readonly roleName: string;
}

/**
 * `arn:<partition>:iam::<account>:role/<path/><name>`: path up to 512, name up to 64 characters of `[\w+=,.@-]`
 * (IAM API reference, CreateRole). Undefined for anything else.
 */
export function parseRoleArn(text: string): RoleArn | undefined {
  const match = /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}):role\/(?:[\u0021-\u007e]{1,510}\/)?([\w+=,.@-]{1,64})$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [, partition, accountId, roleName] = match as string[] as [string, string, string, string];
  return { arn: text, partition, accountId, roleName };
}

/** Account of any ARN, e.g. of `arn:aws:sts::123456789012:assumed-role/deploy/name`. */
export function accountOfArn(arn: string): string | undefined {
  return /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(arn)?.[1];
}
