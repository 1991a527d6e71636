/** Error for a missing or incomplete answer. */
export class TransportError extends Error {
  /** Node's code of the failure: `ECONNRESET`, `ENOTFOUND`, `CERT_HAS_EXPIRED`, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** Code of a `TransportError` for a proxy that refuses to connect to the host. */
export const PROXY_REFUSED = 'ERR_PROXY_REFUSED';

/** Text of a network error. Several failed addresses cause an AggregateError without its own text. */
export function messageOf(error: Error): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map((one: Error) => one.message).join('; ');
  }
  return error.message || error.name;
}
