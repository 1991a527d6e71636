import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { TransportError } from '@aws-oidc-assume/shared';
import { answer, runCli, type Scripted, tokenText } from './support.ts';

const ACCESS = randomBytes(30).toString('base64url');
const AZURE = {
  TF_BUILD: 'True',
  SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/acme/p/_apis/distributedtask/hubs/build/plans/a/jobs/b/oidctoken',
  SYSTEM_ACCESSTOKEN: ACCESS,
  SYSTEM_COLLECTIONURI: 'https://acme.visualstudio.com/',
  SYSTEM_TEAMPROJECT: 'shop',
  BUILD_BUILDID: '4711',
};
const GITHUB = {
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com/idtoken?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: ACCESS,
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_RUN_ID: '77',
};

const inspect = (env: Record<string, string>, answers: readonly Scripted[], ...args: string[]) =>
  runCli(['inspect', '--json', ...args], { env, answers });

describe('requesting a token', () => {
  for (const [uri, owner] of [
    ['https://dev.azure.com/acme/', 'acme'],
    ['https://dev.azure.com/acme%20two/', 'acme two'],
    ['https://dev.azure.com/50%/', '50%'],
    ['https://acme.vsrm.visualstudio.com/', 'acme'],
    ['nowhere', ''],
  ] as const) {
    it(`names the organization of a job: ${uri}`, async () => {
      const env = { ...AZURE, SYSTEM_COLLECTIONURI: uri };
      const { stdout } = await inspect(env, [answer(200, { oidcToken: tokenText() })]);
      assert.equal(JSON.parse(stdout).run.owner, owner);
    });
  }

  it("uses the whole branch, and a release's own id", async () => {
    const env = { ...AZURE, BUILD_SOURCEBRANCH: 'refs/heads/feature/main', RELEASE_RELEASEID: '9' };
    const { run } = JSON.parse((await inspect(env, [answer(200, { oidcToken: tokenText() })])).stdout);
    assert.deepEqual([run.branch, run.build], ['feature/main', '9']);
  });

  for (const [ref, branch] of [
    ['refs/heads/feature/main', 'feature/main'],
    ['refs/tags/main', undefined],
    ['refs/pull/7/merge', undefined],
  ] as const) {
    it(`names the branch of a GitHub job: ${ref} is of ${branch ?? 'none'}`, async () => {
      const env = { ...GITHUB, GITHUB_REF: ref, GITHUB_REF_NAME: 'main' };
      const { stdout } = await inspect(env, [answer(200, { value: tokenText() })]);
      assert.equal(JSON.parse(stdout).run.branch, branch);
    });
  }

  it('asks Azure DevOps as in its REST reference', async () => {
    const { status, stdout, context } = await inspect(
      AZURE,
      [answer(200, { oidcToken: tokenText() })],
      '--service-connection-id',
      'guid-1',
    );
    assert.equal(status, 0);
    const [request] = context.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request?.url.search, '?api-version=7.1&serviceConnectionId=guid-1');
    assert.equal(request?.headers['authorization'], `Bearer ${ACCESS}`);
    assert.equal(request?.headers['x-tfs-fedauthredirect'], 'Suppress');
    assert.deepEqual(JSON.parse(stdout).run, {
      system: 'azure',
      owner: 'acme',
      repository: 'shop',
      build: '4711',
      step: '',
    });
  });

  for (const [args, audience] of [
    [[], 'sts.amazonaws.com'],
    [['--audience', 'api://x y'], 'api://x y'],
  ] as const) {
    it(`asks GitHub for the audience ${audience}`, async () => {
      const { context } = await inspect(GITHUB, [answer(200, { value: tokenText() })], ...args);
      const [request] = context.requests;
      assert.equal(request?.method, 'GET');
      assert.equal(request?.url.searchParams.get('audience'), audience);
      assert.equal(request?.url.searchParams.get('api-version'), '2.0');
    });
  }

  const healing: { name: string; first: Scripted }[] = [
    { name: 'throttling', first: answer(429, '') },
    { name: 'a fault of the service', first: answer(503, '<html>') },
    { name: 'a broken connection', first: new TransportError('ECONNRESET', 'socket hang up') },
    { name: 'an answer without a token', first: answer(200, { oidcToken: null }) },
  ];
  for (const { name, first } of healing) {
    it(`retries after ${name}`, async () => {
      const { status, context } = await inspect(AZURE, [first, answer(200, { oidcToken: tokenText() })]);
      assert.equal(status, 0);
      assert.equal(context.requests.length, 2);
      assert.equal(context.waits.length, 1);
    });
  }

  it('waits as long as the service requires', async () => {
    const busy = answer(429, '', { 'retry-after': '7' });
    const { status, context } = await inspect(AZURE, [busy, answer(200, { oidcToken: tokenText() })]);
    assert.equal(status, 0);
    const [wait = 0] = context.waits;
    assert.ok(wait >= 7000, `${wait} ms`);
  });

  const refused: { name: string; first: Scripted; code: string; expected: RegExp }[] = [
    {
      name: 'an access token that is not accepted',
      first: answer(401, { message: `TF400813: ${ACCESS} is not authorized` }),
      code: 'TokenRequestRefused',
      expected:
        /SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)[\s\S]*TF400813: \[secret\] is not authorized \(HTTP 401\)/,
    },
    {
      name: 'a connection the job does not name',
      first: answer(400, { count: 1, value: 'There is no explicit reference to service connection x' }),
      code: 'TokenRequestRefused',
      expected: /Add a task with that connection to this job/,
    },
    {
      name: 'a sign-in page',
      first: answer(203, '<!DOCTYPE html>'),
      code: 'TokenRequestRefused',
      expected: /sign-in page/,
    },
    {
      name: 'a wrong method',
      first: answer(405, { value: { Message: 'no GET' } }),
      code: 'TokenRequestRefused',
      expected: /no GET/,
    },
    { name: 'silence', first: answer(404, ''), code: 'TokenRequestRefused', expected: /an empty answer/ },
    {
      name: 'an untrusted certificate',
      first: new TransportError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed'),
      code: 'CertificateNotTrusted',
      expected: /self-signed/,
    },
  ];
  for (const { name, first, code, expected } of refused) {
    it(`gives up immediately on ${name}, and never shows the access token`, async () => {
      const { status, stderr, context } = await runCli(['inspect'], { env: AZURE, answers: [first] });
      assert.equal(status, 1);
      assert.equal(context.requests.length, 1);
      assert.match(stderr, new RegExp(`^✖ ${code}`));
      assert.match(stderr, expected);
      assert.ok(!stderr.includes(ACCESS));
    });
  }

  it('gives up after some attempts, and counts them', async () => {
    const { status, stderr, context } = await runCli(['inspect'], { env: AZURE, answers: [answer(503, '')] });
    assert.equal(status, 1);
    assert.equal(context.requests.length, 5);
    assert.match(stderr, /ServiceFault[\s\S]*5 attempts/);
  });

  it('sends nothing if the proxy is not an address', async () => {
    const { status, stderr, context } = await runCli(['inspect'], { env: { ...AZURE, HTTPS_PROXY: 'http://:x:y' } });
    assert.equal(status, 2);
    assert.match(stderr, /HTTPS_PROXY is not the address of an HTTP proxy/);
    assert.equal(context.requests.length, 0);
  });
});
