import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../faults/fault-rule.ts';
import type { Reply } from './reply.ts';

/** How an answer goes over the wire where not simply at once and whole. */
export type Wire = Partial<Pick<Fault, 'dropConnection' | 'slowBytesPerSecond' | 'truncateBodyAt'>>;

/** @throws AbortError when `signal` ends a slow answer */
export async function deliver(response: ServerResponse, reply: Reply, wire: Wire, signal: AbortSignal): Promise<void> {
  const whole = Buffer.from(reply.body);
  const body = whole.subarray(0, wire.truncateBodyAt ?? whole.length);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length) });
  if (wire.dropConnection === 'mid-body') {
    // Not a reset, which could overtake the bytes: what was sent arrives, then the connection ends.
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
    return;
  }
  if (wire.slowBytesPerSecond !== undefined) await trickle(response, body, wire.slowBytesPerSecond, signal);
  else response.write(body);
  response.end();
}

/** Ends the connection without an answer. */
export function reset(response: ServerResponse): void {
  const { socket } = response;
  // Only a plain TCP socket can be reset.
  if (socket === null || 'encrypted' in socket) socket?.destroy();
  else socket.resetAndDestroy();
}

async function trickle(
  response: ServerResponse,
  body: Buffer,
  bytesPerSecond: number,
  signal: AbortSignal,
): Promise<void> {
  const step = Math.max(1, Math.floor(bytesPerSecond / 10));
  for (let sent = 0; sent < body.length && !response.destroyed; sent += step) {
    response.write(body.subarray(sent, sent + step));
    await wait((step / bytesPerSecond) * 1000, undefined, { signal });
  }
}
