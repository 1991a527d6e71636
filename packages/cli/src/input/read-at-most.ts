import type { Readable } from 'node:stream';

/**
 * Reads a stream to its end. A file such as `/dev/zero` has no end.
 *
 * @throws Error with the code `EFBIG` for more than that many bytes, or with Node's
 */
export async function readAtMost(stream: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > most) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
