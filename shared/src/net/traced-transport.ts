import type { Log } from '../core/log.ts';
import { printable } from '../core/text.ts';
import type { Transport } from './transport.ts';
import { TransportError } from './transport-error.ts';

/**
 * Returns the same transport with a debug line for each exchange: method, address, status, size and time. It never
 * reads headers, bodies and queries, which may be secret.
 *
 * @param now milliseconds from any starting point
 */
export function tracedTransport(transport: Transport, log: Log, now: () => number): Transport {
  return async (request, signal) => {
    const { origin, pathname } = request.url;
    const exchange = `${request.method} ${origin}${pathname}`;
    const begun = now();
    const elapsed = () => `${Math.round(now() - begun)} ms`;
    try {
      const answer = await transport(request, signal);
      log.debug(`${exchange}: HTTP ${answer.status}, ${answer.body.length} bytes, ${elapsed()}`);
      return answer;
    } catch (error) {
      const reason = error instanceof TransportError ? `${error.code}: ${printable(error.message, 300)}` : 'given up';
      log.debug(`${exchange}: no answer after ${elapsed()} (${reason})`);
      throw error;
    }
  };
}
