import { Failure, type FailureCode, type Retry } from '../core/failure.ts';
import { PROXY_REFUSED, TransportError } from './transport-error.ts';

/** Meaning of a failed attempt: which failure it is, and whether and how to retry it. */
export interface Verdict {
  readonly code: FailureCode;
  readonly retry: Retry;
  /** Whether another endpoint may succeed, because there was no answer, or the service had a fault. */
  readonly tryNextEndpoint: boolean;
  /** First step of the backoff, milliseconds. */
  readonly backoff: number;
  /** Throttled: spread the wait over the remaining time. */
  readonly throttled?: boolean;
  /** Shortest wait that the service demanded, milliseconds. */
  readonly retryAfter?: number | undefined;
}

/** First steps of the backoff, milliseconds: the constants of the AWS SDKs. */
const STEP = 100;
export const THROTTLED_STEP = 500;

export function never(code: FailureCode): Verdict {
  return { code, retry: 'never', tryNextEndpoint: false, backoff: STEP };
}

export function again(code: FailureCode, backoff = STEP): Verdict {
  return { code, retry: 'same', tryNextEndpoint: false, backoff };
}

/**
 * Judges an error that is not an answer of the service. Proxy refusals and certificate errors are permanent; other
 * network errors are retried.
 */
export function verdictWithoutAnswer(error: unknown): Verdict {
  if (!(error instanceof TransportError)) return never(Failure.from(error).code);
  return { ...networkVerdict(error.code), tryNextEndpoint: true };
}

function networkVerdict(code: string): Verdict {
  if (code === PROXY_REFUSED) return never('ProxyRefused');
  if (isCertificateError(code)) return never('CertificateNotTrusted');
  if (
    code === 'EPROTO' ||
    /^(?:ERR_TLS|ERR_SSL|ERR_ANSWER_TOO_LARGE|ERR_UNEXPECTED_PROTOCOL|HPE_(?!INVALID_EOF))/.test(code)
  ) {
    return never('UnexpectedAnswer');
  }
  return again('Unreachable');
}

/**
 * Whether the code is one of OpenSSL's reasons not to trust a certificate (node:tls, "X509 certificate error codes"), or
 * Node's own for a certificate of another host.
 */
function isCertificateError(code: string): boolean {
  return /CERT|CRL_|UNABLE_TO_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH/.test(code);
}
