import type { RetryRuntime } from './net/retry.ts';
import type { Transport } from './net/transport.ts';

/** Everything outside that the flow touches. */
export interface Runtime extends RetryRuntime {
  readonly transport: Transport;
  now(): Date;
  readTextFile(path: string): Promise<string>;
  /** Ends in so many milliseconds, by a clock that nobody sets. */
  deadline(milliseconds: number, reason: unknown): Deadline;
  /** Aborted, with a Failure `Cancelled` as its reason, when the CI system wants this program to end. */
  readonly cancelled: AbortSignal;
  /** `aws-oidc-assume/1.2.3 …`, as AWS sees it in CloudTrail. */
  readonly userAgent: string;
}

/** One time limit over everything. */
export interface Deadline {
  /** Aborted with the reason given, once the time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds until then. */
  timeLeft(): number;
}
