import type { Agent } from 'node:http';
import type { AgentFor } from './transport.ts';

/** The proxy for an address, with its credentials if it asks for any; undefined for a direct connection. */
export type ProxyFor = (url: URL) => Promise<URL | undefined> | URL | undefined;

/** Trust beside Node's own and `NODE_EXTRA_CA_CERTS`: PEM certificates. */
export interface TlsSettings {
  readonly ca?: string;
}

/**
 * Connections through an HTTP proxy by CONNECT, so that the proxy sees the host and never the request. Plain http goes
 * to this machine alone and needs none. The code for proxies is loaded only where there is one.
 */
export function agentThrough(proxyFor: ProxyFor, tls: TlsSettings = {}): AgentFor {
  const agents = new Map<string, Agent>();
  return async (url) => {
    if (url.protocol !== 'https:') return undefined;
    const proxy = await proxyFor(url);
    const key = proxy?.href ?? '';
    if (proxy === undefined && tls.ca === undefined) return undefined;
    const present = agents.get(key);
    if (present) return present;
    const made = proxy === undefined ? await directAgent(tls) : await tunnel(proxy, tls);
    agents.set(key, made);
    return made;
  };
}

async function directAgent(tls: TlsSettings): Promise<Agent> {
  const { Agent: HttpsAgent } = await import('node:https');
  return new HttpsAgent({ keepAlive: true, ...(await trust(tls)) });
}

async function tunnel(proxy: URL, tls: TlsSettings): Promise<Agent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true });
  const trusted = await trust(tls);
  if (trusted.ca !== undefined) Object.assign(agent.options, trusted);
  return agent;
}

/** A `ca` given to Node replaces its own list, so the two are joined. */
async function trust({ ca }: TlsSettings): Promise<{ ca?: string[] }> {
  if (ca === undefined) return {};
  const { rootCertificates } = await import('node:tls');
  return { ca: [...rootCertificates, ca] };
}

/**
 * The proxy that the environment names, as most tools read it: `HTTPS_PROXY` and `NO_PROXY`, in either case.
 * @throws Error where the variable holds no URL
 */
export function proxyOfEnvironment(env: Readonly<Record<string, string | undefined>>): ProxyFor {
  if (!env['HTTPS_PROXY'] && !env['https_proxy'] && !env['ALL_PROXY'] && !env['all_proxy']) return () => undefined;
  return async (url) => {
    const { getProxyForUrl } = await import('proxy-from-env');
    const proxy = getProxyForUrl(url.href);
    return proxy === '' ? undefined : new URL(proxy);
  };
}
