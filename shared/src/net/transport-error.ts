/** There was no whole answer. */
export class TransportError extends Error {
  /** Node's code of the failure: `ECONNRESET`, `ENOTFOUND`, `CERT_HAS_EXPIRED`, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** The code of a `TransportError` where a proxy would not connect to the host. */
export const PROXY_REFUSED = 'ERR_PROXY_REFUSED';

/** The text of an error of the network. Several addresses that failed make an AggregateError without a text of its own. */
export function messageOf(error: Error): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map((one: Error) => one.message).join('; ');
  }
  return error.message || error.name;
}
