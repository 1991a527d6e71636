import type { Advice, Attempted, Failure } from '../core/failure.ts';
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

/** Advice for a policy that is not the trust policy. */
export function otherPolicyAdvice(
  { kind, denies }: NamedPolicy,
  { action, requested }: Attempted,
  options: Options,
): Advice {
  const roleArn = requested?.roleArn ?? '';
  const before = rolesBefore(roleArn, options).map(({ arn }) => arn);
  const actions = chainActions(options).join(' and ');
  const name = NAMES.get(kind) ?? `A policy of the kind "${kind}"`;
  const cause = `${name} ${denies ? 'denies this' : "doesn't allow this"}. The trust policy of the role isn't the reason.`;
  if (kind === 'identity-based policy') {
    const change = denies
      ? `Remove or narrow the Deny that covers ${actions} on ${roleArn} in the permissions of ${before.join(', ')}. An Allow doesn't override it.`
      : `Allow ${actions} on ${roleArn} in the permissions of ${before.join(', ')}.`;
    return { cause, changes: [change] };
  }
  const owner = ORGANIZATION.test(kind) ? 'the admins of your AWS organization' : `the owner of the ${kind}`;
  return { cause, changes: [`Ask ${owner} to allow sts:${action} on ${roleArn}.`] };
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['service control policy', 'A service control policy (SCP)'],
  ['resource control policy', 'A resource control policy (RCP)'],
  ['identity-based policy', 'An identity-based policy of the role before'],
  ['permissions boundary', 'A permissions boundary'],
]);

const ORGANIZATION = /^(?:service|resource) control policy$/;
