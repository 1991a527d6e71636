import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SilentServer } from '../../test/support/silent-server.ts';
import { dial } from '../src/net/dial.ts';

const never = new AbortController().signal;

describe('dialling', () => {
  let server: Server;
  let port: number;
  const started: SilentServer[] = [];

  before(async () => {
    server = createServer((socket) => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.close();
    for (const silent of started) silent.stop();
  });
  async function silentServer(host: string, listenPort?: number): Promise<SilentServer> {
    const silent = await SilentServer.start({ host, ...(listenPort === undefined ? {} : { port: listenPort }) });
    started.push(silent);
    return silent;
  }
  async function connectedAddress(addresses: readonly string[], targetPort = port): Promise<string | undefined> {
    const socket = await dial({ host: 'sts.example', port: targetPort }, never, async () => addresses);
    const { remoteAddress } = socket;
    socket.destroy();
    return remoteAddress;
  }

  /** Reaches an address of several. A wait is in every round, a pause of a busy machine is not. @returns milliseconds */
  async function fastest(addresses: readonly string[], expected: string): Promise<number> {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const begun = performance.now();
      assert.equal(await connectedAddress(addresses), expected);
      times.push(performance.now() - begun);
    }
    return Math.min(...times);
  }

  it('uses an address unchanged', async () => {
    const socket = await dial({ host: '127.0.0.1', port }, never, async () => assert.fail('nothing to look up'));
    assert.equal(socket.remotePort, port);
    socket.destroy();
  });

  it('treats localhost as this machine without asking a name server', async () => {
    const socket = await dial({ host: 'localhost', port }, never);
    assert.equal(socket.remoteAddress, '127.0.0.1');
    socket.destroy();
  });

  it('asks the name server for any other name', async () => {
    await assert.rejects(dial({ host: 'no-such-host.invalid', port }, never), { syscall: 'getaddrinfo' });
  });

  it('continues immediately with the next address after a refusal', async () => {
    assert.ok((await fastest(['::1', '127.0.0.2', '127.0.0.1'], '127.0.0.1')) < 250, 'it waited');
  });

  it('continues with the other family first', async () => {
    await silentServer('127.0.0.9', port);
    // In the original order, the fourth address would be tried after three quarters of a second.
    assert.ok((await fastest(['127.0.0.9', '127.0.0.1', '::1'], '127.0.0.1')) < 700);
  });

  it('waits for a slow address, although there are others', async () => {
    const slow = await silentServer('127.0.0.10');
    setTimeout(() => slow.wake(), 500);
    const begun = performance.now();
    assert.equal(await connectedAddress(['127.0.0.10', '::1', '127.0.0.11'], slow.port), '127.0.0.10');
    assert.ok(performance.now() - begun > 500, 'it was not slow');
  });

  it('does not wait for an address that never answers', async () => {
    await silentServer('127.0.0.12', port);
    assert.equal(await connectedAddress(['127.0.0.12', '127.0.0.1']), '127.0.0.1');
  });

  it('names each address if none answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: dead } = closed.address() as AddressInfo;
    closed.close();
    await assert.rejects(connectedAddress(['127.0.0.1', '::1'], dead), (error) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(
        error.errors.map(({ message }) => message),
        [`connect ECONNREFUSED 127.0.0.1:${dead}`, `connect ECONNREFUSED ::1:${dead}`],
      );
      assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
      return true;
    });
    await assert.rejects(connectedAddress(['127.0.0.1'], dead), { message: `connect ECONNREFUSED 127.0.0.1:${dead}` });
  });

  it('reports a name without addresses', async () => {
    await assert.rejects(connectedAddress([]), { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND sts.example' });
  });

  it('reports an unknown name', async () => {
    await assert.rejects(dial({ host: 'sts.nowhere.invalid', port }, never), { code: /^(?:ENOTFOUND|EAI_AGAIN)$/ });
  });

  it('ends with the reason of the signal, and leaves nothing open', async () => {
    const silent = await silentServer('127.0.0.13');
    const connecting = () => process.getActiveResourcesInfo().filter((one) => one === 'TCPConnectWrap').length;
    const before = connecting();
    const controller = new AbortController();
    const reason = new Error('enough');
    const dialling = dial({ host: '127.0.0.13', port: silent.port }, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(dialling, (error) => error === reason);
    await wait(10);
    assert.equal(connecting(), before);
  });

  it('does not begin after the signal was aborted', async () => {
    const reason = new Error('too late');
    await assert.rejects(dial({ host: '127.0.0.1', port }, AbortSignal.abort(reason)), (error) => error === reason);
  });
});
