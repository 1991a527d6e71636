import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SIGNED_BUCKET } from './consumer.ts';

export interface SignedBucket {
  readonly url: string;
  stop(): void;
}

/**
 * Starts a stand-in for S3. It lists one bucket for requests with a session token of the emulator, and refuses others.
 *
 * @param issued secrets that the emulator has issued so far
 */
export async function startSignedBucket(issued: () => Promise<readonly string[]>): Promise<SignedBucket> {
  const isSigned = async (request: IncomingMessage) => {
    const token = String(request.headers['x-amz-security-token'] ?? '');
    const hasSignature = /^AWS4-HMAC-SHA256 Credential=\w+\//.test(request.headers.authorization ?? '');
    return hasSignature && (await issued()).includes(token);
  };
  const server = createServer((request, response) => {
    isSigned(request).then(
      (is) => (is ? response.writeHead(200, { 'content-type': 'application/xml' }).end(LIST) : refuse(response)),
      () => refuse(response),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function refuse(response: ServerResponse): void {
  response.writeHead(403).end();
}

const LIST = `<?xml version="1.0" encoding="UTF-8"?>
<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets><Bucket><Name>${SIGNED_BUCKET}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>`;
