import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request that has arrived whole. */
export interface Incoming {
  readonly method: string;
  /** Path as sent, still percent-encoded, without query. */
  readonly path: string;
  /** Query as sent, without `?`. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/** 1 MiB. AWS takes ten times as much (10 000 000 bytes); nothing a client here sends comes near either. */
const bodyLimit = 1024 * 1024;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** @throws BodyTooLarge as soon as more than `bodyLimit` bytes have come. */
export async function receive(message: IncomingMessage, secure: boolean): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: message.headers,
    body: Buffer.concat(chunks),
    secure,
  };
}
