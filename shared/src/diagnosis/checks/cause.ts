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

/** Returns the finding that explains the failure. Undefined if none does. */
export function causeAmong(checks: readonly Check[], { code }: Failure): Check | undefined {
  return checks.find(
    ({ name, status }) => (status === 'fail' || status === 'warn') && CAUSES[code]?.includes(name) === true,
  );
}
