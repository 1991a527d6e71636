import assert from 'node:assert/strict';
import { networkOfAgent, proxyOfAgent } from '../AwsOidcAssume/AwsOidcAssumeV1/src/agent/agent-network.ts';

const STS = new URL('https://sts.eu-west-1.amazonaws.com/path?query');

function hostOf(variables: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}) {
  const variable = (name: string) => variables[name] || undefined;
  return { variable, secretVariable: variable, environment };
}
const noFile = async () => assert.fail('no file is to be read');

const PEM = '-----BEGIN CERTIFICATE-----';

describe('the proxy of the agent', () => {
  it('has its user and password encoded, with any characters', async () => {
    const user = 'DOMAIN\\me';
    const password = 'p@ss:w/o?r#d%&+ ü';
    const proxy = await proxyOfAgent({ url: 'http://proxy.example.com:8080', user, password, bypass: [] })(STS);
    assert.equal(proxy?.host, 'proxy.example.com:8080');
    assert.deepEqual(
      [proxy?.username, proxy?.password].map((text) => decodeURIComponent(text ?? '')),
      [user, password],
    );
    assert.ok(URL.canParse(proxy?.href ?? ''));
  });

  const bypasses = [
    { name: 'a pattern of the host', bypass: ['sts\\..*\\.amazonaws\\.com'], direct: true },
    { name: 'without case', bypass: ['AMAZONAWS'], direct: true },
    { name: 'a pattern from end to end', bypass: ['^https://sts\\.eu-west-1\\.amazonaws\\.com$'], direct: true },
    { name: 'words of the path and the query alone', bypass: ['path', 'query'], direct: false },
    { name: 'another host', bypass: ['example\\.com'], direct: false },
    { name: 'a pattern that JavaScript cannot read', bypass: ['(?<broken', '[z'], direct: false },
    { name: 'none', bypass: [], direct: false },
  ];
  for (const { name, bypass, direct } of bypasses) {
    it(`is bypassed according to the list: ${name}`, async () => {
      const proxy = await proxyOfAgent({ url: 'http://proxy.example.com', bypass })(STS);
      assert.equal(proxy === undefined, direct);
    });
  }

  it('is read from the variables of the agent', async () => {
    const { network } = await networkOfAgent(
      hostOf({
        'Agent.ProxyUrl': 'http://proxy.example.com:8080',
        'Agent.ProxyUsername': 'me',
        'Agent.ProxyPassword': 'secret',
        'Agent.ProxyBypassList': '["a","b"]',
        'Agent.CAInfo': '/agent/ca.pem',
      }),
      async (file) => `${PEM} of ${file}`,
    );
    assert.deepEqual(network, {
      proxy: { url: 'http://proxy.example.com:8080', user: 'me', password: 'secret', bypass: ['a', 'b'] },
      ca: `${PEM} of /agent/ca.pem`,
    });
    assert.deepEqual(JSON.parse(JSON.stringify(network)), network);
  });

  it("adds the agent's certificates to those that Node was told to trust", async () => {
    const fileSystem = async (file: string) => (file === '/nowhere.pem' ? assert.fail() : `${PEM} ${file}`);
    const caOf = async (environment: Record<string, string>, variables: Record<string, string>) =>
      (await networkOfAgent(hostOf(variables, environment), fileSystem)).network.ca;
    const agent = { 'Agent.CAInfo': '/agent/ca.pem' };
    assert.equal(
      await caOf({ NODE_EXTRA_CA_CERTS: '/node/ca.pem' }, agent),
      `${PEM} /agent/ca.pem\n${PEM} /node/ca.pem`,
    );
    assert.equal(await caOf({ NODE_EXTRA_CA_CERTS: '/nowhere.pem' }, agent), `${PEM} /agent/ca.pem\n`);
    assert.equal(await caOf({ NODE_EXTRA_CA_CERTS: '' }, agent), `${PEM} /agent/ca.pem`);
    assert.equal(await caOf({ NODE_EXTRA_CA_CERTS: '/node/ca.pem' }, {}), undefined);
  });

  it('is refused if its file of certificates has none', async () => {
    const { network, problems } = await networkOfAgent(hostOf({ 'Agent.CAInfo': '/agent/ca.der' }), async () => 'x');
    assert.deepEqual(network, {});
    const message = 'is /agent/ca.der, a file without a certificate in PEM form';
    assert.deepEqual(problems, [{ option: 'Agent.CAInfo', message }]);
  });

  it("suggests the container's volumes if the agent's certificates are missing", async () => {
    const warningsFor = async (code: string) => {
      const read = () => Promise.reject(Object.assign(new Error(code), { code }));
      const { network, problems } = await networkOfAgent(hostOf({ 'Agent.CAInfo': '/agent/ca.pem' }), read);
      assert.deepEqual(network, {});
      return problems.map(({ option, message }) => `${option} ${message}`).join();
    };
    assert.equal(await warningsFor('EACCES'), 'Agent.CAInfo is /agent/ca.pem, a file that cannot be read (EACCES)');
    assert.match(
      await warningsFor('ENOENT'),
      /^Agent\.CAInfo is \/agent\/ca\.pem.*\(ENOENT\); in a container job.*volumes:/,
    );
  });

  it('is undefined if the agent has none', async () => {
    assert.deepEqual(await networkOfAgent(hostOf({}), noFile), { network: {}, problems: [] });
  });

  it("must be an address, both the agent's and the environment's", async () => {
    const wrong = async (variables: Record<string, string>, environment?: Record<string, string>) => {
      const { network, problems } = await networkOfAgent(hostOf(variables, environment), noFile);
      assert.deepEqual(network, {});
      return problems.map(({ option, message }) => `${option} ${message}`).join();
    };
    assert.match(await wrong({ 'Agent.ProxyUrl': 'socks5://proxy' }), /^Agent\.ProxyUrl is not the address/);
    assert.match(await wrong({ 'Agent.ProxyUrl': 'http://me:50%@proxy' }), /^Agent\.ProxyUrl is not of the form/);
    assert.match(await wrong({}, { HTTPS_PROXY: 'ftp://proxy' }), /^HTTPS_PROXY is not the address/);
    const proxy = { 'Agent.ProxyUrl': 'http://proxy' };
    assert.equal(await wrong({ ...proxy, 'Agent.ProxyBypassList': 'a, b' }), 'Agent.ProxyBypassList is not JSON');
  });

  it('has no bypass list if the agent has no proxy, or wrote none', async () => {
    const bypassOf = async (variables: Record<string, string>) =>
      (await networkOfAgent(hostOf(variables), noFile)).network.proxy?.bypass;
    assert.equal(await bypassOf({ 'Agent.ProxyBypassList': 'a, b' }), undefined);
    assert.deepEqual(await bypassOf({ 'Agent.ProxyUrl': 'http://proxy', 'Agent.ProxyBypassList': 'null' }), []);
    assert.deepEqual(await bypassOf({ 'Agent.ProxyUrl': 'http://proxy' }), []);
  });
});
