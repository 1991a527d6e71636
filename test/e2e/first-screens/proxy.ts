import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { closeAfter, portOf } from '../../faults/network/servers.ts';
import type { Addresses } from './scene.ts';

/** Name that no name server knows (RFC 6761), in the form of a region's endpoint. The emulator's certificate has it. */
export const REGION_HOST = 'sts.eu-west-1.amazonaws.invalid';

/**
 * Company proxy that tunnels every host to the emulator.
 * @param authorization `user:password` that it demands
 * @returns host and port
 */
export async function companyProxy({ https, after }: Addresses, authorization?: string): Promise<string> {
  const { port } = new URL(https.sts);
  const server = createServer((_, response) => response.writeHead(400).end());
  const credentials =
    authorization === undefined ? undefined : `Basic ${Buffer.from(authorization).toString('base64')}`;
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    if (credentials !== undefined && request.headers['proxy-authorization'] !== credentials) {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="corp"\r\ncontent-length: 0\r\n\r\n',
      );
      return;
    }
    const upstream = connect(Number(port), '127.0.0.1', () =>
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
    );
    for (const end of [socket, upstream]) end.on('error', () => {});
    socket.pipe(upstream).pipe(socket);
  });
  closeAfter({ after }, server);
  return `127.0.0.1:${await portOf(server)}`;
}
