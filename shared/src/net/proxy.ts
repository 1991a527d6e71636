import type { Environment } from '../core/environment.ts';
import type { OptionProblem } from '../core/failure.ts';
import type { OpenConnection } from './agents.ts';
import type { LookUp } from './dial.ts';
import type { TlsSettings } from './secure.ts';

/** Returns the proxy for an address, with its credentials if it needs any; undefined for a direct connection. */
export type ProxyFor = (url: URL) => Promise<URL | undefined> | URL | undefined;

export interface ConnectionSettings extends TlsSettings {
  /** Finds the addresses of a host that is reached directly. A proxy itself looks up names. */
  readonly lookUp?: LookUp;
}

/**
 * Opens connections directly or through an HTTP proxy. Plain http is only for this machine and needs no proxy. The code
 * for TLS and for proxies is loaded on first use.
 */
export function connectThrough(proxyFor: ProxyFor, tls: ConnectionSettings = {}): OpenConnection {
  return async (url, signal) => {
    const overTls = url.protocol === 'https:';
    const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || (overTls ? 443 : 80)) };
    if (!overTls) return (await import('./dial.ts')).dial(target, signal, tls.lookUp);
    const proxy = await proxyFor(url);
    // Loaded before the connection is open, so that none of its data is missed.
    const { secure } = await import('./secure.ts');
    const socket = await (proxy === undefined
      ? (await import('./dial.ts')).dial(target, signal, tls.lookUp)
      : (await import('./tunnel.ts')).openTunnel(proxy, target, tls, signal));
    return secure(socket, target.host, tls, signal);
  };
}

/** Variables in order of precedence. */
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;

/**
 * Returns the proxy in the environment, as curl reads it: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case,
 * lower case first. `proxyProblems` checks their values beforehand.
 */
export function proxyOfEnvironment(env: Environment): ProxyFor {
  const [proxy] = proxiesIn(env);
  if (proxy === undefined) return () => undefined;
  return async (url) => {
    const { isExempt } = await import('./no-proxy.ts');
    const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 443) };
    return isExempt(target, exemptionsIn(env)) ? undefined : new URL(proxy.address);
  };
}

/** Problems of the proxy variables. Their values may contain a password and are never shown. */
export function proxyProblems(env: Environment): OptionProblem[] {
  return proxiesIn(env)
    .slice(0, 1)
    .flatMap(({ name, address }) => proxyProblem(name, address) ?? []);
}

/** Problem of a proxy's address, without showing it. */
export function proxyProblem(option: string, address: string): OptionProblem | undefined {
  if (!URL.canParse(address) || !['http:', 'https:'].includes(new URL(address).protocol)) {
    return { option, message: 'is not the address of an HTTP proxy (http://host:port)' };
  }
  const { username, password, pathname, search, hash } = new URL(address);
  // A `/`, `?` or `#` in a password ends the address before the `@`, so the user would be treated as the host.
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

function exemptionsIn(env: Environment): string {
  return env['no_proxy'] || env['NO_PROXY'] || '';
}

/**
 * Parses a proxy's address. The default scheme is http, as in curl, Go and Python. Undefined if `NO_PROXY` exempts
 * every host.
 */
function proxiesIn(env: Environment): { name: string; address: string }[] {
  if (exemptionsIn(env).trim() === '*') return [];
  return PROXY_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value ? [{ name, address: value.includes('://') ? value : `http://${value}` }] : [];
  });
}
