import assert from 'node:assert/strict';
import { AWS_CLI } from '../../support/aws-cli.ts';
import type { BitbucketStep, EmulatorProcess } from '../../support/index.ts';
import {
  AUDIT_ROLE,
  arnOf,
  BUNDLE,
  cliSays,
  NEXT_ROLE,
  OTHER_ACCOUNT,
  ROLE,
  says,
  startEmulator,
  stepOf,
  succeed,
  variablesFor,
} from './support.ts';

describe('the sessions that the pipe opens', () => {
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator?.stop());
  beforeEach(async () => {
    step = await stepOf(emulator, { branch: 'feature/new-checkout' });
  });
  afterEach(() => {
    step.verify();
    step.dispose();
  });

  const run = (variables: Record<string, string | string[]> = {}) => succeed(step, emulator, variables);
  const lastSession = async () => (await emulator.control.sessions()).at(-1);
  const assumeNext = (shell = '') =>
    `. ./.aws-oidc/env\n${AWS_CLI} --endpoint-url ${emulator.ready.sts} sts assume-role --role-arn ${NEXT_ROLE} --role-session-name later --query AssumedRoleUser.Arn --output text${shell}`;

  const allow = (action: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
  });

  it("have the role's permissions without a session policy", async () => {
    await run();
    assert.deepEqual(await says(step, assumeNext()), [arnOf('next', undefined, 'later')]);
  });

  it('are narrowed by the inline policy, which AWS receives unchanged', async () => {
    await run({ SESSION_POLICY: JSON.stringify(allow('s3:*'), null, 2) });
    assert.deepEqual((await lastSession())?.policy, allow('s3:*'));
    const denied = await step.runScript(assumeNext(), { env: { AWS_PAGER: '' } });
    assert.match(denied.stderr, /AccessDenied/);
    await run({ SESSION_POLICY: JSON.stringify(allow('sts:AssumeRole')) });
    assert.deepEqual(await says(step, assumeNext()), [arnOf('next', undefined, 'later')]);
  });

  it('are narrowed by managed policies', async () => {
    const arns = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', `arn:aws:iam::${ROLE.split(':')[4]}:policy/deploy`];
    await run({ SESSION_POLICY_ARNS: arns });
    assert.deepEqual((await lastSession())?.policyArns, arns);
    const denied = await step.runScript(assumeNext(), { env: { AWS_PAGER: '' } });
    assert.match(denied.stderr, /AccessDenied/);
  });

  it('have the requested duration', async () => {
    await run({ DURATION_SECONDS: '900' });
    assert.equal((await lastSession())?.durationSeconds, 900);
  });

  it('have the requested name', async () => {
    await run({ ROLE_SESSION_NAME: 'release@1.2' });
    assert.deepEqual(await says(step, `. ./.aws-oidc/env\n${cliSays(emulator)}`), [
      arnOf('deploy', undefined, 'release@1.2'),
    ]);
  });

  it("have, at the end of a chain, the run's and the user's tags and the session policy", async () => {
    await run({
      CHAIN_ROLE_ARNS: NEXT_ROLE,
      CHAIN_EXTERNAL_ID: 'partner:42',
      CHAIN_SESSION_TAGS: ['run', 'Team=web'],
      SESSION_POLICY: JSON.stringify(allow('s3:*')),
    });
    assert.deepEqual(await says(step, `. ./.aws-oidc/env\n${cliSays(emulator)}`), [arnOf('next')]);
    const [first, last] = (await emulator.control.sessions()).slice(-2);
    assert.equal(first?.policy, undefined);
    assert.deepEqual(last?.policy, allow('s3:*'));
    assert.deepEqual(last?.tags, {
      CiSystem: 'bitbucket',
      Owner: 'acme',
      Repository: step.environment['BITBUCKET_REPO_UUID']?.replace(/[{}]/g, ''),
      Branch: 'feature/new-checkout',
      Build: step.environment['BITBUCKET_PIPELINE_UUID']?.replace(/[{}]/g, ''),
      Team: 'web',
    });
    const stsRequest = (await emulator.control.requests()).find(({ action }) => action === 'AssumeRole');
    assert.equal(stsRequest?.parameters['ExternalId'], 'partner:42');
  });

  it('are opened for all of several roles or for none', async () => {
    const refused = await step.runPipe({
      bundle: BUNDLE,
      variables: variablesFor(emulator, {
        AWS_OIDC_ROLE_ARN: '',
        ROLES: `site=${ROLE}\nmissing=arn:aws:iam::${OTHER_ACCOUNT}:role/missing\naudit=${AUDIT_ROLE}`,
      }),
    });
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /✖ AccessDenied[\s\S]*role\/missing/);
    assert.deepEqual(
      step.files().filter(({ path }) => path.startsWith('.aws-oidc')),
      [],
    );
  });

  it('are never requested for a forbidden account', async () => {
    const refused = await step.runPipe({
      bundle: BUNDLE,
      variables: variablesFor(emulator, { ALLOWED_ACCOUNT_IDS: OTHER_ACCOUNT, EXPOSE: 'web-identity' }),
    });
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /✖ AccountNotAllowed/);
    assert.deepEqual(await emulator.control.requests(), []);
  });

  describe('and their log', () => {
    it('shows the exchange with DEBUG, but no secret', async () => {
      await emulator.control.setFaults([{ match: { nth: 1 }, fault: { status: 503, body: '' } }]);
      try {
        const { stdout } = await run({ DEBUG: 'true', CHAIN_ROLE_ARNS: NEXT_ROLE });
        assert.match(stdout, /^DEBUG: POST http:\/\/127\.0\.0\.1:\d+\/: HTTP 503, 0 bytes, \d+ ms$/m);
        assert.match(stdout, /^Try 1 of 5 failed \(ServiceFault/m);
        assert.equal(stdout.match(/^DEBUG: POST \S+: HTTP 200, \d+ bytes, \d+ ms$/gm)?.length, 2);
      } finally {
        await emulator.control.clearFaults();
      }
      const quiet = await run();
      assert.doesNotMatch(quiet.stdout, /DEBUG/);
    });

    it('hides the account on request', async () => {
      const { stdout } = await run({ MASK_ACCOUNT_ID: 'true' });
      assert.doesNotMatch(stdout, /123456789012/);
      assert.match(stdout, /Assumed arn:aws:sts::\*\*\*:assumed-role\/deploy\//);
    });
  });

  describe('are not requested if', () => {
    const cases: readonly { name: string; variables: Record<string, string>; says: RegExp }[] = [
      {
        name: 'variables are misspelt, contradictory and wrong, all named at once',
        variables: { AWS_OIDC_ROLE: ROLE, EXPOSE: 'web-identity', DURATION_SECONDS: '900', DEBUG: 'yes' },
        says: /AWS_OIDC_ROLE isn't a variable of this pipe\. If you mean AWS_OIDC_ROLE_ARN, rename it\. Otherwise remove it\.\n {2}DEBUG is "yes", neither true nor false\.\n {2}DURATION_SECONDS cannot be used with EXPOSE web-identity/,
      },
      {
        name: 'the proxy is none',
        variables: { HTTPS_PROXY: 'socks5://me:my-password@localhost:1' },
        says: /HTTPS_PROXY is not the address of an HTTP proxy \(http:\/\/host:port\)/,
      },
    ];
    for (const { name, variables, says: expected } of cases) {
      it(name, async () => {
        const result = await step.runPipe({ bundle: BUNDLE, variables: variablesFor(emulator, variables) });
        assert.equal(result.exitCode, 1);
        assert.match(result.stderr, expected);
        assert.doesNotMatch(result.stdout + result.stderr, /my-password/);
        assert.deepEqual(await emulator.control.requests(), []);
      });
    }

    it('the token has several audiences, or has expired', async () => {
      const past = Math.floor(Date.now() / 1000) - 301;
      for (const [claims, code] of [
        [{ aud: ['ari:cloud:bitbucket::workspace/x', 'https://other.example.com'] }, 'SeveralAudiences'],
        [{ exp: past }, 'TokenExpired'],
      ] as const) {
        step.dispose();
        step = await stepOf(emulator, { claims });
        const result = await step.runPipe({ bundle: BUNDLE, variables: variablesFor(emulator) });
        assert.equal(result.exitCode, 1);
        assert.ok(result.stderr.startsWith(`✖ ${code}: `), result.stderr);
        assert.deepEqual(await emulator.control.requests(), []);
      }
    });

    it('the clone folder is missing', async () => {
      const result = await step.runPipe({
        bundle: BUNDLE,
        variables: variablesFor(emulator, { BITBUCKET_CLONE_DIR: '' }),
      });
      assert.equal(result.exitCode, 1);
      assert.match(result.stderr, /BITBUCKET_CLONE_DIR is not set/);
      assert.deepEqual(await emulator.control.requests(), []);
    });
  });
});
