/** Starts a reverse proxy that forwards answers at the speed of a slow network. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';

export interface SlowNetwork {
  readonly port: number;
  stop(): void;
}

/** @param megabits per second, for all connections together */
export async function slowNetwork(target: number, megabits: number): Promise<SlowNetwork> {
  const bytesPerMillisecond = (megabits * 1e6) / 8 / 1000;
  let free = performance.now();
  const brake = () =>
    new Transform({
      transform(chunk: Buffer, _encoding, callback) {
        free = Math.max(free, performance.now()) + chunk.length / bytesPerMillisecond;
        setTimeout(Math.max(0, free - performance.now())).then(() => callback(null, chunk), callback);
      },
    });
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const forwarded = request({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      // The client may leave early, for example after it has the headers.
      pipeline(answer, brake(), outgoing).catch(() => outgoing.destroy());
    });
    forwarded.once('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
