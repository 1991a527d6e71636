import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { HostAndPort } from './no-proxy.ts';

/** Returns every address of a name, the preferred ones first. */
export type LookUp = (name: string) => Promise<readonly string[]>;

/** Head start of one address over the next, milliseconds (RFC 8305, section 5: the recommended value). */
const HEAD_START = 250;

/**
 * Connects to the first address of a host that answers. Tries the addresses in turn, alternating between IPv4 and IPv6,
 * and gives up none of them for being slow (RFC 8305). Node itself drops every address except the last after 250 ms.
 *
 * @param signal ends all attempts; the only time limit
 * @throws the error of the only address, or an AggregateError with the code of the first; the reason of the signal
 */
export async function dial(
  { host, port }: HostAndPort,
  signal: AbortSignal,
  lookUp: LookUp = systemLookUp,
): Promise<Socket> {
  const addresses = isIP(host) === 0 ? alternating(await lookUp(host)) : [host];
  if (addresses.length === 0) throw withoutAddress(host);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => new Race(addresses, port, signal, { resolve, reject }).start());
}

/** The name `localhost` is always this machine, even if a name server answers otherwise (RFC 6761). */
async function systemLookUp(name: string): Promise<string[]> {
  if (name === 'localhost') return ['127.0.0.1', '::1'];
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

function alternating(addresses: readonly string[]): string[] {
  const family = isIP(addresses[0] ?? '');
  const preferred = addresses.filter((one) => isIP(one) === family);
  const others = addresses.filter((one) => isIP(one) !== family);
  const turns = Array.from({ length: Math.max(preferred.length, others.length) }, (_, index) => index);
  return turns.flatMap((index) => [...preferred.slice(index, index + 1), ...others.slice(index, index + 1)]);
}

function withoutAddress(host: string): Error {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
}

interface Outcome {
  resolve(socket: Socket): void;
  reject(reason: unknown): void;
}

class Race {
  readonly #waiting: string[];
  readonly #port: number;
  readonly #signal: AbortSignal;
  readonly #outcome: Outcome;
  readonly #connecting = new Set<Socket>();
  readonly #errors: NodeJS.ErrnoException[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(addresses: readonly string[], port: number, signal: AbortSignal, outcome: Outcome) {
    this.#waiting = [...addresses];
    this.#port = port;
    this.#signal = signal;
    this.#outcome = outcome;
  }

  start(): void {
    this.#signal.addEventListener('abort', this.#aborted);
    this.#next();
  }

  #next(): void {
    clearTimeout(this.#timer);
    const host = this.#waiting.shift();
    if (host === undefined) return;
    const socket = connect({ host, port: this.#port });
    this.#connecting.add(socket);
    socket.once('connect', () => this.#won(socket));
    socket.once('error', (error) => this.#failed(socket, error));
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#next(), HEAD_START);
  }

  #won(socket: Socket): void {
    this.#connecting.delete(socket);
    this.#end();
    this.#outcome.resolve(socket);
  }

  #failed(socket: Socket, error: Error): void {
    // Errors of the chosen connection concern its user.
    if (!this.#connecting.delete(socket)) return;
    this.#errors.push(error);
    if (this.#waiting.length > 0) this.#next();
    else if (this.#connecting.size === 0) {
      this.#end();
      this.#outcome.reject(this.#failure(error));
    }
  }

  #failure(error: Error): Error {
    if (this.#errors.length < 2) return error;
    return Object.assign(new AggregateError(this.#errors), { code: this.#errors[0]?.code });
  }

  readonly #aborted = (): void => {
    this.#end();
    this.#outcome.reject(this.#signal.reason);
  };

  #end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#aborted);
    for (const socket of this.#connecting) socket.destroy();
  }
}
