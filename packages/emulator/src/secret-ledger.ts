export type SecretKind = 'access-token' | 'request-token' | 'identity-token' | 'secret-access-key' | 'session-token';

export interface IssuedSecret {
  readonly kind: SecretKind;
  readonly value: string;
}

/**
 * Every secret that this run has issued, in memory only. A test can search a program's output for them. The secrets are
 * random and useless outside this emulator.
 */
export interface SecretLedger {
  /** Records the secret and returns it. */
  issued(kind: SecretKind, value: string): string;
  all(): readonly IssuedSecret[];
}

export function createSecretLedger(): SecretLedger {
  return new MemoryLedger();
}

class MemoryLedger implements SecretLedger {
  readonly #secrets: IssuedSecret[] = [];

  issued(kind: SecretKind, value: string): string {
    this.#secrets.push({ kind, value });
    return value;
  }

  all(): readonly IssuedSecret[] {
    return this.#secrets;
  }
}
