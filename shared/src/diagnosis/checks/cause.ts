import type { Check } from '../../core/check.ts';
import type { Failure, FailureCode } from '../../core/failure.ts';

/** Checks whose findings are a more specific cause of a failure than the service's own words. */
const CAUSES: Partial<Record<FailureCode, readonly string[]>> = {
  IdentityTokenNotValidated: ['discovery', 'keys', 'signature'],
  IdentityTokenRejected: ['signature'],
  KeysUnreachable: ['discovery', 'keys'],
  CertificateNotTrusted: ['certificates'],
  Unreachable: ['proxy'],
};

/**
 * Returns the finding that explains the failure. Undefined if none does. A warning, such as an issuer out of reach of
 * this machine, does not explain `IdentityTokenNotValidated`: AWS reports keys it cannot reach as `KeysUnreachable`.
 */
export function causeAmong(checks: readonly Check[], { code }: Failure): Check | undefined {
  const statuses: readonly Check['status'][] = code === 'IdentityTokenNotValidated' ? ['fail'] : ['fail', 'warn'];
  return checks.find(({ name, status }) => statuses.includes(status) && CAUSES[code]?.includes(name) === true);
}
