import assert from 'node:assert/strict';
import { proxyOfEnvironment, proxyProblems } from '../src/net/proxy.ts';

describe('the proxy of the environment', () => {
  const problems = [
    { name: 'address', env: { HTTPS_PROXY: 'http://proxy.example.com:3128' }, wrong: [] },
    { name: 'address without a scheme', env: { HTTPS_PROXY: 'proxy.example.com:3128' }, wrong: [] },
    { name: 'address with a password', env: { https_proxy: 'http://me:pass@proxy.example.com' }, wrong: [] },
    { name: 'address of a proxy that speaks TLS', env: { HTTPS_PROXY: 'https://proxy.example.com' }, wrong: [] },
    { name: 'none', env: { HTTPS_PROXY: '', NO_PROXY: '*' }, wrong: [] },
    { name: 'another protocol', env: { ALL_PROXY: 'socks5://me:pass@proxy:1080' }, wrong: ['ALL_PROXY'] },
    { name: 'no address', env: { HTTPS_PROXY: 'http://me:pass@:x' }, wrong: ['HTTPS_PROXY'] },
    { name: 'lower case first', env: { HTTPS_PROXY: ':::', https_proxy: 'http://a' }, wrong: [] },
  ];
  for (const { name, env, wrong } of problems) {
    it(`is checked without showing it: ${name}`, () => {
      const optionProblems = proxyProblems(env);
      assert.deepEqual(
        optionProblems,
        wrong.map((option) => ({ option, message: 'is not the address of an HTTP proxy (http://host:port)' })),
      );
    });
  }

  for (const address of [
    'http://build:50%off@proxy:3128',
    'http://build:1234#abc@127.0.0.1:3128',
    'http://build:1234?abc@127.0.0.1:3128',
    'http://build:1234/abc@127.0.0.1:3128',
    'http://proxy:3128/path',
  ]) {
    it(`must encode characters that end an address or begin an escape: ${address.replace(/:.*@/, ':…@')}`, () => {
      const [problem, ...more] = proxyProblems({ HTTPS_PROXY: address });
      assert.deepEqual([problem?.option, more], ['HTTPS_PROXY', []]);
      assert.match(problem?.message ?? '', /must be percent-encoded \(%25 for %\)$/);
      assert.ok(!/50%off|1234/.test(problem?.message ?? ''));
    });
  }

  it('accepts them encoded, and a slash at the end', () => {
    assert.deepEqual(proxyProblems({ HTTPS_PROXY: 'http://build:50%25off%23%2F@proxy:3128/' }), []);
  });

  it('is undefined without variables, and nothing is loaded to find out', () => {
    assert.equal(proxyOfEnvironment({})(new URL('https://sts.example.com')), undefined);
  });

  it('is the named one, except for the hosts in NO_PROXY', async () => {
    const proxyFor = proxyOfEnvironment({
      HTTPS_PROXY: 'proxy.example.com:3128',
      NO_PROXY: 'sts.eu-west-1.amazonaws.com,internal:8443',
    });
    for (const proxied of ['https://sts.example.com', 'https://sts.internal']) {
      assert.equal((await proxyFor(new URL(proxied)))?.href, 'http://proxy.example.com:3128/');
    }
    for (const direct of ['https://sts.eu-west-1.amazonaws.com', 'https://sts.internal:8443']) {
      assert.equal(await proxyFor(new URL(direct)), undefined);
    }
  });

  it('reads lower case before upper case, and the same for NO_PROXY', async () => {
    const proxyFor = proxyOfEnvironment({
      https_proxy: 'http://lower',
      HTTPS_PROXY: 'http://upper',
      no_proxy: 'a.example',
      NO_PROXY: 'b.example',
    });
    assert.equal(await proxyFor(new URL('https://a.example')), undefined);
    assert.equal((await proxyFor(new URL('https://b.example')))?.host, 'lower');
  });

  it('reads NO_PROXY for addresses of IPv6', async () => {
    const proxyFor = proxyOfEnvironment({ HTTPS_PROXY: 'http://proxy', NO_PROXY: 'fd00::/8' });
    assert.equal(await proxyFor(new URL('https://[fd12::1]/')), undefined);
    assert.equal((await proxyFor(new URL('https://[2001:db8::1]/')))?.host, 'proxy');
  });

  it('is undefined, and not checked, if NO_PROXY is a star', () => {
    const env = { ALL_PROXY: 'socks5h://127.0.0.1:1080', NO_PROXY: '*' };
    assert.deepEqual(proxyProblems(env), []);
    assert.equal(proxyOfEnvironment(env)(new URL('https://sts.example.com')), undefined);
  });
});
