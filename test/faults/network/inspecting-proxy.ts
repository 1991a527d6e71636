import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Scene } from '../fault.ts';
import type { Authority } from './authority.ts';
import { closeAfter, portOf } from './servers.ts';

/**
 * Starts a proxy that inspects TLS, as in companies. It pretends to be the host, with a certificate of its own
 * authority, and forwards decrypted requests. Here they go to the emulator, for any host.
 *
 * @param reaches whether it can reach the host; otherwise it answers 503
 * @returns host and port
 */
export async function inspectingProxy(
  scene: Scene,
  authority: Authority,
  reaches: (host: string) => boolean = () => true,
): Promise<string> {
  const { port: emulatorPort } = new URL(scene.emulator.ready.sts);
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const [host = ''] = (request.url ?? '').split(':');
    if (!reaches(host)) return void socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const client = new TLSSocket(socket, { isServer: true, ...authority.issue([host]) });
    const upstream = connect(Number(emulatorPort), '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('error', end);
    upstream.on('error', end);
    client.pipe(upstream).pipe(client);
  });
  closeAfter(scene, server);
  return `127.0.0.1:${await portOf(server)}`;
}
