import type { Failure } from '../core/failure.ts';
import type { Options } from '../options/options.ts';
import { chainActions, rolesBefore } from './chain-refusal.ts';

/** Policy that AWS names as the reason of a denial. */
export interface NamedPolicy {
  /** Kind in the words of AWS: `service control policy`. */
  readonly kind: string;
  /** Whether it has a Deny; otherwise it lacks an Allow. */
  readonly denies: boolean;
}

/** Names of a role's trust policy in the messages of AWS. */
export const TRUST_POLICY = /^(?:role trust|resource-based) policy$/;

/**
 * Finds the policy in messages such as `with an explicit deny in a service control policy` or `because no identity-based
 * policy allows …` (IAM user guide, access denied error message examples).
 */
export function policyNamedIn({ code, details }: Failure): NamedPolicy | undefined {
  if (code !== 'AccessDenied') return undefined;
  const message = details.answer?.message ?? '';
  const [, denying, missing] =
    /with an explicit deny in (?:an?|the) ([a-z -]+? policy|permissions boundary)|because no ([a-z -]+? policy|permissions boundary) allows/i.exec(
      message,
    ) ?? [];
  const kind = (denying ?? missing)?.toLowerCase();
  return kind === undefined ? undefined : { kind, denies: denying !== undefined };
}

/** Changes for a policy that is not the trust policy. */
export function otherPolicyChanges({ kind, denies }: NamedPolicy, roleArn: string, options: Options): string[] {
  const before = rolesBefore(roleArn, options).map(({ arn }) => arn);
  const actions = chainActions(options).join(' and ');
  const permissions = denies
    ? `Take the Deny that covers ${actions} on ${roleArn} out of the permissions of ${before.join(', ')}, or narrow it: an Allow does not win over it.`
    : `Allow ${actions} on ${roleArn} in the permissions of ${before.join(', ')}.`;
  return [
    `AWS names the reason itself: the ${kind}. The trust policy of the role need not change for it.`,
    kind === 'identity-based policy'
      ? permissions
      : `Ask who is responsible for the ${kind}: it must let ${roleArn} be assumed.`,
  ];
}
