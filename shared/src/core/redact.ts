/** Shortest prefix that is redacted; a quoted secret may be truncated. */
const TELLING = 16;

/**
 * Returns the text without the secrets, for text from outside that may quote a request. Finds them raw and in the forms of
 * URLs, forms, JSON, XML and base64, whole or truncated.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  const forms = secrets.filter((secret) => secret !== '').flatMap(writtenForms);
  let clean = '';
  let rest = text;
  for (;;) {
    const at = Math.min(...forms.map((form) => placeOf(form, rest)));
    if (at === Number.POSITIVE_INFINITY) return clean + rest;
    clean += `${rest.slice(0, at)}[secret]`;
    // Several forms may match at the same place; the longest match is the right one.
    rest = rest.slice(at + Math.max(...forms.map((form) => commonLength(form, rest, at))));
  }
}

function placeOf(form: string, text: string): number {
  const at = text.indexOf(form.slice(0, TELLING));
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

function commonLength(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form[length] === text[at + length]) length++;
  return length;
}

function writtenForms(secret: string): string[] {
  const url = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    url,
    url.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    url.replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    markup(secret, { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }),
    markup(secret, { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;', '+': '&#43;' }),
    // Base64 fragments of short secrets would match unrelated text.
    ...(secret.length < TELLING ? [] : ['', 'x', 'xx'].map((before) => base64Inside(before, secret))),
  ];
  return [...new Set(forms)];
}

function markup(secret: string, entities: Readonly<Record<string, string>>): string {
  return secret.replace(/[&<>"'+]/g, (sign) => entities[sign] ?? sign);
}

/** Base64 of `before` and the secret, without the first characters that depend on `before`. The end may depend on what follows. */
function base64Inside(before: string, secret: string): string {
  return Buffer.from(before + secret)
    .toString('base64')
    .slice(Math.ceil((before.length * 4) / 3));
}
