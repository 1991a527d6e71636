import { type Check, type Failure, failureReport } from '@aws-oidc-assume/shared';
import { causeAmong, fail, failedCheck, ok, skip } from '@aws-oidc-assume/shared/checks';
import { providerArnFor } from '@aws-oidc-assume/trust-policy';
import type { Assumption, Attempt } from './attempt.ts';

/** Check that may contain the facts of a refused exchange: AWS's words, help. */
export interface RoleCheck extends Check {
  readonly facts?: readonly string[];
}

/** Checks whose failure means that STS was not reached, or not reliably. */
const STS_NOT_REACHED: ReadonlySet<string | undefined> = new Set(['sts', 'proxy', 'certificates']);

/** Whether the exchange sent a request to STS. */
export function hasAskedSts(result: Assumption | undefined): result is Assumption {
  return (
    result !== undefined && (result.kind === 'assumed' || result.failure.details.attempted?.requested !== undefined)
  );
}

/** Returns the endpoint of STS that answered the exchange, with credentials or a refusal. */
export function answeringEndpoint(result: Assumption): string | undefined {
  if (result.kind === 'assumed') return result.credentials.endpoint;
  return STS_NOT_REACHED.has(failedCheck(result.failure)) ? undefined : result.failure.details.attempted?.endpoint;
}

/**
 * Checks that need the exchange: provider, role, and the check that a refusal fails.
 *
 * @param others results of the other checks, one of which may explain the refusal
 */
export function roleChecks(
  { result, skipped, token }: Attempt,
  roleArn: string | undefined,
  others: readonly Check[],
): RoleCheck[] {
  const provider =
    token?.issuer === undefined || roleArn === undefined ? undefined : providerArnFor(token.issuer, roleArn);
  const unchecked =
    provider === undefined ? [] : [skip('provider', `not checked: AWS looks for the identity provider ${provider}`)];
  if (result === undefined) return [...unchecked, ...skipped];
  if (result.kind === 'failed') {
    const failed = refusedCheck(result.failure, others);
    const roleSkipped = skipped.length > 0 ? skipped : [skip('role', `not checked: ${failed.name} failed`)];
    return [
      ...(failed.name === 'provider' || failed.name === 'audience' ? [] : unchecked),
      failed,
      ...(failed.name === 'role' ? [] : roleSkipped),
    ];
  }
  const { assumedRoleArn, expiration } = result.credentials;
  return [
    ...(provider === undefined ? [] : [ok('provider', provider)]),
    ok('role', `assumed ${assumedRoleArn}, valid until ${expiration.toISOString()}; the credentials were dropped`),
  ];
}

function refusedCheck(failure: Failure, others: readonly Check[]): RoleCheck {
  const { headline, fix, facts } = failureReport(failure);
  const requestFacts = facts.filter((fact) => !/^Role:/.test(fact));
  const finding = causeAmong(others, failure);
  if (finding !== undefined)
    return { ...finding, message: `${failure.code}: ${finding.message}`, status: 'fail', facts: requestFacts };
  const change = fix.map((line) => line.trim().replace(/^Fix: /, '')).join('\n');
  // The options themselves are checked before: what is left is the address of the token service.
  const name = failedCheck(failure) ?? 'token';
  return { ...fail(name, headline, change), facts: requestFacts };
}
