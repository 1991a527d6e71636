import type { Log } from '../core/log.ts';
import { printable } from '../core/text.ts';
import type { Transport } from './transport.ts';
import { TransportError } from './transport-error.ts';

/**
 * The same transport, with a debug line for each exchange: method, address, status, size and time. Headers and bodies,
 * which may be secret, are never looked at, nor is the query of an address.
 * @param now milliseconds from any beginning
 */
export function tracedTransport(transport: Transport, log: Log, now: () => number): Transport {
  return async (request, signal) => {
    const { origin, pathname } = request.url;
    const what = `${request.method} ${origin}${pathname}`;
    const begun = now();
    const took = () => `${Math.round(now() - begun)} ms`;
    try {
      const answer = await transport(request, signal);
      log.debug(`${what}: HTTP ${answer.status}, ${answer.body.length} bytes, ${took()}`);
      return answer;
    } catch (error) {
      const why = error instanceof TransportError ? `${error.code}: ${printable(error.message, 300)}` : 'given up';
      log.debug(`${what}: no answer after ${took()} (${why})`);
      throw error;
    }
  };
}
