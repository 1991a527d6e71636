import type { Agent } from 'node:http';
import type { Environment } from '../core/environment.ts';
import type { OptionProblem } from '../core/failure.ts';
import { type AgentFor, messageOf } from './transport.ts';

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
  let direct: Promise<Agent> | undefined;
  return async (url, over) => {
    if (url.protocol !== 'https:') return undefined;
    const proxy = await proxyFor(url);
    if (proxy !== undefined) return tunnel(proxy, tls, over);
    if (tls.ca !== undefined) direct ??= directAgent(tls);
    return direct;
  };
}

async function directAgent(tls: TlsSettings): Promise<Agent> {
  const { Agent: HttpsAgent } = await import('node:https');
  return new HttpsAgent({ keepAlive: true, ...(await trust(tls)) });
}

/** One for each exchange: a proxy that never answers would else keep its connection, and with it this program. */
async function tunnel(proxy: URL, tls: TlsSettings, over: AbortSignal): Promise<Agent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const trusted = await trust(tls);
  // Once for a proxy that speaks TLS itself, once for the host behind it.
  const agent = new HttpsProxyAgent(proxy, { signal: over, ...trusted });
  const connect = agent.connect.bind(agent);
  agent.connect = (request, options) =>
    connect(request, options).catch((error: Error) => Promise.reject(ofProxy(proxy, error)));
  Object.assign(agent.options, trusted);
  return agent;
}

/** Else a proxy out of reach would look like an address of the service that nobody has heard of. */
function ofProxy({ host }: URL, error: NodeJS.ErrnoException): Error {
  return Object.assign(new Error(`the proxy ${host}: ${messageOf(error)}`), { code: error.code });
}

/** A `ca` given to Node replaces its own list, so the two are joined. */
async function trust({ ca }: TlsSettings): Promise<{ ca?: string[] }> {
  if (ca === undefined) return {};
  const { rootCertificates } = await import('node:tls');
  return { ca: [...rootCertificates, ca] };
}

/** In the order in which proxy-from-env looks at them for https. */
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;

/**
 * The proxy that the environment names, as most tools read it: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either
 * case. `proxyProblems` tells beforehand whether they hold addresses.
 */
export function proxyOfEnvironment(env: Environment): ProxyFor {
  const [proxy] = proxiesIn(env);
  if (proxy === undefined) return () => undefined;
  return async (url) => {
    const { getProxyForUrl } = await import('proxy-from-env');
    return getProxyForUrl(url.href) === '' ? undefined : new URL(proxy.address);
  };
}

/** What is wrong with the variables of the proxy. Their values may hold a password and are never shown. */
export function proxyProblems(env: Environment): OptionProblem[] {
  return proxiesIn(env)
    .slice(0, 1)
    .flatMap(({ name, address }) => proxyProblem(name, address) ?? []);
}

/** What is wrong with the address of a proxy, without showing it. */
export function proxyProblem(option: string, address: string): OptionProblem | undefined {
  if (!URL.canParse(address) || !['http:', 'https:'].includes(new URL(address).protocol)) {
    return { option, message: 'is not the address of an HTTP proxy (http://host:port)' };
  }
  const { username, password, pathname, search, hash } = new URL(address);
  // A `/`, `?` or `#` in a password ends the address before the `@`: the user is then taken for the host.
  if (pathname.length > 1 || search !== '' || hash !== '' || !isEncoded(username + password)) {
    return {
      option,
      message:
        'is not of the form http://user:password@host:port; signs such as % / ? # @ in user or password must be percent-encoded (%25 for %)',
    };
  }
  return undefined;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Without a scheme it is http, as for curl, Go and Python. */
function proxiesIn(env: Environment): { name: string; address: string }[] {
  return PROXY_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value ? [{ name, address: value.includes('://') ? value : `http://${value}` }] : [];
  });
}
