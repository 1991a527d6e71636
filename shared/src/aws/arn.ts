/** Returns the account of any ARN, e.g. of `arn:aws:sts::123456789012:assumed-role/deploy/name`. */
export function accountOfArn(arn: string): string | undefined {
  return /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(arn)?.[1];
}
