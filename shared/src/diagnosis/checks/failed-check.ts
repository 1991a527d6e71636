import type { Failure, FailureCode } from '../../core/failure.ts';
import { policyNamedIn, TRUST_POLICY } from '../named-policy.ts';

/**
 * Name of the check that fails with each failure of an exchange. Undefined if the failure does not concern the setup.
 */
const FAILED_CHECKS: Readonly<Record<FailureCode, string | undefined>> = {
  InvalidOptions: undefined,
  TokenUnavailable: 'token',
  TokenRequestRefused: 'token',
  IdentityContradicted: 'token',
  TokenMalformed: 'token',
  TokenExpired: 'token',
  SeveralAudiences: 'token',
  ProviderNotRegistered: 'provider',
  AudienceNotAccepted: 'audience',
  IdentityTokenNotValidated: 'provider',
  ThumbprintMismatch: 'provider',
  AccessDenied: 'role',
  IdentityTokenRejected: 'token',
  KeysUnreachable: 'keys',
  SessionTooLong: 'duration',
  SessionPolicyRejected: 'policies',
  RegionDisabled: 'region',
  RequestRejected: 'request',
  Throttled: 'sts',
  Unreachable: 'sts',
  ProxyRefused: 'proxy',
  CertificateNotTrusted: 'certificates',
  UnexpectedAnswer: 'sts',
  ServiceFault: 'sts',
  TimedOut: 'sts',
  Cancelled: undefined,
  AccountNotAllowed: 'account',
  PolicyNotFetched: undefined,
  CannotPublish: undefined,
  Internal: undefined,
};

/** Failures that also happen while the token is requested, before AWS is asked. */
const AMBIGUOUS_CODES: ReadonlySet<FailureCode> = new Set([
  'Throttled',
  'Unreachable',
  'UnexpectedAnswer',
  'ServiceFault',
  'TimedOut',
]);

/** Returns the name of the check that a failed exchange fails. Undefined for a failure that the setup did not cause. */
export function failedCheck(failure: Failure): string | undefined {
  const { code, details } = failure;
  const policy = policyNamedIn(failure);
  if (policy !== undefined && !TRUST_POLICY.test(policy.kind)) return 'policy';
  if (AMBIGUOUS_CODES.has(code) && details.attempted?.requested === undefined) return 'token';
  const isOfProxy = code === 'Unreachable' && details.answer?.message?.startsWith('the proxy ') === true;
  return isOfProxy ? 'proxy' : FAILED_CHECKS[code];
}
