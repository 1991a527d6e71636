export type SecretKind = 'access-token' | 'request-token' | 'identity-token' | 'secret-access-key' | 'session-token';

export interface IssuedSecret {
  readonly kind: SecretKind;
  readonly value: string;
}

/**
 * Every secret this run has given out, in memory only, so that a test can search a program's output for
 * them. All of them are made up at run time and open nothing but this emulator.
 */
export interface SecretLedger {
  /** Remembers the secret and hands it back. */
  readonly issued: (kind: SecretKind, value: string) => string;
  readonly all: () => readonly IssuedSecret[];
}

export function createSecretLedger(): SecretLedger {
  const secrets: IssuedSecret[] = [];
  return {
    issued: (kind, value) => {
      secrets.push({ kind, value });
      return value;
    },
    all: () => secrets,
  };
}
