import type { Log } from './core/log.ts';
import type { IdentityToken } from './identity/identity-token.ts';
import type { KnownRun } from './identity/run-identity.ts';
import type { RetryLimits } from './net/retry.ts';
import type { Options } from './options/options.ts';
import type { Session } from './sts/assumed-credentials.ts';

/** Port to a CI system: the run's identity, its token, and the way later steps get the credentials. */
export interface CiSystem<Mode extends string = string> {
  /** Name for messages: `Bitbucket Pipelines`. */
  readonly name: string;
  readonly log: Log;
  /** Whether a second call of `identityToken` returns a newer token. Azure DevOps issues one per call; a Bitbucket step has one. */
  readonly renewsToken: boolean;
  /**
   * Returns the job's identity token. Requests to a token service stay within the limits.
   * @throws Failure `TokenUnavailable`, `TokenRequestRefused`, `Unreachable`, …
   */
  identityToken(limits: RetryLimits): Promise<IdentityToken>;
  /**
   * Returns the run that the token belongs to: facts in the token, and others from variables of the job.
   *
   * @throws Failure `IdentityContradicted` for a variable that contradicts the token
   */
  run(token: IdentityToken): KnownRun;
  /**
   * Passes the credentials to later steps, all or none.
   *
   * @param timeLeft milliseconds until the overall limit
   * @throws Failure `CannotPublish`; nothing is then left behind
   */
  publish(
    sessions: readonly [Session, ...Session[]],
    options: Options<Mode>,
    timeLeft: () => number,
  ): Promise<Published>;
}

export interface Published {
  /** Lines for the log, one sentence each: `Variables set: AWS_ACCESS_KEY_ID, …`. */
  readonly lines: readonly string[];
  /** Lines for the debug log: what was set, written and cleared. */
  readonly details?: readonly string[];
}
