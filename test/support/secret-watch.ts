/** Text that may contain a secret: a program's output, its arguments, a file. */
export interface Haystack {
  /** Name for the message: `standard output`, `file .aws-oidc/env`. */
  readonly name: string;
  readonly text: string | Uint8Array;
  /** Secrets that are permitted here. */
  readonly allow?: readonly string[];
}

export interface Finding {
  /** Name of the haystack. */
  readonly where: string;
  /** Form of the secret: `raw`, `base64`, … */
  readonly as: string;
}

/** Knows the secrets of a test, and finds them in any form. */
export class SecretWatch {
  readonly #secrets = new Map<string, readonly WrittenForm[]>();

  /**
   * Adds secrets. Short texts would occur in other text.
   *
   * @throws RangeError for less than 16 characters
   */
  add(...secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (secret.length < 16) throw new RangeError('a secret of less than 16 characters cannot be searched for');
      if (!this.#secrets.has(secret)) this.#secrets.set(secret, writtenForms(secret));
    }
  }

  get size(): number {
    return this.#secrets.size;
  }

  /** Returns findings, which never quote the secret. */
  search(haystacks: readonly Haystack[]): Finding[] {
    return haystacks.flatMap(({ name, text, allow = [] }) => {
      const searched = searchable(text);
      return [...this.#secrets]
        .filter(([secret]) => !allow.includes(secret))
        .flatMap(([, forms]) => forms.filter((form) => isIn(searched, form)).map(({ as }) => ({ where: name, as })));
    });
  }

  /** @throws Error that names each place and form */
  assertClean(...haystacks: readonly Haystack[]): void {
    const findings = this.search(haystacks).map(({ where, as }) => `${where} (${as})`);
    if (findings.length > 0) throw new Error(`a secret stands in: ${[...new Set(findings)].join('; ')}`);
  }
}

interface WrittenForm {
  readonly as: string;
  readonly text: string;
  readonly ignoreCase?: boolean;
}

interface Searchable {
  readonly plain: string;
  readonly lowerCase: string;
}

function searchable(text: string | Uint8Array): Searchable {
  const whole = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
  // `base64` and PEM writers break lines, so a secret can span several.
  const plain = `${whole}\n${whole.replace(/[\r\n]+/g, '')}`;
  return { plain, lowerCase: plain.toLowerCase() };
}

function isIn({ plain, lowerCase }: Searchable, { text, ignoreCase = false }: WrittenForm): boolean {
  return ignoreCase ? lowerCase.includes(text.toLowerCase()) : plain.includes(text);
}

/** Forms in which programs write a secret, each once. */
function writtenForms(secret: string): WrittenForm[] {
  const forms: WrittenForm[] = [
    { as: 'raw', text: secret },
    { as: 'JSON-escaped', text: JSON.stringify(secret).slice(1, -1) },
    { as: 'URL-encoded', text: encodeURIComponent(secret), ignoreCase: true },
    { as: 'base64', text: base64Inside('', secret) },
    { as: 'base64, shifted by one', text: base64Inside('x', secret) },
    { as: 'base64, shifted by two', text: base64Inside('xx', secret) },
    { as: 'hex', text: Buffer.from(secret).toString('hex'), ignoreCase: true },
  ];
  const urlSafe = forms
    .filter(({ as }) => as.startsWith('base64'))
    .map(({ as, text }) => ({
      as: as.replace('base64', 'base64url'),
      text: text.replaceAll('+', '-').replaceAll('/', '_'),
    }));
  const seen = new Set<string>();
  return [...forms, ...urlSafe].filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** Part of a secret's base64 that does not depend on the text before and after it. */
function base64Inside(before: string, secret: string): string {
  const bytes = Buffer.from(before + secret);
  const first = Math.ceil((Buffer.byteLength(before) * 8) / 6);
  const end = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(first, end);
}
