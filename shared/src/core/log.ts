import type { Secret } from './secret.ts';

/**
 * A CI system's log in that system's own form. Every text may hold text from outside; the implementation prints it so
 * that it stays text.
 */
export interface Log {
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  /** Shown only where the user asked for it. Never holds a secret. */
  debug(text: string): void;
  /** Lines that belong together, folded where the system folds. */
  group(title: string, lines: readonly string[]): void;
  /** From here on the system replaces the secret wherever it would be printed, where the system can. */
  mask(secret: Secret): void;
}

/** Says nothing; for tests and for tools that own their standard output. */
export const silentLog: Log = {
  info() {},
  warning() {},
  error() {},
  debug() {},
  group() {},
  mask() {},
};
