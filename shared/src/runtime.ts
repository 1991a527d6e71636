import type { Environment } from './core/environment.ts';
import type { LookUp } from './net/dial.ts';
import type { ProxyFor } from './net/proxy.ts';
import type { RetryRuntime } from './net/retry.ts';
import type { Transport } from './net/transport.ts';

/** Access of the flow to network, clock, files and randomness. */
export interface Runtime extends RetryRuntime {
  readonly transport: Transport;
  /** Returns a transport that finds the addresses of hosts by this function. A diagnosis asks hosts that a token names. */
  transportBy(lookUp: LookUp): Transport;
  /** Environment variables of this process. Only a diagnosis reads them; options come from the CI system. */
  readonly environment: Environment;
  /** Proxy that the transport uses, for a diagnosis. */
  readonly proxyFor: ProxyFor;
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
