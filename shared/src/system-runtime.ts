import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from './core/failure.ts';
import { networkTransport, type Transport } from './net/transport.ts';
import type { Deadline, Runtime } from './runtime.ts';

/** The runtime of a real process. SIGINT, SIGTERM and SIGHUP cancel; whoever listens to nothing else then ends by itself. */
export function systemRuntime(userAgent: string, transport: Transport = networkTransport()): Runtime {
  return {
    transport,
    userAgent,
    now: () => new Date(),
    random: Math.random,
    sleep: sleepUnless,
    readTextFile,
    deadline,
    cancelled: cancelledBySignals(),
  };
}

/** Nothing but a file: a pipe could keep this program waiting for ever. */
async function readTextFile(path: string): Promise<string> {
  if (!(await stat(path)).isFile()) throw new Error('it is not a file');
  return readFile(path, 'utf8');
}

async function sleepUnless(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    // Node's own error says only that it was aborted.
    throw signal.reason;
  }
}

function deadline(milliseconds: number, reason: unknown): Deadline {
  const controller = new AbortController();
  const end = performance.now() + milliseconds;
  setTimeout(() => controller.abort(reason), milliseconds).unref();
  return { signal: controller.signal, timeLeft: () => Math.max(0, end - performance.now()) };
}

/** Later signals are taken as well and change nothing: an agent that sends a second one must not cut the cleaning up short. */
function cancelledBySignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => controller.abort(new Failure('Cancelled', `Ended by ${name}.`)));
  }
  return controller.signal;
}
