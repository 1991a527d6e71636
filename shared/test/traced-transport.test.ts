import assert from 'node:assert/strict';
import { silentLog } from '../src/core/log.ts';
import { tracedTransport } from '../src/net/traced-transport.ts';
import type { HttpRequest, Transport } from '../src/net/transport.ts';
import { TransportError } from '../src/net/transport-error.ts';

describe('a traced transport', () => {
  const request: HttpRequest = {
    method: 'POST',
    url: new URL('https://sts.example.com/path?token=in-the-query'),
    headers: { authorization: 'in-a-header' },
    body: 'in-the-body',
  };

  async function traceOf(transport: Transport): Promise<string[]> {
    const lines: string[] = [];
    const times = [100, 187];
    const log = { ...silentLog, debug: (text: string) => void lines.push(text) };
    const traced = tracedTransport(transport, log, () => times.shift() ?? 0);
    await traced(request, new AbortController().signal).catch(() => {});
    return lines;
  }

  it('logs address, status, size and time, and nothing that may be secret', async () => {
    assert.deepEqual(
      await traceOf(async () => ({ status: 403, headers: { a: 'secret' }, body: Buffer.from('secret') })),
      ['POST https://sts.example.com/path: HTTP 403, 6 bytes, 87 ms'],
    );
  });

  it('logs the reason for a missing answer', async () => {
    const broken: Transport = async () => {
      throw new TransportError('ECONNRESET', 'the answer\nbroke off');
    };
    assert.deepEqual(await traceOf(broken), [
      'POST https://sts.example.com/path: no answer after 87 ms (ECONNRESET: the answer broke off)',
    ]);
  });

  it('logs only that it was cancelled', async () => {
    const cancelled: Transport = async () => {
      throw new Error('whatever the reason holds');
    };
    assert.deepEqual(await traceOf(cancelled), ['POST https://sts.example.com/path: no answer after 87 ms (given up)']);
  });
});
