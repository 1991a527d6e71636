import type { Verdict } from './classify.ts';

export interface RetryEdges {
  /** Resolves after so many milliseconds; rejects with the signal's reason when that comes first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1 */
  random(): number;
}

export interface RetryPlan<T> {
  readonly maxAttempts: number;
  readonly signal: AbortSignal;
  /** The try itself; `n` counts from 1. */
  attempt(n: number): Promise<T>;
  judge(error: unknown): Verdict;
  /** Called before each wait: to change what the next try uses, and to say why there is one. */
  beforeNext(verdict: Verdict, n: number, waitMilliseconds: number): Promise<void> | void;
}

/** Longest wait between two tries, milliseconds (the AWS SDKs' cap). */
const LONGEST_WAIT = 20_000;

/**
 * Tries until success, until an error that no repetition heals, or until the tries are used up; then the last error is
 * thrown as it was. Waits are drawn from nought to an exponentially growing limit ("full jitter"), so that jobs that
 * failed together do not return together; a `Retry-After` is the least that is waited.
 */
export async function withRetries<T>(plan: RetryPlan<T>, edges: RetryEdges): Promise<T> {
  for (let n = 1; ; n++) {
    plan.signal.throwIfAborted();
    try {
      return await plan.attempt(n);
    } catch (error) {
      plan.signal.throwIfAborted();
      const verdict = plan.judge(error);
      if (verdict.heals === 'no' || n >= plan.maxAttempts) throw error;
      const wait = waitBefore(n, verdict, edges.random());
      await plan.beforeNext(verdict, n, wait);
      await edges.sleep(wait, plan.signal);
    }
  }
}

/** Milliseconds to wait after the n-th try. */
export function waitBefore(n: number, verdict: Verdict, random: number): number {
  if (verdict.heals === 'new-token') return 0;
  const jittered = random * Math.min(LONGEST_WAIT, verdict.backoff * 2 ** (n - 1));
  return Math.round((verdict.retryAfter ?? 0) + jittered);
}
