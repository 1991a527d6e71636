import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Agents, createAgents, type OpenConnection, openUntilAborted } from './agents.ts';
import { messageOf, TransportError } from './transport-error.ts';

/** One HTTP exchange. `body` and `headers` may be secret and are never part of an error. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Sends a request and returns the whole answer, with any status. Does not follow redirects, because a bearer token is
 * only for the intended host.
 *
 * @throws TransportError if there is no whole answer
 */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

export interface TransportLimits {
  /** Time limit for opening the connection, including proxy and TLS, milliseconds. */
  readonly connect: number;
  /**
   * Time limit without a byte from the other side, milliseconds: for the first byte of the answer and for each next
   * one.
   */
  readonly idle: number;
  /** Time limit from the beginning to the last byte, milliseconds. Catches servers that trickle bytes. */
  readonly whole: number;
  /** Largest answer, bytes. */
  readonly bytes: number;
}

const LIMITS: TransportLimits = { connect: 10_000, idle: 15_000, whole: 30_000, bytes: 1024 * 1024 };

/** Returns the transport over the network, with node:http and node:https. */
export function networkTransport(open: OpenConnection = connectDirectly, limits = LIMITS): Transport {
  const agents = createAgents(open);
  return async (request, signal) => {
    signal.throwIfAborted();
    const over = new AbortController();
    try {
      const sending = await begin(request, agents, over.signal);
      return await new Exchange(sending, request, limits).answer(signal);
    } finally {
      over.abort();
    }
  };
}

const connectDirectly: OpenConnection = async (url, signal) => {
  const { connectThrough } = await import('./proxy.ts');
  return connectThrough(() => undefined)(url, signal);
};

/** @param over ends the opening of a connection */
async function begin({ method, url, headers }: HttpRequest, agents: Agents, over: AbortSignal): Promise<ClientRequest> {
  const overTls = url.protocol === 'https:';
  // node:https loads all of TLS; plain http does not need it.
  const { request } = overTls ? await import('node:https') : await import('node:http');
  const agent: Agent = await agents(overTls);
  // An encoded answer would be unreadable.
  return request(url, {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
    agent,
    ...openUntilAborted(over),
  });
}

/** One active request with its limits. */
class Exchange {
  readonly #request: ClientRequest;
  readonly #body: Buffer | undefined;
  readonly #limits: TransportLimits;
  readonly #timers: NodeJS.Timeout[] = [];
  #answers = false;
  #reject: (reason: unknown) => void = () => {};
  #resolve: (answer: HttpAnswer) => void = () => {};

  constructor(request: ClientRequest, { body }: HttpRequest, limits: TransportLimits) {
    this.#request = request;
    this.#body = body === undefined ? undefined : Buffer.from(body);
    this.#limits = limits;
    // Handles errors after giving up too, which are ignored.
    request.on('error', this.#broken);
  }

  async answer(signal: AbortSignal): Promise<HttpAnswer> {
    const aborted = () => this.#giveUp(signal.reason);
    try {
      return await new Promise<HttpAnswer>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        signal.addEventListener('abort', aborted);
        if (signal.aborted) aborted();
        else this.#send();
      });
    } finally {
      signal.removeEventListener('abort', aborted);
      this.#timers.forEach(clearTimeout);
    }
  }

  #send(): void {
    const request = this.#request;
    const { connect, idle, whole } = this.#limits;
    this.#limit(whole, 'whole answer');
    const connecting = this.#limit(connect, 'connection');
    // Agents return open connections.
    request.once('socket', () => clearTimeout(connecting));
    request.setTimeout(idle, () => this.#fail('ETIMEDOUT', `no answer within ${idle / 1000} s`));
    request.once('response', (response) => {
      this.#answers = true;
      this.#read(response);
    });
    // The request asks for no other protocol.
    request.once('upgrade', (_, socket) => {
      socket.destroy();
      this.#switched();
    });
    request.once('close', () => {
      if (!this.#answers) this.#fail('ECONNRESET', 'the connection was closed without an answer');
    });
    if (this.#body !== undefined) request.setHeader('content-length', this.#body.length);
    request.end(this.#body);
  }

  #read(response: IncomingMessage): void {
    // If the header `Upgrade` is missing, Node treats it as an answer.
    if (response.statusCode === 101) return this.#switched();
    const { bytes } = this.#limits;
    // Collects into one buffer, because very many small chunks would cost far more than their bytes.
    let body = Buffer.alloc(8192);
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      const end = length + chunk.length;
      if (end > bytes) return this.#fail('ERR_ANSWER_TOO_LARGE', `an answer of more than ${bytes} bytes`);
      if (end > body.length) body = Buffer.concat([body], Math.max(end, 2 * body.length));
      length += chunk.copy(body, length);
    });
    response.on('error', this.#broken);
    response.once('end', () => {
      this.#resolve({
        status: response.statusCode ?? 0,
        headers: joined(response.headers),
        body: body.subarray(0, length),
      });
    });
  }

  #switched(): void {
    this.#fail('ERR_UNEXPECTED_PROTOCOL', 'HTTP 101: the other side switched to another protocol');
  }

  #limit(milliseconds: number, event: string): NodeJS.Timeout {
    const timer = setTimeout(
      () => this.#fail('ETIMEDOUT', `no ${event} within ${milliseconds / 1000} s`),
      milliseconds,
    );
    this.#timers.push(timer);
    return timer;
  }

  readonly #broken = (error: NodeJS.ErrnoException): void => this.#fail(error.code ?? error.name, messageOf(error));

  #fail(code: string, message: string): void {
    this.#giveUp(new TransportError(code, message));
  }

  #giveUp(reason: unknown): void {
    this.#reject(reason);
    this.#request.destroy();
  }
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

/** `Retry-After` in seconds or as a date (RFC 9110), in milliseconds. */
export function retryAfterOf(answer: HttpAnswer): number | undefined {
  const value = answer.headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(answer.headers['date'] ?? value);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
