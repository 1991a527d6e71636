import assert from 'node:assert/strict';
import { BITBUCKET, bitbucketStep, NOW, ROLE, runCli, tokenText } from './support.ts';

const seconds = NOW.getTime() / 1000;
const AZURE = {
  iss: 'https://vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
  aud: 'api://AzureADTokenExchange',
  sub: 'p://acme/shop/deploy',
  rpo_ref: '##vso[task.setvariable variable=PATH]/tmp',
  branchName: undefined,
};

async function inspected(claims: Readonly<Record<string, unknown>>, ...args: string[]) {
  const { status, stdout, stderr } = await runCli(['inspect', '--token-file', '-', '--json', ...args], {
    stdin: `${tokenText(claims)}\n`,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

describe('inspect', () => {
  it('shows the claims of a Bitbucket token that IAM can match, and the others', async () => {
    const path = BITBUCKET.iss.slice('https://'.length);
    const view = await inspected({}, '--role-arn', ROLE);
    assert.equal(view.system, 'Bitbucket Pipelines');
    assert.deepEqual(view.conditionKeys, { [`${path}:sub`]: BITBUCKET.sub, [`${path}:aud`]: BITBUCKET.aud });
    assert.deepEqual(view.unmatchable, ['branchName']);
    assert.match(view.notes.join('\n'), /context provider [^\n]* aws:TransactionContext[^\n]* not confirmed\./);
    assert.deepEqual([view.age, view.expiresIn], [10, 3590]);
    assert.equal(view.identityProvider, `arn:aws:iam::123456789012:oidc-provider/${path}`);
    assert.equal(view.subject.repositoryUuid, 'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22');
    assert.match(view.notes.join('\n'), /new in every run[\s\S]*no `deployment:`/);
  });

  it('does not treat the tag of a Bitbucket step as a branch', async () => {
    const { BITBUCKET_BRANCH: _, ...step } = bitbucketStep();
    const { stdout } = await runCli(['inspect', '--json'], { env: { ...step, BITBUCKET_TAG: 'main' } });
    assert.equal(JSON.parse(stdout).run.branch, undefined);
  });

  it('shows only subject and audience of Azure DevOps as condition keys', async () => {
    const view = await inspected(AZURE);
    assert.deepEqual(
      Object.keys(view.conditionKeys).map((key) => key.split(':').at(-1)),
      ['sub', 'aud'],
    );
    assert.deepEqual(view.unmatchable, ['rpo_ref']);
    assert.equal(view.subject.pipeline, 'deploy');
    assert.equal(view.identityProvider, undefined);
  });

  it('shows the further condition keys of GitHub', async () => {
    const view = await inspected({
      iss: 'https://token.actions.githubusercontent.com',
      aud: 'sts.amazonaws.com',
      sub: 'repo:acme/shop:environment:production',
      environment: 'production',
      sha: 'abc',
      branchName: undefined,
    });
    assert.equal(view.conditionKeys['token.actions.githubusercontent.com:environment'], 'production');
    assert.deepEqual(view.unmatchable, ['sha']);
  });

  const noted = [
    {
      name: 'several audiences',
      claims: { aud: ['a', 'b'] },
      expected: /AWS refuses this token: it has several audiences/,
    },
    { name: 'an authorized party', claims: { azp: 'x' }, expected: /AWS matches it instead of the audience/ },
    {
      name: 'missing claims',
      claims: { sub: undefined, exp: undefined },
      expected: /AWS refuses this token: it has no sub, exp\./,
    },
    { name: 'expiry', claims: { exp: seconds - 301 }, expected: /AWS refuses this token: it expired/ },
    {
      name: 'an unknown issuer',
      claims: { iss: 'https://ci.example.com' },
      expected: /issuer is unknown to this program/,
    },
    {
      name: 'the Entra issuer',
      claims: {
        iss: 'https://login.microsoftonline.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55/v2.0',
        sub: '/eid1/c/pub/t/abc/a/def/sc/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55/8c7b6a59-4837-4261-8504-f3e2d1c0b999',
      },
      expected: /Microsoft Entra issued/,
    },
  ];
  for (const { name, claims, expected } of noted) {
    it(`notes ${name}`, async () => {
      assert.match((await inspected(claims)).notes.join('\n'), expected);
    });
  }

  it('does not report a missing issuer as unknown', async () => {
    const { notes } = await inspected({ iss: undefined });
    assert.deepEqual(notes, ['AWS refuses this token: it has no iss.']);
  });

  it('does not report a token as refused within the five minutes that AWS allows', async () => {
    const view = await inspected({ exp: seconds - 299 });
    assert.doesNotMatch(view.notes.join('\n'), /expired/);
    assert.equal(view.expiresIn, -299);
  });

  it('prints claims without log commands, and never the token', async () => {
    const env = bitbucketStep(AZURE);
    const { stdout } = await runCli(['inspect'], { env });
    assert.match(stdout, /rpo_ref +#·#vso\[task\.setvariable/);
    assert.match(stdout, /IAM can match/);
    assert.ok(!stdout.includes(env['BITBUCKET_STEP_OIDC_TOKEN'] ?? ''));
    assert.ok(!stdout.includes((env['BITBUCKET_STEP_OIDC_TOKEN'] ?? '').split('.')[2] ?? ''));
  });

  const times = [
    { name: 'past', iat: seconds - 20, exp: seconds - 10, expected: /issued .*\(20 s ago\)\n +expires .*\(10 s ago\)/ },
    {
      name: 'to come',
      iat: seconds + 10,
      exp: seconds + 20,
      expected: /issued .*\(in 10 s\)\n +expires .*\(in 20 s\)/,
    },
  ];
  for (const { name, iat, exp, expected } of times) {
    it(`shows the distance of times ${name}`, async () => {
      const { stdout } = await runCli(['inspect', '--token-file', '-'], { stdin: tokenText({ iat, exp }) });
      assert.match(stdout, expected);
    });
  }

  it('reports a token without times', async () => {
    const { stdout } = await runCli(['inspect', '--token-file', '-'], {
      stdin: tokenText({ iat: undefined, exp: 'soon' }),
    });
    assert.match(stdout, /issued +\(the token does not say\)\n +expires +\(the token does not say\)/);
  });

  it('reads a token from a variable of any name', async () => {
    const { status, stdout } = await runCli(['inspect', '--token-variable', 'CIRCLE_OIDC_TOKEN_V2'], {
      env: { CIRCLE_OIDC_TOKEN_V2: tokenText() },
    });
    assert.equal(status, 0);
    assert.match(stdout, /^Identity token of Bitbucket Pipelines \(CIRCLE_OIDC_TOKEN_V2\)$/m);
  });

  const unavailable = [
    {
      name: 'no CI system',
      args: [],
      env: {},
      expected: /not a job of Bitbucket Pipelines, Azure Pipelines or GitHub Actions[\s\S]*--token-file/,
    },
    { name: 'a step without oidc', args: [], env: { BITBUCKET_BUILD_NUMBER: '1' }, expected: /oidc: true/ },
    { name: 'Azure DevOps Server', args: [], env: { TF_BUILD: 'True' }, expected: /SYSTEM_OIDCREQUESTURI is not set/ },
    {
      name: 'an access token that was not mapped',
      args: [],
      env: { SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/acme/oidctoken' },
      expected: /SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)/,
    },
    {
      name: 'a GitHub job without the permission',
      args: [],
      env: { GITHUB_ACTIONS: 'true' },
      expected: /id-token: write/,
    },
    { name: 'an empty variable', args: ['--token-variable', 'X'], env: { X: ' ' }, expected: /variable X is not set/ },
    {
      name: 'a request address with plain http',
      args: [],
      env: { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://token.example.com/', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' },
      expected: /ACTIONS_ID_TOKEN_REQUEST_URL is not https/,
    },
  ];
  for (const { name, args, env, expected } of unavailable) {
    it(`explains the fix for ${name}`, async () => {
      const { status, stdout, stderr, context } = await runCli(['inspect', ...args], { env });
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /TokenUnavailable/);
      assert.match(stderr, expected);
      assert.equal(context.requests.length, 0);
    });
  }

  const malformed = [
    {
      name: 'empty input',
      args: ['--token-file', '-'],
      env: {},
      says: /it is empty\.[\s\S]*Check that standard input holds/,
    },
    {
      name: 'a variable of something else',
      args: ['--token-variable', 'CI_TOKEN'],
      env: { CI_TOKEN: 'x' },
      says: /1 part between[\s\S]*Check that CI_TOKEN holds/,
    },
  ];
  for (const { name, args, env, says } of malformed) {
    it(`names the place of the token for ${name}`, async () => {
      const { status, stderr } = await runCli(['inspect', ...args], { env, stdin: '' });
      assert.equal(status, 1);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /CI system gave/);
    });
  }

  it('reports failures as JSON with --json', async () => {
    const { status, stderr } = await runCli(['inspect', '--json', '--token-file', '-'], { stdin: 'no token' });
    assert.equal(status, 1);
    const { error } = JSON.parse(stderr);
    assert.equal(error.code, 'TokenMalformed');
    assert.match(error.report.join('\n'), /\nFix: Check that standard input/);
  });

  for (const [option, value] of [
    ['--audience', 'x'],
    ['--service-connection-id', 'x'],
  ] as const) {
    it(`refuses ${option} if it has no effect`, async () => {
      const { status, stderr } = await runCli(['inspect', option, value], { env: bitbucketStep() });
      assert.equal(status, 2);
      assert.match(stderr, /works only in a job of/);
    });
  }
});
