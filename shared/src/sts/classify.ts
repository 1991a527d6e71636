import { again, never, THROTTLED_STEP, type Verdict, verdictWithoutAnswer } from '../net/verdict.ts';
import { StsError } from './sts-client.ts';

/** Throttling codes that the AWS SDKs know. */
const THROTTLING =
  /^(?:Throttl|RequestThrottl|RequestLimitExceeded|TooManyRequests|BandwidthLimitExceeded|LimitExceeded|SlowDown|PriorRequestNotComplete|TransactionInProgress|ProvisionedThroughputExceeded|EC2ThrottledException)/;

/** Codes of faults of the service; they may come with any status. */
const FAULTS = /^(?:InternalFailure|InternalError|InternalServer|ServiceUnavailable|RequestTimeout)/;

/**
 * Judges a failed call of AWS STS. Retries throttling, faults of the service, network errors, and AWS failing to fetch
 * the issuer's keys, but not a refusal.
 * Source: STS API reference; observed messages (docs/troubleshooting.md).
 */
export function classify(error: unknown): Verdict {
  return error instanceof StsError
    ? { ...answerVerdict(error), retryAfter: error.retryAfter }
    : verdictWithoutAnswer(error);
}

function answerVerdict({ answer, fromSts }: StsError): Verdict {
  const { code = '', status = 0, message } = answer;
  if (THROTTLING.test(code) || status === 429) return { ...again('Throttled', THROTTLED_STEP), throttled: true };
  if (status >= 500 || FAULTS.test(code)) return { ...again('ServiceFault'), tryNextEndpoint: true };
  // A successful answer of STS that was cut short on the way.
  if (!fromSts && status === 200 && /^the answer could not be read/.test(message)) return again('Unreachable');
  if (!fromSts) return never('UnexpectedAnswer');
  switch (code.replace('Exception', '')) {
    case 'AccessDenied':
      return never('AccessDenied');
    case 'ExpiredToken':
      return { ...never('TokenExpired'), retry: 'new-token' };
    case 'IDPCommunicationError':
      return again('KeysUnreachable');
    case 'InvalidIdentityToken':
      return identityTokenVerdict(message);
    case 'IDPRejectedClaim':
      return never('IdentityTokenRejected');
    case 'MalformedPolicyDocument':
    case 'PackedPolicyTooLarge':
      return never('SessionPolicyRejected');
    case 'RegionDisabled':
      return never('RegionDisabled');
    // Errors of GetScopedCredentials and GetWebIdentityToken in the STS model of 2026-11-19.
    case 'InsufficientSessionLifetime':
    case 'SessionDurationEscalation':
      return never('SessionTooLong');
    case 'ValidationError':
      return never(/DurationSeconds exceeds|session limit/.test(message) ? 'SessionTooLong' : 'RequestRejected');
    default:
      return never('RequestRejected');
  }
}

/**
 * Distinguishes the causes of `InvalidIdentityToken` by the beginning of the message. AWS's text of 2026 is the same
 * for a missing provider, a missing audience and a wrong signature. Earlier, the first two had separate texts.
 */
function identityTokenVerdict(message: string): Verdict {
  if (/verification key/i.test(message)) return again('KeysUnreachable', THROTTLED_STEP);
  if (/^No OpenIDConnect provider found/i.test(message)) return never('ProviderNotRegistered');
  if (/^Incorrect token audience/i.test(message)) return never('AudienceNotAccepted');
  if (/^The web identity token provided could not be validated/i.test(message))
    return never('IdentityTokenNotValidated');
  if (/certificate doesn't match configured thumbprint/i.test(message)) return never('ThumbprintMismatch');
  if (/more than one audience/i.test(message)) return never('SeveralAudiences');
  return never('IdentityTokenRejected');
}
