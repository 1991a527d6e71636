import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from './core/failure.ts';
import { readTextFile } from './core/read-file.ts';
import type { Deadline, Runtime } from './runtime.ts';

/**
 * Runtime of a real process. SIGINT, SIGTERM, SIGHUP and SIGBREAK cancel the run and do not end the process
 * immediately.
 */
export function systemRuntime(
  userAgent: string,
  network: Pick<Runtime, 'transport' | 'transportBy' | 'environment' | 'proxyFor'>,
): Runtime {
  return {
    ...network,
    userAgent,
    now: () => new Date(),
    random: Math.random,
    sleep: sleepUnless,
    readTextFile,
    deadline,
    cancelled: cancelledBySignals(),
  };
}

async function sleepUnless(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    // Node's own error does not carry the reason.
    throw signal.reason;
  }
}

function deadline(milliseconds: number, reason: unknown): Deadline {
  const controller = new AbortController();
  const end = performance.now() + milliseconds;
  setTimeout(() => controller.abort(reason), milliseconds).unref();
  return { signal: controller.signal, timeLeft: () => Math.max(0, end - performance.now()) };
}

/** Handles later signals too, without effect: a second signal from the agent must not interrupt the cleanup. */
function cancelledBySignals(): AbortSignal {
  const controller = new AbortController();
  // On Windows the second signal of the Azure Pipelines agent is Ctrl+Break.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) {
    process.on(name, () => controller.abort(new Failure('Cancelled', `Ended by ${name}.`)));
  }
  return controller.signal;
}
