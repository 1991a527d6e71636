import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

type Answer = (request: Received, response: ServerResponse) => void;

/** An HTTP server of an attacker. It records every connection and every request. */
export class Listener {
  readonly requests: Received[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: Answer) {
    this.#server = createServer((request, response) => void this.#take(request, response, answer));
    this.#server.on('connection', (socket: Socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
    });
    // A proxy request, whose address is unencrypted.
    this.#server.on('connect', ({ url = '', headers }, socket) => {
      this.requests.push({ method: 'CONNECT', path: url, authorization: headers.authorization ?? '', body: '' });
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  }

  /** @param host an address of this machine */
  static async start(answer: Answer = (_, response) => response.writeHead(503).end(), host = '127.0.0.1') {
    const listener = new Listener(answer);
    await new Promise<void>((resolve) => listener.#server.listen(0, host, resolve));
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `127.0.0.1:12345` */
  get host(): string {
    return `${(this.#server.address() as AddressInfo).address}:${this.port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #take(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    let body = '';
    request.setEncoding('utf8');
    for await (const chunk of request) body += chunk;
    const { method = '', url = '', headers } = request;
    const received = { method, path: url, authorization: headers.authorization ?? '', body };
    this.requests.push(received);
    answer(received, response);
  }
}
