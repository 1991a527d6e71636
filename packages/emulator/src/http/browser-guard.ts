import { isIP } from 'node:net';
import type { Incoming } from './incoming.ts';

/**
 * Distinguishes web pages from the programs that may use the emulator. A page sends `Origin` or `Sec-Fetch-Site`. A
 * page that points its own name at this machine (DNS rebinding) sends that name as `Host`.
 */
export class BrowserGuard {
  readonly #hostNames: ReadonlySet<string>;

  /** @param hostNames names of this machine. IP addresses are always accepted: no DNS answer can produce them. */
  constructor(hostNames: readonly string[]) {
    this.#hostNames = new Set(hostNames.map((name) => name.toLowerCase()));
  }

  /** The reason to refuse the request; undefined if no page can have sent it. */
  refusal({ headers }: Incoming): string | undefined {
    const { origin, 'sec-fetch-site': site = 'none', host = '' } = headers;
    // `none` is an address that the user typed.
    if (origin !== undefined || site !== 'none') return 'Not for pages in a browser.';
    if (this.#isOwnHost(host)) return undefined;
    return `The host "${host}" is not a name of this emulator. Use an IP address or localhost, or name the host with --tls-name.`;
  }

  #isOwnHost(host: string): boolean {
    const name = host
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase();
    return isIP(name) !== 0 || this.#hostNames.has(name);
  }
}
