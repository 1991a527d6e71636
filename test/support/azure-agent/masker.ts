/** The password of a URL (agent, `AdditionalMaskingRegexes.cs`). */
const URL_PASSWORD = /(?<=\/\/[^:/?#\n]+:)(?:[\w.~-]|(?:%|%AZP25)[0-9a-f]{2}|[!$&'()*+,;=]|:)+(?=@)/gi;

/** What the agent's value encoders make of a secret (agent, `HostContext.CreateSecretMasker`). */
const ENCODERS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => JSON.stringify(secret).slice(1, -1),
  (secret) =>
    encodeURIComponent(secret).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  // Named for the escape, it takes it away: a shell that reads `\t` prints a tab.
  (secret) => secret.replace(/\\(["'\\t])/g, (_, char: string) => (char === 't' ? '\t' : char)),
];

/** Replaces secrets in what a user sees. Nothing that is partial, split or in base64 is recognised. */
export class Masker {
  readonly #values = new Set<string>();

  add(secret: string): void {
    if (secret === '') return;
    for (const encode of ENCODERS) this.#values.add(encode(secret));
  }

  /** A secret variable or parameter the job starts with is also masked escaped, unquoted and in base64 (agent, `Worker.cs`). */
  addOfJob(secret: string): void {
    if (secret.trim() === '') return;
    for (const value of [secret, Buffer.from(secret).toString('base64')]) {
      const withoutNewlines = value.replaceAll('\r', '%0D').replaceAll('\n', '%0A');
      for (const form of [value, withoutNewlines, withoutNewlines.replaceAll('%', '%AZP25')]) {
        this.add(form);
        this.add(/^(["'])(.*)\1$/s.exec(form)?.[2] ?? '');
      }
    }
  }

  /** Overlapping and adjacent secrets become one `***`. */
  mask(text: string): string {
    const found = [...this.#values].flatMap((value) => occurrences(text, value));
    for (const match of text.matchAll(URL_PASSWORD)) found.push([match.index, match.index + match[0].length]);
    let masked = '';
    let at = 0;
    for (const [begin, end] of merged(found)) {
      masked += `${text.slice(at, begin)}***`;
      at = end;
    }
    return masked + text.slice(at);
  }
}

type Range = readonly [begin: number, end: number];

function occurrences(text: string, value: string): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) found.push([at, at + value.length]);
  return found;
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
