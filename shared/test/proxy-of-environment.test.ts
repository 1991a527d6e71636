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
      const found = proxyProblems(env);
      assert.deepEqual(
        found,
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
    it(`must have signs encoded that end an address or begin an escape: ${address.replace(/:.*@/, ':…@')}`, () => {
      const [problem, ...more] = proxyProblems({ HTTPS_PROXY: address });
      assert.deepEqual([problem?.option, more], ['HTTPS_PROXY', []]);
      assert.match(problem?.message ?? '', /must be percent-encoded \(%25 for %\)$/);
      assert.ok(!/50%off|1234/.test(problem?.message ?? ''));
    });
  }

  it('takes them encoded, and a slash at the end', () => {
    assert.deepEqual(proxyProblems({ HTTPS_PROXY: 'http://build:50%25off%23%2F@proxy:3128/' }), []);
  });

  it('is none where no variable names one, and nothing is loaded to find out', () => {
    assert.equal(proxyOfEnvironment({})(new URL('https://sts.example.com')), undefined);
  });

  it('is the one named, but for the hosts that NO_PROXY lists', async () => {
    const names = ['HTTPS_PROXY', 'NO_PROXY'] as const;
    const before = names.map((name) => process.env[name]);
    try {
      process.env['HTTPS_PROXY'] = 'proxy.example.com:3128';
      process.env['NO_PROXY'] = 'sts.eu-west-1.amazonaws.com,.internal';
      const proxyFor = proxyOfEnvironment(process.env);
      const named = await proxyFor(new URL('https://sts.example.com'));
      assert.equal(named?.href, 'http://proxy.example.com:3128/');
      for (const direct of ['https://sts.eu-west-1.amazonaws.com', 'https://sts.internal']) {
        assert.equal(await proxyFor(new URL(direct)), undefined);
      }
    } finally {
      for (const [at, name] of names.entries()) {
        if (before[at] === undefined) delete process.env[name];
        else process.env[name] = before[at];
      }
    }
  });
});
