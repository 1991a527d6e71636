import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Scene } from '../fault.ts';

export async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Closes the server and all that is connected to it when the scene is over. */
export function closeAfter(scene: Scene, server: Server): void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  scene.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
}

/** Does with each connection what it is told. @returns host and port */
export async function rawServer(scene: Scene, handle: (socket: Socket) => void): Promise<string> {
  const server = createServer(handle);
  closeAfter(scene, server);
  return `127.0.0.1:${await portOf(server)}`;
}

/** Answers with 200 and a body that does not end. @returns host and port */
export async function endlessServer(scene: Scene): Promise<string> {
  const server = createHttpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    const chunk = Buffer.alloc(64 * 1024, '<Error>');
    const more = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', more);
    };
    more();
  });
  closeAfter(scene, server);
  return `127.0.0.1:${await portOf(server)}`;
}

/** A port at which nothing listens: it did a moment ago. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Takes questions on port 53, where resolvers ask, and answers none. @returns its address */
export async function silentNameServer(scene: Scene): Promise<string> {
  const address = '127.0.53.53';
  const socket = createSocket('udp4');
  scene.after(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, address, resolve);
  });
  return address;
}
