/** Something that may hold a secret: what a program printed, its arguments, a file it left. */
export interface Haystack {
  /** For the message: `standard output`, `file .aws-oidc/env`. */
  readonly name: string;
  readonly text: string;
}

export interface Finding {
  readonly where: string;
  readonly as: string;
}

/** Knows the secrets of a test, and finds them wherever and however they were written. */
export class SecretWatch {
  readonly #secrets = new Set<string>();

  /** Short texts are no secrets and would be found everywhere. */
  add(...secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (secret.length < 16) throw new RangeError('a secret of less than 16 characters cannot be searched for');
      this.#secrets.add(secret);
    }
  }

  get size(): number {
    return this.#secrets.size;
  }

  /** Findings never quote the secret. */
  search(haystacks: readonly Haystack[]): Finding[] {
    return haystacks.flatMap(({ name, text }) =>
      [...this.#secrets].flatMap((secret) =>
        Object.entries(writtenForms(secret))
          .filter(([, form]) => text.includes(form))
          .map(([as]) => ({ where: name, as })),
      ),
    );
  }

  /** @throws Error that names each place and form */
  assertClean(...haystacks: readonly Haystack[]): void {
    const findings = this.search(haystacks);
    if (findings.length > 0) {
      throw new Error(`a secret stands in: ${findings.map(({ where, as }) => `${where} (${as})`).join('; ')}`);
    }
  }
}

/** A secret as programs write it. In base64, all three alignments, without what depends on the neighbours. */
function writtenForms(secret: string): Record<string, string> {
  const base64 = (before: string) => {
    const lead = Math.ceil((before.length * 8) / 6);
    const encoded = Buffer.from(before + secret)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(lead, -1);
  };
  return {
    raw: secret,
    'JSON-escaped': JSON.stringify(secret).slice(1, -1),
    'URL-encoded': encodeURIComponent(secret),
    base64: base64(''),
    'base64, shifted by one': base64('x'),
    'base64, shifted by two': base64('xx'),
    hex: Buffer.from(secret).toString('hex'),
  };
}
