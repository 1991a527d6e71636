import { Failure, type FailureCode, type Retry } from '../core/failure.ts';
import { PROXY_REFUSED, TransportError } from '../net/transport.ts';
import { StsError } from './sts-client.ts';

/** What a failed try means: which failure it is, and what could heal it. */
export interface Verdict {
  readonly code: FailureCode;
  readonly retry: Retry;
  /** Another endpoint may do better: there was no answer, or a fault of the service. */
  readonly tryNextEndpoint: boolean;
  /** First step of the backoff, milliseconds. */
  readonly backoff: number;
  /** Others failed for being many at once: the wait is spread over the time that is left. */
  readonly throttled?: boolean;
  /** The least to wait, milliseconds: what the service asked for. */
  readonly retryAfter?: number | undefined;
}

/** The AWS SDKs' own constants: 100 ms, and 500 ms for throttling. */
const STEP = 100;
const THROTTLED_STEP = 500;

/** All the codes for throttling that the AWS SDKs know. */
const THROTTLING =
  /^(?:Throttl|RequestThrottl|RequestLimitExceeded|TooManyRequests|BandwidthLimitExceeded|LimitExceeded|SlowDown|PriorRequestNotComplete|TransactionInProgress|ProvisionedThroughputExceeded|EC2ThrottledException)/;

/** Faults of the service that may come with any status. */
const FAULTS = /^(?:InternalFailure|InternalError|InternalServer|ServiceUnavailable|RequestTimeout)/;

/**
 * Only what can heal is tried again: throttling, faults of the service, the network, and AWS failing to fetch the
 * issuer's keys. A refusal is an answer.
 * Source: STS API reference; the messages as seen in the field (docs/troubleshooting.md).
 */
export function classify(error: unknown): Verdict {
  if (error instanceof TransportError) return unanswered(error);
  if (error instanceof StsError) return { ...answered(error), retryAfter: error.retryAfter };
  return no(Failure.from(error).code);
}

function answered({ answer, fromSts }: StsError): Verdict {
  const { code = '', status = 0, message } = answer;
  if (THROTTLING.test(code) || status === 429) return { ...again('Throttled', THROTTLED_STEP), throttled: true };
  if (status >= 500 || FAULTS.test(code)) return { ...again('ServiceFault'), tryNextEndpoint: true };
  // STS's own, with a good status, but cut short: broken on its way.
  if (!fromSts && status === 200 && /^the answer could not be read/.test(message)) return again('Unreachable');
  if (!fromSts) return no('UnexpectedAnswer');
  switch (code.replace('Exception', '')) {
    case 'AccessDenied':
      return no('AccessDenied');
    case 'ExpiredToken':
      return { ...no('TokenExpired'), retry: 'new-token' };
    case 'IDPCommunicationError':
      return again('KeysUnreachable');
    case 'InvalidIdentityToken':
      return identityToken(message);
    case 'IDPRejectedClaim':
      return no('IdentityTokenRejected');
    case 'MalformedPolicyDocument':
    case 'PackedPolicyTooLarge':
      return no('SessionPolicyRejected');
    case 'RegionDisabled':
      return no('RegionDisabled');
    case 'ValidationError':
      return no(/DurationSeconds exceeds|session limit/.test(message) ? 'SessionTooLong' : 'RequestRejected');
    default:
      return no('RequestRejected');
  }
}

/** One code on the wire, several causes: told apart by the message's beginning. */
function identityToken(message: string): Verdict {
  if (/verification key/i.test(message)) return again('KeysUnreachable', THROTTLED_STEP);
  if (/^No OpenIDConnect provider found/i.test(message)) return no('ProviderNotRegistered');
  if (/^Incorrect token audience/i.test(message)) return no('AudienceNotAccepted');
  if (/more than one audience/i.test(message)) return no('SeveralAudiences');
  return no('IdentityTokenRejected');
}

/** What a proxy refuses and whom this machine does not trust will be the same in a second; else the network may heal. */
function unanswered({ code }: TransportError): Verdict {
  if (code === PROXY_REFUSED) return { ...no('ProxyRefused'), tryNextEndpoint: true };
  if (isOfCertificates(code)) return { ...no('CertificateNotTrusted'), tryNextEndpoint: true };
  if (code === 'EPROTO' || /^(?:ERR_TLS|ERR_SSL|ERR_ANSWER_TOO_LARGE|HPE_(?!INVALID_EOF))/.test(code))
    return { ...no('UnexpectedAnswer'), tryNextEndpoint: true };
  return { ...again('Unreachable'), tryNextEndpoint: true };
}

/**
 * OpenSSL's reasons for not trusting a certificate, as Node names them (node:tls, "X509 certificate error codes"), and
 * Node's own for a name that is not in it.
 */
function isOfCertificates(code: string): boolean {
  return /CERT|CRL_|UNABLE_TO_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH/.test(code);
}

function no(code: FailureCode): Verdict {
  return { code, retry: 'never', tryNextEndpoint: false, backoff: STEP };
}

function again(code: FailureCode, backoff = STEP): Verdict {
  return { code, retry: 'same', tryNextEndpoint: false, backoff };
}
