import { withoutEscapeSequences } from './text.ts';

/** Shortest run of a secret's characters that is redacted. A quoted secret may be cut at either end. */
const RUN = 16;
/** Shortest run of only letters and digits, which is shorter because some characters of a quotation may be others. */
const COMPACT_RUN = 12;
/** Longest text that is searched and returned, characters. Messages print far less. */
const LONGEST = 16_384;
/** Beginning of any JSON Web Token. A server may invent one, which is not among the known secrets. */
const TOKEN = /eyJ[\w-]{13,}(?:\.[\w-]*){0,2}/g;

/**
 * Returns text from outside, which may quote a request, without the secrets. Removes whole secrets and any part of at
 * least 16 characters. They may be raw or as in URLs, forms, JSON, XML, base64 and hex, in another case, or with other
 * characters between. Removes escape sequences of terminals first, because printing removes them too, and joins the
 * parts around them. Time and memory grow with the sum of the lengths. Text beyond 16384 characters is cut.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  const visible = withoutEscapeSequences(text.slice(0, LONGEST));
  const limited = text.length > LONGEST ? `${visible}…` : visible;
  const marks = new Uint8Array(limited.length);
  for (const { index, 0: token } of limited.matchAll(TOKEN)) marks.fill(1, index, index + token.length);
  const exact = { text: limited, begin: (position: number) => position, end: (position: number) => position + 1 };
  const compact = compactText(limited);
  for (const secret of secrets.filter((one) => one !== '')) {
    const forms = writtenForms(secret);
    if (secret.length < RUN) {
      markWhole(limited, forms, marks);
    } else {
      markRuns({ ...exact, length: RUN }, [...forms, ...base64Forms(secret)], marks);
      markRuns({ ...compact, length: COMPACT_RUN }, compactForms(forms, secret), marks);
    }
  }
  return withoutMarked(limited, marks);
}

/** Text derived from the original, with each character's position in the original. */
interface Derived {
  readonly text: string;
  begin(position: number): number;
  end(position: number): number;
}

/** Reduces a text to letters and digits in lower case, including those of other widths and styles. */
function compactText(original: string): Derived {
  const places: { readonly begin: number; readonly end: number }[] = [];
  let text = '';
  let begin = 0;
  for (const character of original) {
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

/** Marks every run of that length that the text shares with a form. */
function markRuns(
  { text, begin, end, length }: Derived & { readonly length: number },
  forms: readonly string[],
  marks: Uint8Array,
): void {
  const places = new Map<string, number[]>();
  for (let first = 0; first + length <= text.length; first++) {
    const run = text.slice(first, first + length);
    const positions = places.get(run);
    if (positions === undefined) places.set(run, [first]);
    else positions.push(first);
  }
  if (places.size === 0) return;
  for (const form of forms) {
    for (let first = 0; first + length <= form.length; first++) {
      const run = form.slice(first, first + length);
      for (const place of places.get(run) ?? []) marks.fill(1, begin(place), end(place + length - 1));
      // A repeated run of a secret is marked once.
      places.delete(run);
    }
  }
}

function markWhole(text: string, forms: readonly string[], marks: Uint8Array): void {
  for (const form of forms) {
    for (let position = text.indexOf(form); position >= 0; position = text.indexOf(form, position + form.length)) {
      marks.fill(1, position, position + form.length);
    }
  }
}

function withoutMarked(text: string, marks: Uint8Array): string {
  let clean = '';
  for (let position = 0; position < text.length; ) {
    const isMarked = marks[position] === 1;
    const next = marks.indexOf(isMarked ? 0 : 1, position);
    const end = next < 0 ? text.length : next;
    clean += isMarked ? '[secret]' : text.slice(position, end);
    position = end;
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

/** Base64 of the secret at each position in a group of three bytes. */
function base64Forms(secret: string): string[] {
  return ['', 'x', 'xx'].map((before) => base64Inside(before, secret));
}

/** Forms of letters and digits: the forms above, and each byte as a number. */
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
