import type { Verdict } from './verdict.ts';

export interface RetryRuntime {
  /** Resolves after so many milliseconds; rejects with the signal's reason when that comes first. */
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
  /** The try itself. */
  attempt(): Promise<T>;
  judge(error: unknown): Verdict;
  /** Called before each wait, after the `n`-th try: to change what the next try uses, and to say why there is one. */
  beforeNext?(verdict: Verdict, n: number, waitMilliseconds: number): Promise<void> | void;
  /** Called where only the time forbids another try; the last error is thrown then. */
  outOfTime?(): void;
}

/** Longest wait between two tries, milliseconds (the AWS SDKs' cap). */
const LONGEST_WAIT = 20_000;

/** With less than that left, milliseconds, another try has no chance of an answer. */
const LEAST_TIME = 100;

/** So much of the time that is left may be spent waiting: the try after it needs time too. */
const SHARE_FOR_WAITING = 0.75;

/**
 * Tries until success, until an error that no repetition heals, or until tries or time are used up; then the last error
 * is thrown as it was. Waits are drawn from nought to a growing limit ("full jitter"), so that jobs that failed
 * together do not return together; a `Retry-After` is the least that is waited.
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
 * Milliseconds to wait after the n-th try; undefined where the time left is too short for another.
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
 * Who is throttled is one of many, and coming back soon only feeds the crowd: the wait is spread over a part of the time
 * that this job has, wider each time. A twelfth of the default minute is five seconds. Found by simulation
 * (test/scale; docs/performance.md shows ten thousand jobs at once).
 */
function throttledBackoff(n: number, timeLeft: number): number {
  const step = Math.min(15_000, Math.max(500, timeLeft / 12));
  return step * 3 ** (n - 1);
}
