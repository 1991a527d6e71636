import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { TlsIdentity } from './tls-identity.ts';

export interface OpenServer {
  /** Scheme, host and port. */
  readonly base: string;
  /** Until then every request is answered with 503. */
  readonly serve: (listener: RequestListener) => void;
  /** Closes all connections, busy ones too. */
  readonly close: () => Promise<void>;
}

/**
 * @param port 0 for any free one
 * @param tls makes it a TLS server
 * @throws what `listen` throws: port in use, no such address
 */
export async function openServer(host: string, port: number, tls?: TlsIdentity): Promise<OpenServer> {
  let current: RequestListener = (_, response) => response.writeHead(503, { 'retry-after': '1' }).end();
  const listener: RequestListener = (message, response) => current(message, response);
  const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, listener) : createServer(listener);
  const bound = await listen(server, port, host);
  return {
    base: `${tls ? 'https' : 'http'}://${authority(host, bound)}`,
    serve: (next) => {
      current = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Names and addresses by which this machine, and containers on it, reach a server that listens on `host`. */
export function namesOf(host: string): readonly string[] {
  const here = ['localhost', '127.0.0.1', '::1', 'host.docker.internal'];
  if (!isWildcard(host)) return [...here, host];
  const cards = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...here, ...cards.map(({ address }) => address.replace(/%.*$/, ''))];
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      // A TCP server's address is never a text or null once it listens.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Where clients on this machine find it: a wildcard address is no place to go to. */
function authority(host: string, port: number): string {
  const reachable = isWildcard(host) ? '127.0.0.1' : host;
  return `${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
