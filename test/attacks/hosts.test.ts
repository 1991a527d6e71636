/** Attacks on the destination of secrets, on the three built programs. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { awsOidc, azureScript, gitHubJob } from '../e2e/cli/aws-oidc.ts';
import { Jobs, startEmulator as startTaskEmulator } from '../e2e/task/support.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../support/index.ts';
import { Listener } from './support/listener.ts';
import { type Program, ROLE, startPrograms } from './support/programs.ts';

/** Spellings with a second meaning. G is the host that a reviewer sees, E the one behind it. */
function spellings(good: string, evil: string): string[] {
  const port = good.split(':').at(-1);
  return [
    // An empty segment is a host to `new URL(path, base)`.
    ...[`//${evil}/`, `//${evil}`, '//', '///', `//user:pass@${evil}/`, `/a//${evil}`].map(
      (end) => `http://${good}${end}`,
    ),
    ...['\\', '\\\\', '/\\'].map((slash) => `http://${good}${slash}${evil}/`),
    `http:\\\\${good}/`,
    `http://${good}\\@${evil}/`,
    ...['..', '.', '%2e%2e', '%2E.', '.%2e', '%2e'].flatMap((dots) => [
      `http://${good}/${dots}/x`,
      `http://${good}/x/${dots}`,
      `http://${good}/${dots}//${evil}`,
    ]),
    ...['%2f', '%2F', '%2f%2f', '%5c', '%5C', '%00', '%', '%zz', '%2'].map((code) => `http://${good}/a${code}/${evil}`),
    ...['user@', 'user:pass@', '@', ':@', `${good}@`, 'user%40x@'].map((user) => `http://${user}${evil}/`),
    ...['?', '?x=1', '/?', `/?@${evil}`, '#', '/#', `/#@${evil}`, '#//', '?//'].map((end) => `http://${good}${end}`),
    ...['\t', '\n', '\r', '\r\n', '\v', '\f', '\u00a0', '\u200b', '\u2028', ' '].flatMap((blank) => [
      `http://${good}/${blank}x`,
      `ht${blank}tp://${good}/x`,
      `http://${blank}${good}/x`,
    ]),
    ...[`http:/${good}`, `http:${good}`, `http:///${good}`, `//${good}`, good, `HTTP:${good}/`],
    // Other spellings of this machine.
    ...[
      '127.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '127.0.0.1.',
      '①②⑦.0.0.1',
      '127。0。0。1',
      '%31%32%37.0.0.1',
    ].map((host) => `http://${host}:${port}/`),
    ...[
      'localhost.',
      'x.localhost',
      'localhost.localdomain',
      'ｌocalhost',
      '0.0.0.0',
      '0',
      '[::]',
      '[::ffff:127.0.0.1]',
    ].map((host) => `http://${host}:${port}/`),
    ...['ftp', 'ws', 'file', 'javascript', 'blob:http', 'data'].map((scheme) => `${scheme}://${good}/`),
    // The other host could have its own certificate over TLS.
    ...[`//${evil}/`, `\\${evil}`, `/..//${evil}`, `/%2f${evil}`, `@${evil}`, `?@${evil}`, `#@${evil}`].map(
      (end) => `https://sts.eu-west-1.amazonaws.com${end}`,
    ),
    `https://user:pass@sts.eu-west-1.amazonaws.com/`,
    'https://sts.eu‐west‐1.amazonaws.com/',
    'https://sts.eu-west-1.amazonaws.com。evil.example/',
  ];
}

describe('attacks on the STS endpoint', function () {
  this.timeout(300_000);
  let programs: Program[];
  let good: Listener;
  let evil: Listener;
  before(async () => {
    programs = await startPrograms();
    good = await Listener.start();
    evil = await Listener.start(undefined, '127.0.0.2');
  });
  after(async () => {
    good?.stop();
    evil?.stop();
    for (const program of programs ?? []) await program.close();
  });

  for (const name of ['pipe', 'task', 'command line'] as const) {
    const program = () => {
      const match = programs.find((one) => one.name === name);
      assert(match);
      return match;
    };

    it(`2: no second host, user, query, fragment or odd spelling gets a token: ${name}`, async () => {
      const accepted: string[] = [];
      // The programs share the check. The others take every seventh spelling.
      const all = spellings(good.host, evil.host);
      for (const stsEndpoint of name === 'pipe' ? all : all.filter((_, index) => index % 7 === 0)) {
        const { code, output, published } = await program().assume({ stsEndpoint });
        if (code !== 'InvalidOptions' || published.length > 0)
          accepted.push(`${JSON.stringify(stsEndpoint)}: ${output}`);
      }
      assert.deepEqual(accepted, []);
      assert.equal(good.connections + evil.connections, 0);
    });

    it(`2: a redirect is not followed, with any status: ${name}`, async () => {
      for (const status of [301, 302, 303, 307, 308]) {
        const headers = { location: `${evil.origin}/` };
        await program().emulator.control.setFaults([
          { match: { endpoint: 'sts' }, fault: { status, headers, body: '' } },
        ]);
        const { code, published } = await program().assume();
        assert.deepEqual([code, published], ['UnexpectedAnswer', []]);
      }
      await program().emulator.control.clearFaults();
      assert.equal(evil.connections, 0);
    });

    it(`22: localhost is this machine without a name server, and names below it are refused: ${name}`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'resolver-'));
      try {
        // Simulates a hostile name server.
        const file = path.join(folder, 'resolver.mjs');
        writeFileSync(
          file,
          "import dns from 'node:dns'; import { syncBuiltinESMExports } from 'node:module';\n" +
            "dns.promises.lookup = async () => [{ address: '127.0.0.2', family: 4 }];\n" +
            "dns.lookup = (name, options, done) => (done ?? options)(null, '127.0.0.2', 4); syncBuiltinESMExports();\n",
        );
        const environment = { NODE_OPTIONS: `--import=${pathToFileURL(file)}` };
        const { port } = new URL(program().emulator.ready.sts);
        const own = await program().assume({ stsEndpoint: `http://localhost:${port}` }, environment);
        assert.ok(own.succeeded, own.output);
        for (const host of ['x.localhost', 'a.b.localhost', 'sts.localhost']) {
          const { code } = await program().assume({ stsEndpoint: `http://${host}:${evil.port}` }, environment);
          assert.equal(code, 'InvalidOptions');
        }
        assert.equal(evil.connections, 0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it(`consumers 24: no proxy gets an unencrypted request, even with NODE_USE_ENV_PROXY: ${name}`, async () => {
      const proxy = { HTTP_PROXY: evil.origin, http_proxy: evil.origin, ALL_PROXY: '', NODE_USE_ENV_PROXY: '1' };
      const { succeeded, output } = await program().assume({}, proxy);
      assert.ok(succeeded, output);
      assert.equal(evil.connections, 0);
    });

    it(`4, consumers 9: an untrusted certificate ends the run, in any environment: ${name}`, async () => {
      const { https } = program().emulator.ready;
      assert(https);
      for (const environment of [
        { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
        { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_OPTIONS: '--tls-min-v1.0 --use-openssl-ca' },
        { SSL_CERT_FILE: '/dev/null', SSL_CERT_DIR: '/nowhere', AWS_CA_BUNDLE: '/dev/null', PYTHONHTTPSVERIFY: '0' },
        { GIT_SSL_NO_VERIFY: 'true', npm_config_strict_ssl: 'false', NODE_USE_SYSTEM_CA: '0' },
      ]) {
        await program().emulator.control.clearRequests();
        const { code, published } = await program().assume(
          { stsEndpoint: https.sts, timeoutSeconds: '5' },
          environment,
        );
        assert.deepEqual([code, published], ['CertificateNotTrusted', []]);
        const calls = await program().emulator.control.requests();
        assert.equal(calls.filter(({ action }) => action === 'AssumeRoleWithWebIdentity').length, 0);
      }
    });
  }

  it('2: regions lead only to AWS: slash, @, #, newline, full-width characters, another partition', async () => {
    const [program] = programs;
    assert(program);
    for (const name of ['region', 'stsFallbackRegions'] as const) {
      for (const value of [
        'eu-west-1.evil.example/',
        'eu-west-1@evil.example',
        'eu-west-1#',
        'eu-west-1/..',
        'x.evil',
        'eu‐west‐1',
        'ｅu-west-1',
        'eu-west-1\\evil',
        'cn-north-1',
        'eu-west-1%2e',
        'eu_west_1',
        '-eu-west-1',
      ]) {
        const { code } = await program.assume({ [name]: value, stsEndpoint: '' });
        assert.equal(code, 'InvalidOptions', `${name}=${value}`);
      }
    }
  });
});

const TOKEN_PATH = '/acme/p/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken';

describe('attacks on the address of the token request', function () {
  this.timeout(300_000);
  const accessToken = randomBytes(32).toString('hex');
  let emulator: EmulatorProcess;
  let own: Listener;
  let evil: Listener;
  before(async () => {
    emulator = await startEmulatorProcess();
  });
  beforeEach(async () => {
    own = await Listener.start();
    evil = await Listener.start(undefined, '127.0.0.2');
  });
  afterEach(() => {
    own.stop();
    evil.stop();
  });
  after(() => emulator?.stop());

  const assumes = (env: Readonly<Record<string, string>>, ...command: string[]) =>
    awsOidc([...command, '--role-arn', ROLE, '--region', 'eu-west-1', '--max-attempts', '1', '--', 'true'], { env });

  const azure = (uri: string) => ({
    ...azureScript(emulator),
    SYSTEM_ACCESSTOKEN: accessToken,
    SYSTEM_OIDCREQUESTURI: uri,
    ENDPOINT_URL_SYSTEMVSSCONNECTION: `${own.origin}/acme/`,
    SYSTEM_PLANID: '1',
    SYSTEM_JOBID: '2',
  });

  it("5: the access token goes only to the job's server, in a token request of this job", async () => {
    const good = own.host;
    const addresses = [
      ...spellings(good, evil.host).map((text) => text.replace(/\/?$/, TOKEN_PATH)),
      ...[
        '?',
        '?serviceConnectionId=x',
        '?api-version=7.1',
        '#',
        '#x',
        '/',
        '//',
        '/..',
        '%00',
        '%2f',
        ';x=1',
        '/x',
      ].map((end) => `http://${good}${TOKEN_PATH}${end}`),
      `http://${evil.host}${TOKEN_PATH}`,
      `https://evil.example${TOKEN_PATH}`,
      `https://dev.azure.com.evil.example${TOKEN_PATH}`,
      `https://dev.azure.com:8443${TOKEN_PATH}`,
      `https://other.visualstudio.com${TOKEN_PATH}`,
      `https://acme.visualstudio.com.evil.example${TOKEN_PATH}`,
      `https://evil.example/dev.azure.com${TOKEN_PATH}`,
      `https://x-8080.euw.devtunnels.ms${TOKEN_PATH}`,
      ...['/acme/_apis/git/repositories', '/acme/p/_apis/pipelines/5/runs', '/', '', `${TOKEN_PATH}s`].map(
        (other) => `http://${good}${other}`,
      ),
      ...['/plans/9/', '/plans/1%2f/', '/plans//'].map(
        (plan) => `http://${good}${TOKEN_PATH.replace('/plans/1/', plan)}`,
      ),
      ...['/jobs/9/', '/jobs/2%20/', '/jobs/22/'].map((job) => `http://${good}${TOKEN_PATH.replace('/jobs/2/', job)}`),
    ];
    const accepted: string[] = [];
    for (const uri of addresses) {
      const { status, stderr, stdout } = await assumes(azure(uri), 'exec');
      if (status !== 2 || !/^✖ InvalidOptions: /.test(stderr)) accepted.push(`${JSON.stringify(uri)}: ${stderr}`);
      assert.ok(!`${stdout}${stderr}`.includes(accessToken));
    }
    assert.deepEqual(accepted, []);
    assert.equal(own.connections + evil.connections, 0);
    // The correct one is sent, so the others were refused for their differences.
    await assumes(azure(`http://${good}${TOKEN_PATH}`), 'exec');
    assert.deepEqual(own.requests[0]?.authorization, `Bearer ${accessToken}`);
  });

  it('5, own 4: a listener that an earlier step also named as the server of the job gets nothing', async () => {
    // The agent sets ENDPOINT_URL_SYSTEMVSSCONNECTION again for each step. It may be missing in a container.
    const env = { ...azure(`http://${evil.host}${TOKEN_PATH}`), SYSTEM_COLLECTIONURI: `${evil.origin}/` };
    assert.equal((await assumes(env, 'exec')).status, 2);
    assert.equal((await assumes({ ...env, ENDPOINT_URL_SYSTEMVSSCONNECTION: '' }, 'exec')).status, 2);
    assert.equal(evil.connections, 0);
  });

  it('5: the request token of GitHub goes only to a plainly spelled address, and to no redirect', async () => {
    const gitHub = (url: string) => ({
      ...gitHubJob(emulator),
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: accessToken,
      ACTIONS_ID_TOKEN_REQUEST_URL: url,
    });
    const accepted: string[] = [];
    // The runner's own address has a query.
    const withQuery = /^[^?#]*\?[\w.=&%-]*$/;
    for (const url of spellings(own.host, evil.host).filter(
      (text, index) => index % 3 === 0 && !withQuery.test(text),
    )) {
      const { status, stderr } = await assumes(gitHub(url), 'exec');
      if (status !== 1 || !/^✖ TokenUnavailable: /.test(stderr)) accepted.push(`${JSON.stringify(url)}: ${stderr}`);
    }
    assert.deepEqual(accepted, []);
    assert.equal(own.connections + evil.connections, 0);
    const redirecting = await Listener.start((_, response) => response.writeHead(307, { location: evil.origin }).end());
    await assumes(gitHub(`${redirecting.origin}/token?api-version=2.0`), 'exec');
    assert.equal(redirecting.requests[0]?.authorization, `Bearer ${accessToken}`);
    assert.equal(evil.connections, 0);
    redirecting.stop();
  });

  it('5, 13: a job variable of an earlier step does not redirect the task', async () => {
    const jobs = new Jobs(await startTaskEmulator(), 'Node20_1');
    try {
      const right = jobs.emulator.ready.oidcRequestUri;
      const { host } = new URL(right);
      const addresses = [
        // The command line tries every spelling of this address.
        ...spellings(host, evil.host).filter((text, index) => index % 7 === 0 && !/[\r\n]/.test(text)),
        ...['?serviceConnectionId=x', '?SERVICECONNECTIONID=x', '#x', '/', '%2f'].map((end) => right + end),
        right.replace(/plans\/[^/]+/, 'plans/another'),
        right.replace(/jobs\/[^/]+/, 'jobs/another'),
        right.replace(host, evil.host),
      ];
      for (const address of addresses) {
        jobs.start({ variables: { 'System.OidcRequestUri': address } });
        await jobs.emulator.control.clearRequests();
        const { result, log } = await jobs.run();
        assert.equal(result, 'Failed', address);
        assert.match(log.join('\n'), /InvalidOptions: [\s\S]*System\.OidcRequestUri/, address);
        assert.equal(await jobs.calls('azure-token'), 0);
        await jobs.finish();
      }
      assert.equal(evil.connections, 0);
    } finally {
      await jobs.close();
    }
  });
});
