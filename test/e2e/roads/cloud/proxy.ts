/** The Internet of a job: a proxy that terminates TLS for AWS's host names, and reaches nothing else. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createTlsIdentity } from '../../../../packages/emulator/src/http/tls-identity.ts';
import type { Answer, Call } from './call.ts';
import { flat } from './forward.ts';

const NAMES = [
  'releases.hashicorp.com',
  '*.amazonaws.com',
  '*.eu-west-1.amazonaws.com',
  '*.s3.eu-west-1.amazonaws.com',
  '*.s3.amazonaws.com',
  '*.dkr.ecr.eu-west-1.amazonaws.com',
  '*.ecr.eu-west-1.amazonaws.com',
  '*.gr7.eu-west-1.eks.amazonaws.com',
  '*.queue.amazonaws.com',
];

export interface AwsProxy {
  readonly url: string;
  /** Certificate of the authority, PEM. */
  readonly ca: string;
  stop(): void;
}

export async function startProxy(answer: (call: Call) => Promise<Answer>): Promise<AwsProxy> {
  const { ca, certificate, key } = await createTlsIdentity(NAMES, Date.now());
  const inside = createTlsServer({ cert: certificate, key }, (request, response) => {
    respond(request, response, answer).catch((error: unknown) => response.destroy(error as Error));
  });
  const server = createServer((_, response) => response.writeHead(400).end('Only CONNECT is understood here.'));
  server.on('connect', ({ url = '' }: IncomingMessage, socket) => {
    socket.on('error', () => socket.destroy());
    if (!/(?:\.amazonaws|^releases\.hashicorp)\.com:443$/.test(url)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    inside.emit('connection', socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    stop: () => {
      inside.closeAllConnections();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: (call: Call) => Promise<Answer>) {
  // The AWS CLI waits for this before it sends a file.
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://host');
  const {
    status,
    headers = {},
    body = '',
  } = await answer({
    host: (request.headers.host ?? '').replace(/:443$/, ''),
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    headers: flat(request.headers),
    body: Buffer.concat(chunks),
  });
  const { 'transfer-encoding': _, connection: __, ...keptHeaders } = headers;
  response.writeHead(status, keptHeaders).end(request.method === 'HEAD' ? undefined : body);
}
