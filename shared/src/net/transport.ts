import type { Agent, IncomingHttpHeaders } from 'node:http';

/** One HTTP exchange. What travels in `body` and `headers` may be secret and is never part of an error. */
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
 * Sends a request and gives the whole answer, whatever its status. Follows no redirect: a bearer token is for the host
 * it was meant for.
 * @throws TransportError where there is no whole answer
 */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

export class TransportError extends Error {
  /** Node's code of the failure: `ECONNRESET`, `ENOTFOUND`, `CERT_HAS_EXPIRED`, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** The code of a `TransportError` where a proxy would not connect to the host. */
export const PROXY_REFUSED = 'ERR_PROXY_REFUSED';

export interface TransportLimits {
  /** Until the connection (TLS included) stands, milliseconds. */
  readonly connect: number;
  /** Without a byte from the other side, milliseconds: the first byte of the answer, or the next. */
  readonly idle: number;
  /** From the beginning to the last byte, milliseconds: who sends a byte now and then is not idle. */
  readonly whole: number;
  /** Largest answer, bytes. */
  readonly bytes: number;
}

const LIMITS: TransportLimits = { connect: 10_000, idle: 15_000, whole: 30_000, bytes: 1024 * 1024 };

/**
 * Makes connections where the usual way will not do: through a proxy, with more trust.
 * @param over aborted when the exchange is over, in whatever way; nothing of the agent's may stay open then
 */
export type AgentFor = (url: URL, over: AbortSignal) => Promise<Agent | undefined>;

/** The transport over the network, by node:http and node:https. */
export function networkTransport(
  agentFor: AgentFor = async () => undefined,
  limits: TransportLimits = LIMITS,
): Transport {
  return async (request, signal) => {
    signal.throwIfAborted();
    const over = new AbortController();
    try {
      const agent = await agentFor(request.url, over.signal);
      return await send(request, signal, agent, limits);
    } finally {
      over.abort();
    }
  };
}

async function send(
  { method, url, headers, body }: HttpRequest,
  signal: AbortSignal,
  agent: Agent | undefined,
  limits: TransportLimits,
): Promise<HttpAnswer> {
  // node:https brings all of TLS along; plain http does without.
  const client = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(body);
    const request = client.request(url, {
      method,
      headers: { ...headers, ...(payload === undefined ? {} : { 'content-length': String(payload.length) }) },
      ...(agent === undefined ? {} : { agent }),
    });
    const timers: NodeJS.Timeout[] = [];
    const over = () => {
      timers.forEach(clearTimeout);
      signal.removeEventListener('abort', aborted);
    };
    const giveUp = (reason: unknown) => {
      over();
      reject(reason);
      request.destroy();
    };
    const fail = (code: string, message: string) => giveUp(new TransportError(code, message));
    const broken = (error: NodeJS.ErrnoException) => fail(codeOf(error), messageOf(error));
    // Not by Node's own option `signal`: as long as an agent is still connecting, it says nothing of an abort.
    const aborted = () => giveUp(signal.reason);
    const limit = (milliseconds: number, what: string) => {
      const timer = setTimeout(() => fail('ETIMEDOUT', `no ${what} within ${milliseconds / 1000} s`), milliseconds);
      timers.push(timer);
      return timer;
    };

    signal.addEventListener('abort', aborted);
    limit(limits.whole, 'whole answer');
    const connecting = limit(limits.connect, 'connection');
    request.once('socket', (socket) => {
      const stands = () => clearTimeout(connecting);
      if (!socket.connecting) stands();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', stands);
    });
    // What a proxy says instead of connecting must not be taken for an answer of the host.
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode !== 200) fail(...refusalOf(statusCode, url.host));
    });
    request.setTimeout(limits.idle, () => fail('ETIMEDOUT', `no answer within ${limits.idle / 1000} s`));
    // Given up already, what still comes of it says nothing new.
    request.on('error', broken);

    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > limits.bytes) fail('ERR_ANSWER_TOO_LARGE', `an answer of more than ${limits.bytes} bytes`);
      });
      response.on('error', broken);
      response.once('end', () => {
        over();
        resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), body: Buffer.concat(chunks) });
      });
    });
    request.end(payload);
  });
}

/** A proxy that itself cannot reach the host may do so in a second; one that forbids it will not. */
function refusalOf(status: number, host: string): [code: string, message: string] {
  if (status >= 500) return ['EPROXY', `the proxy could not connect to ${host} (HTTP ${status})`];
  if (status === 407) return [PROXY_REFUSED, `the proxy asks for a user and a password (HTTP ${status})`];
  return [PROXY_REFUSED, `the proxy refused to connect to ${host} (HTTP ${status})`];
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
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

/** Node tries several addresses of a host and then reports an AggregateError without text of its own. */
export function messageOf(error: Error): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map((one: Error) => one.message).join('; ');
  }
  return error.message || error.name;
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.name;
}
