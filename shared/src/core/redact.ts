/** So much of a secret's beginning is taken for the secret: what quotes it may have been cut. */
const TELLING = 16;

/**
 * The text without these secrets: raw, and as URLs, forms, JSON, XML and base64 write them; also where only their
 * beginning stands there. For text from outside, which may quote what was sent.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  const forms = secrets.filter((secret) => secret !== '').flatMap(writtenForms);
  let clean = '';
  let rest = text;
  for (;;) {
    const at = Math.min(...forms.map((form) => placeOf(form, rest)));
    if (at === Number.POSITIVE_INFINITY) return clean + rest;
    clean += `${rest.slice(0, at)}[secret]`;
    // Forms may begin alike: the one that goes on the longest is what was meant.
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
    // Of a short one so little is left that it would be found anywhere.
    ...(secret.length < TELLING ? [] : ['', 'x', 'xx'].map((before) => base64Inside(before, secret))),
  ];
  return [...new Set(forms)];
}

function markup(secret: string, entities: Readonly<Record<string, string>>): string {
  return secret.replace(/[&<>"'+]/g, (sign) => entities[sign] ?? sign);
}

/** The base64 of `before` and the secret, from where it depends on the secret alone; its end may depend on what follows. */
function base64Inside(before: string, secret: string): string {
  return Buffer.from(before + secret)
    .toString('base64')
    .slice(Math.ceil((before.length * 4) / 3));
}
