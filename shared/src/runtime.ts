import type { RetryRuntime } from './net/retry.ts';
import type { Transport } from './net/transport.ts';

/** Outside world of the flow: network, clock, files, randomness. */
export interface Runtime extends RetryRuntime {
  readonly transport: Transport;
  now(): Date;
  readTextFile(path: string): Promise<string>;
  /** Starts a time limit in milliseconds, measured by a monotonic clock. Its signal aborts with the reason. */
  deadline(milliseconds: number, reason: unknown): Deadline;
  /** Aborted with a Failure `Cancelled` when the CI system stops this program. */
  readonly cancelled: AbortSignal;
  /** User agent that CloudTrail shows: `aws-oidc-assume/1.2.3 …`. */
  readonly userAgent: string;
}

/** Time limit of a run. */
export interface Deadline {
  /** Aborted with the limit's reason when the time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds until the time is up. */
  timeLeft(): number;
}
