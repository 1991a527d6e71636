import type { LookUp } from '../../net/dial.ts';
import type { ProxyFor } from '../../net/proxy.ts';
import { isLoopback } from '../../net/secret-url.ts';
import type { Transport } from '../../net/transport.ts';
import type { Runtime } from '../../runtime.ts';
import { isPublicHost, lookUpPublic, PRIVATE_ADDRESS } from './public-address.ts';

/** Result of fetching a JSON document. */
export interface Fetched {
  readonly url: string;
  /** Reason for missing JSON. */
  readonly problem: string | undefined;
  readonly json: unknown;
  /** Host and port of the proxy of the request. */
  readonly proxy: string | undefined;
  /**
   * No request was sent, because the host is this machine or in a private network, by its spelling or according to the
   * name server.
   */
  readonly isPrivate?: 'spelling' | 'name server';
}

export type FetchJson = (url: URL) => Promise<Fetched>;

interface IssuerFetching {
  readonly network: Pick<Runtime, 'transport' | 'transportBy' | 'proxyFor'>;
  /** Address of STS. */
  readonly endpoint: string | undefined;
  readonly signal: AbortSignal;
  readonly lookUp?: LookUp;
}

/**
 * Fetches documents of an issuer. The token with its address may be forged, so only public hosts are asked, and the
 * emulator that the user named as the STS endpoint.
 */
export function issuerFetcher({ network, endpoint, signal, lookUp = lookUpPublic }: IssuerFetching): FetchJson {
  const { transport, transportBy, proxyFor } = network;
  const emulator = endpoint !== undefined && isLoopback(new URL(endpoint).hostname) ? new URL(endpoint).origin : '';
  const askEmulator = jsonFetcher(transport, proxyFor, signal);
  const askPublic = jsonFetcher(transportBy(lookUp), proxyFor, signal);
  return async (url) => {
    if (url.origin === emulator) return askEmulator(url);
    if (!isPublicHost(url.hostname)) return refused(url, 'spelling');
    const isProxied = (await proxyHost(url, proxyFor)) !== undefined;
    // A proxy looks up the name itself; a direct connection uses the checked addresses.
    if (isProxied && (await isPrivateName(url.hostname, lookUp))) return refused(url, 'name server');
    return askPublic(url);
  };
}

/** Whether a name is known to be private. A machine behind a proxy often cannot look up public names. */
async function isPrivateName(hostname: string, lookUp: LookUp): Promise<boolean> {
  try {
    await lookUp(hostname.replace(/^\[|\]$/g, ''));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === PRIVATE_ADDRESS;
  }
}

function refused(url: URL, isPrivate: 'spelling' | 'name server'): Fetched {
  return { url: url.href, problem: 'not asked', json: undefined, proxy: undefined, isPrivate };
}

function jsonFetcher(transport: Transport, proxyFor: ProxyFor, signal: AbortSignal): FetchJson {
  return async (url) => {
    const proxy = await proxyHost(url, proxyFor);
    const result = (problem: string | undefined, json?: unknown): Fetched => ({ url: url.href, problem, json, proxy });
    try {
      const answer = await transport({ method: 'GET', url, headers: { accept: 'application/json' } }, signal);
      if (answer.status !== 200) return result(`HTTP ${answer.status}`);
      return result(undefined, JSON.parse(answer.body.toString('utf8')));
    } catch (error) {
      if (error instanceof SyntaxError) return result('the answer is not JSON');
      if ((error as NodeJS.ErrnoException).code === PRIVATE_ADDRESS) return refused(url, 'name server');
      return result(reasonOf(error));
    }
  };
}

/** Host of the proxy for requests to the address, without the proxy's credentials. */
export async function proxyHost(url: URL, proxyFor: ProxyFor): Promise<string | undefined> {
  if (url.protocol !== 'https:') return undefined;
  return (await proxyFor(url))?.host;
}

/**
 * Returns the reason for a missing answer. Errors are distinguished by name, because pipe and task bundle this file
 * separately, with its own copies of the classes.
 *
 * @throws any other error, such as a cancelled run
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'TransportError') return `${code}: ${message}`;
  if (name === 'Failure' && code === 'TimedOut') return message;
  throw error;
}
