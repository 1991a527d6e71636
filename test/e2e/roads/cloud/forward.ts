import { request } from 'node:http';
import type { Answer, Call } from './call.ts';

/** Forwards a call to a server on this machine, including its `Host` header. */
export function forward(call: Call, port: number): Promise<Answer> {
  const { method, path, headers, body, query } = call;
  const search = query.size === 0 ? '' : `?${query}`;
  return new Promise((resolve, reject) => {
    const onward = request({ host: '127.0.0.1', port, method, path: `${path}${search}`, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 502, headers: flat(answer.headers), body: Buffer.concat(chunks) }),
      );
    });
    onward.once('error', reject);
    onward.end(body);
  });
}

export function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
