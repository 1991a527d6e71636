import { Failure, type FailureCode } from './failure.ts';
import { StsError } from './sts-client.ts';
import { TransportError } from './transport.ts';

/** What a failed try means: which failure it is, and what could heal it. */
export interface Verdict {
  readonly code: FailureCode;
  /** `again`: the same request may succeed; `new-token`: with a newer token; `no`: never. */
  readonly heals: 'again' | 'new-token' | 'no';
  /** Another endpoint may do better: there was no answer, or a fault of the service. */
  readonly elsewhere: boolean;
  /** First step of the backoff, milliseconds. */
  readonly backoff: number;
  readonly retryAfter?: number;
}

/** The AWS SDKs' own constants: 100 ms, and 500 ms for throttling. */
const STEP = 100;
const THROTTLED_STEP = 500;

/**
 * Only what can heal is tried again: throttling, faults of the service, the network, and AWS failing to fetch the
 * issuer's keys. A refusal is an answer.
 * Source: STS API reference; the messages as seen in the field (docs/troubleshooting.md).
 */
export function classify(error: unknown): Verdict {
  if (error instanceof TransportError) return unanswered(error);
  if (error instanceof StsError)
    return { ...answered(error), ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }) };
  return no(Failure.from(error).code);
}

function answered({ answer, fromSts }: StsError): Verdict {
  const { code = '', status = 0, message = '' } = answer;
  if (/^(?:Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|SlowDown)/.test(code) || status === 429) {
    return again('Throttled', THROTTLED_STEP);
  }
  if (status >= 500) return { ...again('ServiceFault'), elsewhere: true };
  // Cut short, but with a good status: broken on its way.
  if (!fromSts)
    return status === 200 && /^the answer could not be read/.test(message)
      ? again('UnexpectedAnswer')
      : no('UnexpectedAnswer');
  switch (code.replace(/Exception$/, '')) {
    case 'AccessDenied':
      return no('AccessDenied');
    case 'ExpiredToken':
      return { ...no('TokenExpired'), heals: 'new-token' };
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

/** A certificate that is not trusted now will not be trusted in a second; all else on the network may heal. */
function unanswered(error: TransportError): Verdict {
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|ERR_ANSWER_TOO_LARGE|PROXY/.test(error.code)) {
    return { ...no('Unreachable'), elsewhere: true };
  }
  return { ...again('Unreachable'), elsewhere: true };
}

function no(code: FailureCode): Verdict {
  return { code, heals: 'no', elsewhere: false, backoff: STEP };
}

function again(code: FailureCode, backoff = STEP): Verdict {
  return { code, heals: 'again', elsewhere: false, backoff };
}
