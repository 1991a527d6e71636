import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type Running, running } from './running-emulator.ts';

interface RawRequest {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe('mint and control', () => {
  let aws: Running;
  before(async () => {
    aws = await running();
  });
  after(() => aws.emulator.stop());

  /** Sends a request with any headers, including those that fetch would not send. */
  const status = (url: string, { method = 'GET', headers, body = '' }: RawRequest) =>
    new Promise<number | undefined>((resolve, reject) => {
      const clientRequest = request(url, { method, headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      clientRequest.on('error', reject);
      clientRequest.end(body);
    });

  const pages: readonly { name: string; headers: Record<string, string> }[] = [
    { name: 'an Origin', headers: { origin: 'https://evil.example' } },
    { name: 'the Origin null', headers: { origin: 'null' } },
    { name: 'another site', headers: { 'sec-fetch-site': 'cross-site' } },
    { name: 'another port of this machine', headers: { 'sec-fetch-site': 'same-site' } },
    { name: 'a name that was rebound to this machine', headers: { host: 'evil.example:80' } },
    {
      name: 'a rebound name that is its own origin',
      headers: { host: 'evil.example', 'sec-fetch-site': 'same-origin' },
    },
    { name: 'a name that only begins like this machine', headers: { host: 'localhost.evil.example' } },
    { name: 'a name that only begins like an address', headers: { host: '127.0.0.1.evil.example' } },
  ];
  for (const { name, headers } of pages) {
    it(`refuse a page with ${name}`, async () => {
      const { mint, control } = aws.emulator.ready;
      for (const path of ['secrets', 'sessions', 'requests', 'faults', 'clock', 'nothing']) {
        assert.equal(await status(`${control}/${path}`, { headers }), 403);
      }
      const clock = { method: 'POST', headers, body: '{"advanceSeconds": 1}' };
      assert.equal(await status(`${control}/clock`, clock), 403);
      assert.equal(await status(mint, { method: 'POST', headers, body: '{"provider": "github"}' }), 403);
    });
  }

  it('did nothing for those pages', async () => {
    const { offsetSeconds } = (await (await aws.control('GET', 'clock')).json()) as { offsetSeconds: number };
    assert.equal(offsetSeconds, 0);
    const { secrets } = (await (await aws.control('GET', 'secrets')).json()) as { secrets: unknown[] };
    assert.equal(secrets.length, 2);
  });

  for (const host of [
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1:1',
    '[::1]:8080',
    '192.168.1.5',
    'host.docker.internal',
  ]) {
    it(`answer a program that calls the emulator ${host}`, async () => {
      assert.equal(await status(`${aws.emulator.ready.control}/clock`, { headers: { host } }), 200);
    });
  }

  it('answer an address that the user typed into a browser', async () => {
    const headers = { 'sec-fetch-site': 'none' };
    assert.equal(await status(`${aws.emulator.ready.control}/clock`, { headers }), 200);
  });

  it('leave STS and the issuers open to any host name, as behind DNS', async () => {
    const { sts, issuers } = aws.emulator.ready;
    const headers = { host: 'sts.eu-west-1.amazonaws.com', origin: 'https://evil.example' };
    assert.equal(await status(`${sts}/?Action=GetCallerIdentity&Version=2011-06-15`, { headers }), 403);
    assert.equal(await status(`${issuers.github}/.well-known/openid-configuration`, { headers }), 200);
  });

  it('refuse a deeply nested body instead of crashing', async () => {
    const { mint } = aws.emulator.ready;
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const claims of [deep, deep.replaceAll('[', '{"a":').replaceAll(']', '}').replace(':}', ':1}')]) {
      const response = await fetch(mint, {
        method: 'POST',
        body: `{"provider": "github", "claims": {"deep": ${claims}}}`,
      });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /nested deeper than 100 levels/);
    }
  });
});
