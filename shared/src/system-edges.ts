import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Edges } from './edges.ts';
import { Failure } from './failure.ts';
import { networkTransport, type Transport } from './transport.ts';

/** The edges of a real process. SIGINT and SIGTERM cancel; whoever listens to nothing else then ends by itself. */
export function systemEdges(userAgent: string, transport: Transport = networkTransport()): Edges {
  return {
    transport,
    userAgent,
    now: () => new Date(),
    random: Math.random,
    sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
    readTextFile: (path) => readFile(path, 'utf8'),
    deadline: (milliseconds, reason) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), milliseconds).unref();
      return controller.signal;
    },
    cancelled: cancelledBySignals(),
  };
}

function cancelledBySignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new Failure('Cancelled', `Ended by ${name}.`)));
  }
  return controller.signal;
}
