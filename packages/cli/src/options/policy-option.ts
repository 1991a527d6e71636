import type { OptionTable, ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';

/** Option for the trust policy, including its name in the pipe, the task and the commands that assume a role. */
export const POLICY_OPTION: OptionTable = {
  policy: { value: 'FILE', about: 'the trust policy, or the answer of `aws iam get-role`' },
  'trust-policy-file': { value: 'FILE', about: 'same as --policy' },
};

/** Returns the file with the trust policy. @throws UsageError */
export function policyOption(args: ParsedArguments): string | undefined {
  const [policy, alias] = [args.text('policy'), args.text('trust-policy-file')];
  if (policy !== undefined && alias !== undefined) {
    throw new UsageError('--policy and --trust-policy-file are the same: give one of them.');
  }
  return policy ?? alias;
}
