import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../faults/fault-rule.ts';
import type { Reply } from './reply.ts';

/** Faults in how an answer is sent. */
export type WireFault = Partial<Pick<Fault, 'dropConnection' | 'slowBytesPerSecond' | 'truncateBodyAt'>>;

export interface Delivery {
  readonly fault: WireFault;
  /** Ends a slow answer. */
  readonly signal: AbortSignal;
}

/** @throws AbortError if `signal` ends a slow answer */
export async function deliver(response: ServerResponse, reply: Reply, { fault, signal }: Delivery): Promise<void> {
  const whole = Buffer.from(reply.body);
  const body = whole.subarray(0, fault.truncateBodyAt ?? whole.length);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length) });
  if (fault.dropConnection === 'mid-body') {
    // A reset could overtake the bytes. The client receives the sent bytes, then the connection ends.
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
    return;
  }
  const { slowBytesPerSecond: rate } = fault;
  if (rate === undefined) response.write(body);
  else await trickle(response, body, { rate, signal });
  response.end();
}

/** Ends the connection without an answer. */
export function reset(response: ServerResponse): void {
  const { socket } = response;
  // Node can reset only a plain TCP socket.
  if (socket === null || 'encrypted' in socket) socket?.destroy();
  else socket.resetAndDestroy();
}

/** Writes the body at `rate` bytes per second. */
async function trickle(response: ServerResponse, body: Buffer, pace: { rate: number; signal: AbortSignal }) {
  const { rate, signal } = pace;
  const step = Math.max(1, Math.floor(rate / 10));
  for (let offset = 0; offset < body.length && !response.destroyed; offset += step) {
    response.write(body.subarray(offset, offset + step));
    await wait((step / rate) * 1000, undefined, { signal });
  }
}
