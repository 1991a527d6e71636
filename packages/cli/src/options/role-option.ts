import { parseRoleArn } from '@aws-oidc-assume/trust-policy';
import type { ParsedArguments } from '../cli/command.ts';
import { plain } from '../cli/print.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { Environment } from '../context.ts';
import { rawOption } from './assume-options.ts';

/** `--role-arn`, or `AWS_ROLE_ARN`. @throws UsageError where it is no role's ARN */
export function roleOption(args: ParsedArguments, env: Environment): string | undefined {
  const { name, value } = rawOption('roleArn', args, env);
  const arn = String(value ?? '').trim();
  if (arn === '') return undefined;
  if (parseRoleArn(arn) === undefined) {
    throw new UsageError(
      `${name} is "${plain(arn, 200)}", not the ARN of an IAM role (arn:aws:iam::<12 digits>:role/<name>).`,
    );
  }
  return arn;
}
