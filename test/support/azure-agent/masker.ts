/** The password of a URL (agent, `AdditionalMaskingRegexes.cs`). */
const URL_PASSWORD = /(?<=\/\/[^:/?#\n]+:)(?:[\w.~-]|(?:%|%AZP25)[0-9a-f]{2}|[!$&'()*+,;=]|:)+(?=@)/gi;

/** Encodings of a secret by the agent (agent, `HostContext.CreateSecretMasker`). */
const ENCODERS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => JSON.stringify(secret).slice(1, -1),
  (secret) =>
    encodeURIComponent(secret).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  // Despite its name, the agent's encoder removes escapes: `\t` in a shell prints a tab.
  (secret) => secret.replace(/\\(["'\\t])/g, (_, char: string) => (char === 't' ? '\t' : char)),
];

/** Replaces secrets in the log. Parts of secrets and base64 are not recognised. */
export class Masker {
  readonly #values = new Set<string>();

  add(secret: string): void {
    if (secret === '') return;
    for (const encode of ENCODERS) this.#values.add(encode(secret));
  }

  /**
   * Adds a secret variable or parameter that the job starts with. It is also masked escaped, unquoted and in base64
   * (agent, `Worker.cs`).
   */
  addJobSecret(secret: string): void {
    if (secret.trim() === '') return;
    for (const value of [secret, Buffer.from(secret).toString('base64')]) {
      const withoutNewlines = value.replaceAll('\r', '%0D').replaceAll('\n', '%0A');
      for (const form of [value, withoutNewlines, withoutNewlines.replaceAll('%', '%AZP25')]) {
        this.add(form);
        this.add(/^(["'])(.*)\1$/s.exec(form)?.[2] ?? '');
      }
    }
  }

  /** Replaces secrets. Overlapping and adjacent ones become one `***`. */
  mask(text: string): string {
    const ranges = [...this.#values].flatMap((value) => occurrences(text, value));
    for (const match of text.matchAll(URL_PASSWORD)) ranges.push([match.index, match.index + match[0].length]);
    let masked = '';
    let position = 0;
    for (const [begin, end] of merged(ranges)) {
      masked += `${text.slice(position, begin)}***`;
      position = end;
    }
    return masked + text.slice(position);
  }
}

type Range = readonly [begin: number, end: number];

function occurrences(text: string, value: string): Range[] {
  const ranges: Range[] = [];
  for (let position = text.indexOf(value); position >= 0; position = text.indexOf(value, position + 1))
    ranges.push([position, position + value.length]);
  return ranges;
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const [begin, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && begin <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], end)];
    else result.push([begin, end]);
  }
  return result;
}
