import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from './cannot-publish.ts';

/** Error codes for a file that another program on Windows has open without sharing it. */
const SHARING_CODES: ReadonlySet<string | undefined> = new Set(['EBUSY', 'EPERM', 'EACCES']);

/** Milliseconds that an operation is retried even after the deadline, because undoing must finish too. */
const MIN_RETRY = 1000;
const FIRST_WAIT = 10;
const MAX_WAIT = 200;

/**
 * Runs a file operation. On Windows retries it while another program (a virus scanner, an indexer) has the file open,
 * usually for less than a second.
 *
 * @param access.timeLeft milliseconds until the deadline
 * @throws the last error of the operation
 */
export async function retrySharingViolations<T>(
  action: () => Promise<T>,
  access: { timeLeft(): number; readonly platform?: NodeJS.Platform },
): Promise<T> {
  const { platform = process.platform } = access;
  const end = performance.now() + Math.max(access.timeLeft(), MIN_RETRY);
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, MAX_WAIT)) {
    try {
      return await action();
    } catch (error) {
      if (platform !== 'win32' || !SHARING_CODES.has(codeOf(error)) || performance.now() + wait > end) throw error;
      await delay(wait);
    }
  }
}
