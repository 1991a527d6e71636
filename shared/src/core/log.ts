import type { Secret } from './secret.ts';

/**
 * Log of the CI system, in its own form. Any text may contain text from outside, so the implementation must print it
 * without effect on the system.
 */
export interface Log {
  info(text: string): void;
  warning(text: string): void;
  /** Prints a line only on request of the user. It never contains a secret. */
  debug(text: string): void;
  /** Makes the system replace the secret in everything printed from now on, if it can. */
  mask(secret: Secret): void;
}

/** Log that prints nothing, for tests and for tools that need their standard output. */
export const silentLog: Log = {
  info() {},
  warning() {},
  debug() {},
  mask() {},
};
