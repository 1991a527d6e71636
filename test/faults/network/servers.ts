import { createSocket, type Socket as UdpSocket } from 'node:dgram';
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

/** Closes the server and its connections at the end of the scene. */
export function closeAfter(scene: Pick<Scene, 'after'>, server: Server): void {
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

/**
 * Starts a server that passes each connection to a function.
 *
 * @returns host and port
 */
export async function rawServer(scene: Scene, handle: (socket: Socket) => void): Promise<string> {
  const server = createServer(handle);
  closeAfter(scene, server);
  return `127.0.0.1:${await portOf(server)}`;
}

/**
 * Starts a server that answers with 200 and an endless body.
 *
 * @returns host and port
 */
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

/** Returns a port on which no server listens any more. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts a name server on port 53 that never answers.
 *
 * @returns its address
 */
export async function silentNameServer(scene: Scene): Promise<string> {
  const socket = await bindNameServer(scene);
  return socket.address().address;
}

/**
 * Starts a name server that gives every name exactly these IPv4 addresses, in this order.
 *
 * @returns its address
 */
export async function nameServer(scene: Scene, addresses: readonly string[]): Promise<string> {
  const socket = await bindNameServer(scene);
  socket.on('message', (question, { port, address: asker }) => socket.send(answerTo(question, addresses), port, asker));
  return socket.address().address;
}

/** Binds port 53 of a loopback address that no other test uses: files of tests run in parallel. */
async function bindNameServer(scene: Scene): Promise<UdpSocket> {
  for (let last = 1; last < 255; last++) {
    const socket = createSocket('udp4');
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind(53, `127.0.53.${last}`, resolve);
      });
      scene.after(() => new Promise<void>((resolve) => socket.close(() => resolve())));
      return socket;
    } catch (error) {
      socket.close();
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('Each address of 127.0.53.0/24 has a name server.');
}

/** A DNS answer (RFC 1035, section 4) to the single question of a message. */
function answerTo(question: Buffer, addresses: readonly string[]): Buffer {
  const headerLength = 12;
  const end = question.indexOf(0, headerLength) + 5;
  const isForIpv4 = question.readUInt16BE(end - 4) === 1;
  const header = Buffer.from(question.subarray(0, headerLength));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(isForIpv4 ? addresses.length : 0, 6);
  header.writeUInt32BE(0, 8);
  // Each record refers to the name in the question; type A, class IN, a lifetime of 0 s, 4 bytes.
  const record = Buffer.from([0xc0, headerLength, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
  const records = isForIpv4 ? addresses.flatMap((one) => [record, Buffer.from(one.split('.').map(Number))]) : [];
  return Buffer.concat([header, question.subarray(headerLength, end), ...records]);
}
