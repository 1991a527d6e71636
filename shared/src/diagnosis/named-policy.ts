import type { Failure } from '../core/failure.ts';
import type { Options } from '../options/options.ts';
import { chainActions, rolesBefore } from './chain-refusal.ts';

/** A policy that AWS itself names as what refused. */
export interface NamedPolicy {
  /** `service control policy` */
  readonly kind: string;
  /** By a Deny; else it lacks an Allow. */
  readonly denies: boolean;
}

/** What AWS calls the trust policy of a role where it names it. */
export const TRUST_POLICY = /^(?:role trust|resource-based) policy$/;

/**
 * `with an explicit deny in a service control policy`, `because no identity-based policy allows …` (IAM user guide,
 * access denied error message examples).
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

/** What to change where it is another than the trust policy. */
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
