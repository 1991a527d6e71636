import assert from 'node:assert/strict';
import { isLoopback, parseSecretUrl } from '../src/net/secret-url.ts';

describe('a URL that a secret is sent to', () => {
  const accepted = [
    'https://sts.eu-west-1.amazonaws.com',
    'https://sts.eu-west-1.amazonaws.com/',
    'https://STS.eu-west-1.amazonaws.com:443/',
    'https://vpce-1.sts.eu-west-1.vpce.amazonaws.com:8443/a/b/',
    'https://[2001:db8::1]:8443/',
    'https://dev.azure.com/acme/a%20b/_apis/x',
    'http://127.0.0.1:4566',
    'http://127.1.2.3/sts/',
    'http://[::1]:4566/',
    'http://localhost:4566/',
  ];
  for (const text of accepted) {
    it(`is ${text}`, () => {
      const url = parseSecretUrl(text);
      assert.ok(url instanceof URL, String(url));
      const host = /^https?:\/\/([^/]+)/i.exec(text)?.[1]?.toLowerCase();
      assert.equal(url.host, host?.replace(/:443$/, ''));
    });
  }

  const refused: readonly [text: string, reason: RegExp][] = [
    ['', /not a URL/],
    ['sts.eu-west-1.amazonaws.com', /not a URL/],
    ['localhost:4566', /no scheme: write https:\/\//],
    ['sts.example.com:443/path', /no scheme/],
    ['127.0.0.1:4566', /no scheme/],
    ['ftp://sts.example.com/', /not https/],
    ['javascript:alert(1)', /not https/],
    ['http://sts.example.com/', /not https/],
    ['http://x.localhost/', /not https/],
    ['http://localhost./', /not https|plainly/],
    ['http://127.0.0.1.example.com/', /not https/],
    ['http://[::2]/', /not https/],
    ['https://user@sts.example.com/', /user or a password/],
    ['https://user:password@sts.example.com/', /user or a password/],
    ['https://:p@x/', /user or a password/],
    ['https://@sts.example.com/', /user or a password/],
    ['https://sts.example.com/?a=b', /query or a fragment/],
    ['https://sts.example.com/?', /query or a fragment/],
    ['https://sts.example.com/#a', /query or a fragment/],
    ['https://sts.example.com#', /query or a fragment/],
    ['https://sts.eu-west-1.amazonaws.com//evil.example/', /empty/],
    ['http://127.0.0.1//192.0.2.2:33531/', /empty/],
    ['https://sts.example.com/a//b', /empty/],
    ['https://sts.example.com//', /empty/],
    ['https://sts.example.com/a/../b', /plainly|empty/],
    ['https://sts.example.com/..', /plainly|empty/],
    ['https://sts.example.com/./a', /plainly|empty/],
    ['https://sts.example.com/a/%2e%2e/b', /plainly|empty/],
    ['https://sts.example.com/%2E/b', /plainly|empty/],
    ['https://sts.example.com/a%2fb', /encoded separator/],
    ['https://sts.example.com/a%5Cb', /encoded separator/],
    ['https://sts.example.com/a%00', /encoded separator/],
    ['https://sts.example.com/a%zz', /encoded separator/],
    ['https://sts.example.com\\@evil.example/', /user|plainly/],
    ['https://sts.example.com\\evil', /plainly/],
    ['https:\\\\sts.example.com/', /plainly/],
    ['https:/sts.example.com/', /plainly/],
    ['https:sts.example.com', /plainly/],
    ['https:///sts.example.com/', /plainly|empty/],
    ['https://sts.example.com/a\tb', /plainly/],
    ['https://sts.exa\nmple.com/', /plainly/],
    [' https://sts.example.com/', /plainly/],
    ['https://ｓｔｓ.example.com/', /plainly/],
    ['https://sts。example.com/', /plainly/],
    ['https://sts.example.com/ä', /plainly/],
    ['https://0x7f.1/', /plainly/],
    ['http://2130706433/', /plainly/],
    ['http://127.1/', /plainly/],
    ['https://sts.example.com:99999/', /not a URL/],
    ['https://-sts.example.com/', /plainly/],
  ];
  for (const [text, reason] of refused) {
    it(`is not ${JSON.stringify(text)}`, () => {
      const problem = parseSecretUrl(text);
      assert.ok(typeof problem === 'string', `accepted as ${String(problem)}`);
      assert.match(problem, reason);
    });
  }

  it('is refused in linear time', () => {
    const begin = process.cpuUsage();
    for (const part of ['/', '/.', '/%2e', 'a-', '..', '%', '@', 'a.'])
      parseSecretUrl(`https://sts.example.com/${part.repeat(100_000)}`);
    const { user } = process.cpuUsage(begin);
    assert.ok(user < 2_000_000, `${user} µs`);
  });

  it('treats only names that cannot belong to another machine as this one', () => {
    for (const host of ['127.0.0.1', '127.255.255.254', '[::1]', 'localhost']) assert.ok(isLoopback(host), host);
    for (const host of ['sts.localhost', 'localhost.', '128.0.0.1', '[::2]', '0.0.0.0', ''])
      assert.ok(!isLoopback(host), host);
  });
});
