import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Passes each connection on to another port of this machine, if one is named. */
const PROGRAM = `
  const { connect, createServer } = require('node:net');
  const [port, host, upstream] = process.argv.slice(1);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (upstream === '0') return;
    const onward = connect(Number(upstream), '127.0.0.1').on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  server.listen({ port: Number(port), host, backlog: 1 }, () => console.log(server.address().port));`;

/** Milliseconds after which a connection on this machine counts as unanswered. */
const UNANSWERED = 300;

export interface SilentServerOptions {
  /** An address of this machine. */
  readonly host: string;
  /** Port; any free one by default. */
  readonly port?: number;
  /** Port of 127.0.0.1 that gets the connections after the server wakes up. */
  readonly forwardTo?: number;
}

/**
 * Creates an address at which connections hang, as behind a firewall that drops packets. The program is stopped, and
 * its queue in the kernel is full. Linux only.
 */
export class SilentServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #queued: Socket[] = [];

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start({ host, port = 0, forwardTo = 0 }: SilentServerOptions): Promise<SilentServer> {
    const child = spawn(process.execPath, ['-e', PROGRAM, String(port), host, String(forwardTo)]);
    const [line] = await once(child.stdout, 'data');
    const server = new SilentServer(child, Number(String(line)));
    child.kill('SIGSTOP');
    await server.#fill(host);
    return server;
  }

  async #fill(host: string): Promise<void> {
    for (let full = false; !full; ) {
      const socket = connect({ host, port: this.port });
      socket.on('error', () => {});
      this.#queued.push(socket);
      full = await Promise.race([once(socket, 'connect').then(() => false), wait(UNANSWERED).then(() => true)]);
    }
  }

  /** Accepts connections from now on. The kernel repeats an unanswered first packet after one second. */
  wake(): void {
    this.#child.kill('SIGCONT');
  }

  stop(): void {
    for (const socket of this.#queued) socket.destroy();
    this.#child.kill('SIGKILL');
  }
}
