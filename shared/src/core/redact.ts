import { withoutEscapeSequences } from './text.ts';

/** Shortest run of a secret's characters that is redacted; a quoted secret may be cut at either end. */
const RUN = 16;
/** The same for letters and digits alone: of 16 characters some are neither. */
const COMPACT_RUN = 12;
/** Longest text that is looked at and returned, characters. Messages print far less. */
const LONGEST = 16_384;
/** Beginning of any JSON Web Token: one that a server made up is not among the known secrets. */
const TOKEN = /eyJ[\w-]{13,}(?:\.[\w-]*){0,2}/g;

/**
 * Returns the text without the secrets, for text from outside that may quote a request: whole or any part of at least 16
 * characters, raw or as in URLs, forms, JSON, XML, base64 and hex, also in another case or with other characters strewn in.
 * Escape sequences of terminals are removed first: whoever prints the text removes them too, and joins what they part.
 * Time and memory grow with the sum of the lengths. Text beyond 16384 characters is cut.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  const visible = withoutEscapeSequences(text.slice(0, LONGEST));
  const shown = text.length > LONGEST ? `${visible}…` : visible;
  const marks = new Uint8Array(shown.length);
  for (const { index, 0: token } of shown.matchAll(TOKEN)) marks.fill(1, index, index + token.length);
  const exact = { text: shown, begin: (position: number) => position, end: (position: number) => position + 1 };
  const compact = compactText(shown);
  for (const secret of secrets.filter((one) => one !== '')) {
    const forms = writtenForms(secret);
    if (secret.length < RUN) {
      markWhole(shown, forms, marks);
    } else {
      markRuns({ ...exact, length: RUN }, [...forms, ...base64Forms(secret)], marks);
      markRuns({ ...compact, length: COMPACT_RUN }, compactForms(forms, secret), marks);
    }
  }
  return withoutMarked(shown, marks);
}

/** Text derived from the shown one, with the place there of each character. */
interface Derived {
  readonly text: string;
  begin(position: number): number;
  end(position: number): number;
}

/** Letters and digits only, in lower case, also those of other widths and styles. */
function compactText(shown: string): Derived {
  const places: { readonly begin: number; readonly end: number }[] = [];
  let text = '';
  let begin = 0;
  for (const character of shown) {
    const end = begin + character.length;
    const plain = character.normalize('NFKC').toLowerCase();
    if (/^[a-z\d]$/.test(plain)) {
      places.push({ begin, end });
      text += plain;
    }
    begin = end;
  }
  return { text, begin: (position) => places[position]?.begin ?? 0, end: (position) => places[position]?.end ?? 0 };
}

function compacted(text: string): string {
  return text.replace(/[^a-z\d]/gi, '').toLowerCase();
}

/** Marks every run of that length that a form shares with the text. */
function markRuns(
  { text, begin, end, length }: Derived & { readonly length: number },
  forms: readonly string[],
  marks: Uint8Array,
): void {
  const places = new Map<string, number[]>();
  for (let first = 0; first + length <= text.length; first++) {
    const run = text.slice(first, first + length);
    const known = places.get(run);
    if (known === undefined) places.set(run, [first]);
    else known.push(first);
  }
  if (places.size === 0) return;
  for (const form of forms) {
    for (let first = 0; first + length <= form.length; first++) {
      const run = form.slice(first, first + length);
      for (const place of places.get(run) ?? []) marks.fill(1, begin(place), end(place + length - 1));
      // A run that a secret repeats is marked once.
      places.delete(run);
    }
  }
}

function markWhole(text: string, forms: readonly string[], marks: Uint8Array): void {
  for (const form of forms) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) {
      marks.fill(1, at, at + form.length);
    }
  }
}

function withoutMarked(text: string, marks: Uint8Array): string {
  let clean = '';
  for (let at = 0; at < text.length; ) {
    const isMarked = marks[at] === 1;
    const next = marks.indexOf(isMarked ? 0 : 1, at);
    const end = next < 0 ? text.length : next;
    clean += isMarked ? '[secret]' : text.slice(at, end);
    at = end;
  }
  return clean;
}

function writtenForms(secret: string): string[] {
  const url = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return unique([
    secret,
    url,
    url.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    url.replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    markup(secret, { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }),
    markup(secret, { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;', '+': '&#43;' }),
  ]);
}

/** Base64 of the secret at each place in a group of three bytes. */
function base64Forms(secret: string): string[] {
  return ['', 'x', 'xx'].map((before) => base64Inside(before, secret));
}

/** Forms of letters and digits: those above, and each byte by its number. */
function compactForms(forms: readonly string[], secret: string): string[] {
  const bytes = [...Buffer.from(secret)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  return unique([
    ...[...forms, ...base64Forms(secret)].map(compacted),
    hex.join(''),
    // \u0041 and \x41
    hex.map((byte) => `u00${byte}`).join(''),
    hex.map((byte) => `x${byte}`).join(''),
    // &#65;
    bytes.join(''),
  ]);
}

function unique(forms: readonly string[]): string[] {
  return [...new Set(forms)];
}

function markup(secret: string, entities: Readonly<Record<string, string>>): string {
  return secret.replace(/[&<>"'+]/g, (character) => entities[character] ?? character);
}

/** Base64 of `before` and the secret, without the first characters that depend on `before`. The end may depend on what follows. */
function base64Inside(before: string, secret: string): string {
  return Buffer.from(before + secret)
    .toString('base64')
    .slice(Math.ceil((before.length * 4) / 3));
}
