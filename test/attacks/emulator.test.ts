/** Attacks of a web page on the built emulator, which a developer runs. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type EmulatorProcess, startEmulatorProcess } from '../support/index.ts';

describe('attacks of a web page on the emulator', () => {
  let emulator: EmulatorProcess;
  before(async () => {
    emulator = await startEmulatorProcess();
  });
  after(() => emulator?.stop());

  interface RawRequest {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  const send = (url: string, { method = 'GET', headers = {}, body = '' }: RawRequest) =>
    new Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
      const clientRequest = request(url, { method, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
      });
      clientRequest.on('error', reject);
      clientRequest.end(body);
    });

  const port = () => new URL(emulator.ready.control).port;
  const pages: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
    'of another origin': () => ({ origin: 'https://evil.example' }),
    'of no origin': () => ({ origin: 'null' }),
    'of this machine, on another port': () => ({ origin: 'http://127.0.0.1:1' }),
    'that the browser calls cross-site': () => ({ 'sec-fetch-site': 'cross-site' }),
    'that the browser calls same-site': () => ({ 'sec-fetch-site': 'same-site' }),
    'whose name was rebound to this machine': () => ({ host: `evil.example:${port()}` }),
    'whose rebound name is its own origin': () => ({ host: 'evil.example', 'sec-fetch-site': 'same-origin' }),
    'whose name only begins like this machine': () => ({ host: `localhost.evil.example:${port()}` }),
    'whose name only begins like an address': () => ({ host: `127.0.0.1.nip.io:${port()}` }),
    'whose name only ends like this machine': () => ({ host: `evil-localhost:${port()}` }),
    'with a user before this machine': () => ({ host: `evil.example@127.0.0.1:${port()}` }),
    'with a name of a full-width letter': () => ({ host: `%6cocalhost.evil:${port()}` }),
  };
  for (const [name, headers] of Object.entries(pages)) {
    it(`24: reads no secret, mints no token and sets no fault: a page ${name}`, async () => {
      const { control, mint } = emulator.ready;
      const secrets = await emulator.control.secretValues();
      for (const path of ['secrets', 'sessions', 'requests', 'faults', 'clock']) {
        const { status, text } = await send(`${control}/${path}`, { headers: headers() });
        assert.ok(status >= 400, path);
        for (const secret of secrets) assert.ok(!text.includes(secret));
      }
      const bodies = [
        [mint, 'POST', '{"provider":"bitbucket"}'],
        [`${control}/clock`, 'POST', '{"advanceSeconds":99999}'],
        [`${control}/faults`, 'PUT', '{"faults":[{"fault":{"hang":true}}]}'],
        [`${control}/requests`, 'DELETE', ''],
      ] as const;
      for (const [url, method, body] of bodies) {
        // A form needs no preflight.
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
          const rawRequest = { method, body, headers: { ...headers(), 'content-type': type } };
          const { status, headers: answered } = await send(url, rawRequest);
          assert.ok(status >= 400, url);
          assert.equal(answered['access-control-allow-origin'], undefined);
        }
      }
      assert.equal((await emulator.control.secretValues()).length, secrets.length);
    });
  }

  it('24: hostile bodies and paths are refused, and none is a defect of the emulator', async () => {
    const { mint, control } = emulator.ready;
    for (const body of [
      '['.repeat(100_000),
      '{"a":'.repeat(100_000),
      `{"provider":"bitbucket","claims":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
      '{"__proto__":{"provider":"bitbucket"}}',
      '{"provider":"__proto__"}',
      '{"provider":"constructor"}',
      `{"provider":"bitbucket","claims":"${'x'.repeat(2_000_000)}"}`,
      'null',
      '\u0000',
      '',
    ]) {
      const { status, text } = await send(mint, { method: 'POST', body }).catch(() => ({ status: 413, text: '' }));
      assert.ok(status >= 400 && status < 500, `${status} for ${body.slice(0, 40)}: ${text}`);
      assert.doesNotMatch(text, /defect| {4}at /);
    }
    for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/control/../control/secrets%00', '/%']) {
      const { status } = await send(new URL(control).origin + path, {});
      assert.ok(status >= 400, path);
    }
    assert.equal(emulator.stderr(), '');
    assert.equal((await send(`${control}/clock`, {})).status, 200);
  });

  it('24: listens only on 127.0.0.1', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address))
      .filter((address) => address !== '127.0.0.1');
    assert.equal(await isOpen('127.0.0.1'), true);
    for (const address of others) assert.equal(await isOpen(address), false, address);
  });

  const isOpen = (host: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host, port: Number(port()), timeout: 2000 });
      const end = (open: boolean) => {
        socket.destroy();
        resolve(open);
      };
      socket.once('connect', () => end(true));
      socket.once('error', () => end(false));
      socket.once('timeout', () => end(false));
    });
});
