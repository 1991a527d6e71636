import { type ProxyFor, type Transport, TransportError } from '@aws-oidc-assume/shared';

/** Result of fetching a JSON document. */
export interface Fetched {
  readonly url: string;
  /** Reason for missing JSON. */
  readonly problem: string | undefined;
  readonly json: unknown;
  /** Host and port of the proxy it went through. */
  readonly proxy: string | undefined;
}

export type FetchJson = (url: URL) => Promise<Fetched>;

export function jsonFetcher(transport: Transport, proxyFor: ProxyFor, signal: AbortSignal): FetchJson {
  return async (url) => {
    const proxy = await proxyHost(url, proxyFor);
    const result = (problem: string | undefined, json?: unknown): Fetched => ({ url: url.href, problem, json, proxy });
    try {
      const answer = await transport({ method: 'GET', url, headers: { accept: 'application/json' } }, signal);
      if (answer.status !== 200) return result(`HTTP ${answer.status}`);
      return result(undefined, JSON.parse(answer.body.toString('utf8')));
    } catch (error) {
      if (error instanceof TransportError) return result(`${error.code}: ${error.message}`);
      if (error instanceof SyntaxError) return result('the answer is not JSON');
      throw error;
    }
  };
}

/** Host of the proxy for requests to the address, without the proxy's credentials. */
export async function proxyHost(url: URL, proxyFor: ProxyFor): Promise<string | undefined> {
  if (url.protocol !== 'https:') return undefined;
  return (await proxyFor(url))?.host;
}
