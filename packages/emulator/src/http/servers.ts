import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { TlsIdentity } from './tls-identity.ts';

export interface ServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Certificate and key of a TLS server. */
  readonly tls?: TlsIdentity | undefined;
}

/** A listening server. Answers 503 until `serve` is called. */
export class OpenServer {
  /** Scheme, host and port. */
  readonly base: string;
  readonly #server: Server;
  #listener: RequestListener = (_, response) => response.writeHead(503, { 'retry-after': '1' }).end();

  /** @throws the error of `listen`: port in use, no such address */
  static async open({ host, port, tls }: ServerOptions): Promise<OpenServer> {
    const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }) : createServer();
    const bound = await listen(server, port, host);
    return new OpenServer(server, `${tls ? 'https' : 'http'}://${authority(host, bound)}`);
  }

  private constructor(server: Server, base: string) {
    this.#server = server;
    this.base = base;
    server.on('request', (message, response) => this.#listener(message, response));
  }

  serve(listener: RequestListener): void {
    this.#listener = listener;
  }

  /** Closes all connections, including active ones. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

/** Names and addresses by which this machine and its containers reach a server that listens on `host`. */
export function namesOf(host: string): readonly string[] {
  const local = ['localhost', '127.0.0.1', '::1', 'host.docker.internal', hostname()];
  if (!isWildcard(host)) return [...local, host];
  const cards = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...local, ...cards.map(({ address }) => address.replace(/%.*$/, ''))];
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      // The address of a listening TCP server is never a string or null.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Host and port for clients on this machine, which cannot connect to a wildcard address. */
function authority(host: string, port: number): string {
  const reachable = isWildcard(host) ? '127.0.0.1' : host;
  return `${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
