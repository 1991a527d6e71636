import type { Verdict } from './verdict.ts';

export interface RetryRuntime {
  /** Resolves after that number of milliseconds. Rejects with the signal's reason if that comes first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1 */
  random(): number;
}

/** Bounds of a request and its retries. */
export interface RetryLimits {
  /** The first request counts: 1 means no retry. */
  readonly maxAttempts: number;
  /** Aborted when the overall time limit has passed or the run was cancelled. */
  readonly signal: AbortSignal;
  /** Milliseconds until the overall limit. No wait goes past it. */
  timeLeft(): number;
}

export interface RetryPlan<T> extends RetryLimits {
  /** One attempt. */
  attempt(): Promise<T>;
  judge(error: unknown): Verdict;
  /** Called before each wait, after the `n`-th attempt: changes the next attempt, and reports the reason for it. */
  beforeNext?(verdict: Verdict, n: number, waitMilliseconds: number): Promise<void> | void;
  /** Called if only the time prevents another attempt. The last error is then thrown. */
  outOfTime?(): void;
}

/** Longest wait between two attempts, milliseconds (the AWS SDKs' cap). */
const LONGEST_WAIT = 20_000;

/** Least remaining time, milliseconds, in which another attempt can get an answer. */
const LEAST_TIME = 100;

/** Share of the remaining time that a wait may use, because the next attempt needs time too. */
const SHARE_FOR_WAITING = 0.75;

/**
 * Repeats an attempt until success, until an error that retrying cannot fix, or until attempts or time are used up.
 * Then throws the last error unchanged. Waits are random between 0 and a growing limit ("full jitter"), so that jobs
 * that failed together do not return together. A `Retry-After` is the shortest wait.
 *
 * @throws the signal's reason, as soon as it is aborted
 */
export async function withRetries<T>(plan: RetryPlan<T>, runtime: RetryRuntime): Promise<T> {
  for (let n = 1; ; n++) {
    plan.signal.throwIfAborted();
    try {
      return await plan.attempt();
    } catch (error) {
      plan.signal.throwIfAborted();
      const verdict = plan.judge(error);
      if (verdict.retry === 'never' || n >= plan.maxAttempts) throw error;
      const wait = waitBefore(n, verdict, runtime.random(), plan.timeLeft());
      if (wait === undefined) {
        plan.outOfTime?.();
        throw error;
      }
      await plan.beforeNext?.(verdict, n, wait);
      if (wait > 0) await runtime.sleep(wait, plan.signal);
    }
  }
}

/**
 * Milliseconds to wait after the n-th attempt; undefined if the remaining time is too short for another.
 *
 * @param random 0 ≤ x < 1
 * @param timeLeft milliseconds
 */
export function waitBefore(n: number, verdict: Verdict, random: number, timeLeft: number): number | undefined {
  const least = verdict.retry === 'new-token' ? 0 : (verdict.retryAfter ?? 0);
  const spare = timeLeft - least;
  if (spare < LEAST_TIME) return undefined;
  if (verdict.retry === 'new-token') return 0;
  const widest = verdict.throttled ? throttledBackoff(n, timeLeft) : window(n, verdict.backoff);
  return Math.round(least + random * Math.min(widest, spare * SHARE_FOR_WAITING));
}

function window(n: number, step: number): number {
  return Math.min(LONGEST_WAIT, step * 2 ** (n - 1));
}

/**
 * Wait after throttling. A throttled job is one of many, and short waits make the congestion worse. So the wait is
 * spread over a part of the job's time, which grows with each attempt. A twelfth of the default minute is five seconds.
 * Found by simulation (test/scale; docs/performance.md shows ten thousand jobs at once).
 */
function throttledBackoff(n: number, timeLeft: number): number {
  const step = Math.min(15_000, Math.max(500, timeLeft / 12));
  return step * 3 ** (n - 1);
}
