/**
 * Scheme, host, port and path of a URL in the only accepted spelling, so the connection goes to the host that was
 * checked.
 */
const FORM =
  /^(?<scheme>https?):\/\/(?<host>[a-z\d](?:[a-z\d.-]*[a-z\d])?|\[[\da-f:.]+\])(?<port>:\d{1,5})?(?<path>\/[\w.~!$&'()*+,;=:%/-]*)?$/i;

/** Path segments that a server resolves to another path: empty, `.`, `..`, and encoded separators. */
const BAD_PATH = /\/(?=\/)|\/(?:\.|%2e){1,2}(?=\/|$)|%(?:2f|5c|00)|%(?![\da-f]{2})/i;

const NOT_HTTPS =
  'is not https: the secret would travel in clear text (http is accepted only for 127.0.0.1, [::1] and localhost)';

/**
 * Parses a URL that a secret is sent to. Accepts only a plain spelling, so every reader of the text sees the same host.
 * It has no user, query, fragment, backslash, `//` or `..`, and only ASCII.
 *
 * @returns the URL, or the reason why it is refused, which continues a sentence
 */
export function parseSecretUrl(text: string): URL | string {
  // A host with only a port is a URL with the host as its scheme.
  if (/^[\w.-]+:\d/.test(text)) return 'has no scheme: write https:// before it, or http:// for this machine';
  if (!URL.canParse(text)) return 'is not a URL like https://host/path';
  const url = new URL(text);
  if (!['https:', 'http:'].includes(url.protocol)) return NOT_HTTPS;
  if (url.username !== '' || url.password !== '' || text.includes('@')) return 'contains a user or a password';
  if (/[?#]/.test(text)) return 'has a query or a fragment';
  const groups = FORM.exec(text)?.groups;
  const path = groups?.['path'] ?? '/';
  if (BAD_PATH.test(path)) return 'has a path with an empty, "." or ".." segment, or with an encoded separator';
  const isSameHost = url.hostname === groups?.['host']?.toLowerCase() || groups?.['host']?.startsWith('[') === true;
  if (groups === undefined || !isSameHost || url.pathname !== path) {
    return 'is not spelled plainly: scheme, host, port and path in ASCII, without backslash or white space';
  }
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return url;
  return NOT_HTTPS;
}

/** Whether a host is this machine: 127.0.0.0/8, ::1 or `localhost`. Names below `localhost` may be looked up by DNS. */
export function isLoopback(hostname: string): boolean {
  return /^127(?:\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]' || hostname === 'localhost';
}
