import type { Log } from './core/log.ts';
import type { IdentityToken } from './identity/identity-token.ts';
import type { RunIdentity } from './identity/run-identity.ts';
import type { RetryLimits } from './net/retry.ts';
import type { Options } from './options/options.ts';
import type { AssumedCredentials } from './sts/assumed-credentials.ts';

/** All that differs between CI systems, in three ports: who runs, where the token comes from, how later steps get the credentials. */
export interface CiSystem {
  /** As people write it: `Bitbucket Pipelines`. */
  readonly name: string;
  readonly run: RunIdentity;
  readonly log: Log;
  /** Whether a second call of `identityToken` gives a newer token: Azure DevOps mints one per call, a Bitbucket step has just one. */
  readonly renewsToken: boolean;
  /**
   * Returns the job's identity token. Requests to a token service stay within the limits.
   * @throws Failure `TokenUnavailable`, `TokenRequestRefused`, `Unreachable`, …
   */
  identityToken(limits: RetryLimits): Promise<IdentityToken>;
  /**
   * Gives the credentials to later steps, all of them or none.
   * @throws Failure `CannotPublish`; nothing is left behind then.
   */
  publish(sessions: readonly Session[], options: Options): Promise<Published>;
}

/** One role assumed. */
export interface Session {
  /** The profile it is to be known by; undefined where only one role is assumed and no profile was named. */
  readonly profile: string | undefined;
  readonly credentials: AssumedCredentials;
}

export interface Published {
  /** What later steps can rely on, a sentence a line: `Variables set: AWS_ACCESS_KEY_ID, …`. */
  readonly lines: readonly string[];
}
