import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A complete request. */
export interface Incoming {
  readonly method: string;
  /** Path as sent, still percent-encoded, without query. */
  readonly path: string;
  /** Query as sent, without `?`. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Values of each header one by one, by lower-case name. Node joins repeated ones in `headers`. */
  readonly headersDistinct?: NodeJS.Dict<string[]>;
  readonly body: Buffer;
}

/** 1 MiB. AWS accepts 10 000 000 bytes; no client here sends nearly as much. */
const BODY_LIMIT = 1024 * 1024;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** @throws BodyTooLarge as soon as the body exceeds `BODY_LIMIT` bytes */
export async function receive(message: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: message.headers,
    headersDistinct: message.headersDistinct,
    body: Buffer.concat(chunks),
  };
}
