import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { AWS_CLI, HAS_AWS_CLI } from '../../support/aws-cli.ts';
import type { Shell } from '../../support/bitbucket-step/step.ts';
import type { BitbucketStep, EmulatorProcess } from '../../support/index.ts';
import { shellsHere, skipBecause } from '../../support/tools.ts';
import {
  AUDIT_ROLE,
  arnOf,
  BUNDLE,
  cliSays,
  exchanges,
  NEXT_ROLE,
  OTHER_ACCOUNT,
  proxyTo,
  ROLE,
  SESSION_NAME,
  says,
  sdkSays,
  startEmulator,
  stepOf,
  succeed,
} from './support.ts';

describe('files of the pipe for later lines of the step', () => {
  let emulator: EmulatorProcess;
  let step: BitbucketStep;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator?.stop());
  beforeEach(async () => {
    step = await stepOf(emulator);
  });
  afterEach(() => {
    step.verify();
    step.dispose();
  });

  const run = (variables: Record<string, string | string[]> = {}) => succeed(step, emulator, variables);
  const sourced = (...lines: string[]) => ['. ./.aws-oidc/env', ...lines].join('\n');
  const both = () => [cliSays(emulator), sdkSays(emulator)];
  /** Variables that would mislead AWS tools, as an image or an earlier line may have set them. */
  const STALE = {
    AWS_PROFILE: 'stale',
    AWS_DEFAULT_PROFILE: 'stale',
    AWS_ACCESS_KEY_ID: 'stale',
    AWS_SECRET_ACCESS_KEY: 'stale',
    AWS_SESSION_TOKEN: 'stale',
    AWS_SECURITY_TOKEN: 'stale',
    AWS_ROLE_ARN: 'stale',
    AWS_ROLE_SESSION_NAME: 'stale',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/stale',
    AWS_CONFIG_FILE: '/stale',
    AWS_SHARED_CREDENTIALS_FILE: '/stale',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  const modes = () =>
    Object.fromEntries(
      step
        .files()
        .filter((file) => file.path.startsWith('.aws-oidc'))
        .map((file) => [file.path, file.mode]),
    );

  describe('EXPOSE=environment', () => {
    it('is used by AWS CLI and SDK, instead of all earlier settings', async () => {
      await run();
      assert.deepEqual(await says(step, sourced(...both()), STALE), [arnOf('deploy'), arnOf('deploy')]);
      assert.deepEqual(await says(step, sourced('echo "$AWS_REGION $AWS_DEFAULT_REGION"'), STALE), [
        'eu-west-1 eu-west-1',
      ]);
      assert.deepEqual(modes(), { '.aws-oidc': '700', '.aws-oidc/.gitignore': '600', '.aws-oidc/env': '600' });
    });

    it('is understood by every shell', async () => {
      await run();
      for (const shell of shellsHere<Shell>('sh', 'dash', 'bash', 'busybox sh')) {
        const { stdout, stderr } = await step.runScript(sourced(cliSays(emulator)), { shell, env: STALE });
        assert.equal(stdout.trim(), arnOf('deploy'), `${shell}: ${stderr}`);
      }
    });

    it('supports several calls with separate prefixes', async () => {
      await run({ VARIABLE_PREFIX: 'AUDIT_', AWS_OIDC_ROLE_ARN: AUDIT_ROLE });
      await run();
      await run({ VARIABLE_PREFIX: 'AUDIT_', AWS_OIDC_ROLE_ARN: AUDIT_ROLE, ROLE_SESSION_NAME: 'again' });
      const audit = [
        'AWS_ACCESS_KEY_ID="$AUDIT_AWS_ACCESS_KEY_ID"',
        'AWS_SECRET_ACCESS_KEY="$AUDIT_AWS_SECRET_ACCESS_KEY"',
        'AWS_SESSION_TOKEN="$AUDIT_AWS_SESSION_TOKEN"',
        cliSays(emulator),
      ].join(' ');
      assert.deepEqual(await says(step, sourced(cliSays(emulator), audit)), [
        arnOf('deploy'),
        arnOf('audit', OTHER_ACCOUNT, 'again'),
      ]);
      assert.equal(step.text('.aws-oidc/env').match(/^# Variables /gm)?.length, 2);
    });

    it('clears nothing if it has a prefix', async () => {
      await run({ VARIABLE_PREFIX: 'AUDIT_' });
      assert.deepEqual(await says(step, sourced('echo "$AWS_PROFILE"'), { AWS_PROFILE: 'mine' }), ['mine']);
    });

    it('has a separate folder for each OUTPUT_DIR', async () => {
      await run({ OUTPUT_DIR: 'out/a' });
      await run({ OUTPUT_DIR: 'out/b folder', AWS_OIDC_ROLE_ARN: AUDIT_ROLE });
      assert.deepEqual(await says(step, `. ./out/a/env\n${cliSays(emulator)}`), [arnOf('deploy')]);
      assert.deepEqual(await says(step, `. './out/b folder/env'\n${cliSays(emulator)}`), [
        arnOf('audit', OTHER_ACCOUNT),
      ]);
      assert.deepEqual(await says(step, 'git status --porcelain'), ['']);
      step.verify('out');
      await says(step, 'rm -r out');
    });

    it('is removed after reading with EXPOSE_ONCE', async () => {
      await run({ EXPOSE_ONCE: 'true' });
      for (const shell of shellsHere<Shell>('sh', 'bash', 'busybox sh')) {
        await run({ EXPOSE_ONCE: 'true' });
        const read = await step.runScript(sourced('ls .aws-oidc', cliSays(emulator)), { shell });
        assert.equal(read.stdout.trim(), arnOf('deploy'), read.stderr);
      }
    });

    it('is kept out of git without changing the repository', async () => {
      const before = step.text('.git/info/exclude');
      assert.match((await run({ DEBUG: 'true' })).stdout, /\(readable by its owner only, kept out of git\)/);
      await run();
      assert.deepEqual(await says(step, 'git add -A && git status --porcelain'), ['']);
      assert.equal(step.text('.git/info/exclude'), before);
    });
  });

  describe('EXPOSE=profile', () => {
    it('is used by AWS CLI and SDK, instead of all earlier settings', async () => {
      await run({ EXPOSE: 'profile' });
      assert.deepEqual(await says(step, sourced(...both()), STALE), [arnOf('deploy'), arnOf('deploy')]);
      assert.deepEqual(await says(step, sourced('echo "$AWS_PROFILE $AWS_REGION $AWS_DEFAULT_REGION"'), STALE), [
        'default eu-west-1 eu-west-1',
      ]);
      if (HAS_AWS_CLI) {
        const line = `${AWS_CLI} configure get region`;
        assert.deepEqual(await says(step, sourced('unset AWS_REGION AWS_DEFAULT_REGION', line)), ['eu-west-1']);
      }
      assert.deepEqual(modes(), {
        '.aws-oidc': '700',
        '.aws-oidc/.gitignore': '600',
        '.aws-oidc/config': '600',
        '.aws-oidc/credentials': '600',
        '.aws-oidc/env': '600',
      });
    });

    it('contains several roles from one token, each in its profile', async () => {
      await run({ AWS_OIDC_ROLE_ARN: '', ROLES: [`site=${ROLE}`, `audit=${AUDIT_ROLE}`] });
      assert.equal(await exchanges(emulator), 2);
      assert.deepEqual(
        await says(
          step,
          sourced(...both(), cliSays(emulator, '--profile audit'), `AWS_PROFILE=audit ${sdkSays(emulator)}`),
        ),
        [arnOf('deploy'), arnOf('deploy'), arnOf('audit', OTHER_ACCOUNT), arnOf('audit', OTHER_ACCOUNT)],
      );
    });

    it('joins the profiles of several calls', async () => {
      await run({ EXPOSE: 'profile', PROFILE: 'site' });
      await run({ EXPOSE: 'profile', PROFILE: 'audit', AWS_OIDC_ROLE_ARN: AUDIT_ROLE });
      await run({ EXPOSE: 'profile', PROFILE: 'site', ROLE_SESSION_NAME: 'again' });
      assert.deepEqual(await says(step, sourced(cliSays(emulator), cliSays(emulator, '--profile audit'))), [
        arnOf('deploy', undefined, 'again'),
        arnOf('audit', OTHER_ACCOUNT),
      ]);
      assert.equal(step.text('.aws-oidc/config').match(/^\[profile site\]$/gm)?.length, 1);
    });
  });

  describe('EXPOSE=web-identity', () => {
    /** A token that is also valid for a clock one hour behind. */
    async function olderToken(): Promise<void> {
      step.dispose();
      const now = Math.floor(Date.now() / 1000);
      step = await stepOf(emulator, { claims: { iat: now - 4000, exp: now + 3200 } });
    }

    it('reports that it tried the role, and passes on the token without credentials', async () => {
      const { stdout } = await run({ EXPOSE: 'web-identity' });
      assert.match(stdout, /The role was assumed once to check the setup\./);
      assert.equal(await exchanges(emulator), 1);
      const token = step.text('.aws-oidc/web-identity-token');
      assert.equal(token, step.environment['BITBUCKET_STEP_OIDC_TOKEN']);
      assert.doesNotMatch(step.text('.aws-oidc/env'), /export AWS_(?:ACCESS_KEY_ID|SECRET|SESSION_TOKEN)/);
      assert.deepEqual(
        await says(step, sourced('echo "$AWS_ROLE_ARN $AWS_ROLE_SESSION_NAME $AWS_REGION $AWS_DEFAULT_REGION"'), STALE),
        [`${ROLE} ${SESSION_NAME} eu-west-1 eu-west-1`],
      );
      assert.deepEqual(modes(), {
        '.aws-oidc': '700',
        '.aws-oidc/.gitignore': '600',
        '.aws-oidc/env': '600',
        '.aws-oidc/web-identity-token': '600',
      });
    });

    it("makes SDKs use the pipe's configured endpoint", async () => {
      await run({ EXPOSE: 'web-identity' });
      assert.deepEqual(await says(step, sourced('echo "$AWS_ENDPOINT_URL_STS"'), STALE), [emulator.ready.sts]);
    });

    it('is used by the AWS SDK, which assumes the role in every process', async () => {
      await run({ EXPOSE: 'web-identity' });
      assert.deepEqual(await says(step, sourced(sdkSays(emulator)), STALE), [arnOf('deploy')]);
      const [first, second] = (await emulator.control.sessions()).slice(-2);
      await emulator.control.advanceClock(3700);
      try {
        const sessions = await emulator.control.sessions();
        assert.ok(
          [first, second].every((one) => sessions.find(({ accessKeyId }) => accessKeyId === one?.accessKeyId)?.expired),
          'the first session is over',
        );
        assert.deepEqual(await says(step, sourced(sdkSays(emulator)), STALE), [arnOf('deploy')]);
      } finally {
        await emulator.control.advanceClock(-3700);
      }
      assert.equal(await exchanges(emulator), 3);
    });

    it('is used by the AWS SDK, which assumes the role again when the session expires in the middle', async () => {
      await olderToken();
      // Because AWS's clock is behind, the client sees a one-hour session that is about to expire.
      await emulator.control.advanceClock(-3590);
      try {
        await run({ EXPOSE: 'web-identity' });
        assert.deepEqual(await says(step, sourced(sdkSays(emulator, 2))), [arnOf('deploy'), arnOf('deploy')]);
      } finally {
        await emulator.control.advanceClock(3590);
      }
      assert.ok((await exchanges(emulator)) >= 3);
    });

    it('is used by the AWS CLI at the endpoint of the region, over TLS and through a proxy, and refreshed', async function () {
      // The SDK for JavaScript does not read a proxy from the environment.
      if (!HAS_AWS_CLI) skipBecause(this, 'the AWS CLI is not installed');
      await olderToken();
      const proxy = await proxyTo(emulator);
      let ahead = 0;
      const advance = async (seconds: number) => {
        await emulator.control.advanceClock(seconds);
        ahead += seconds;
      };
      try {
        await run({ EXPOSE: 'web-identity' });
        writeFileSync(path.join(step.cloneFolder, 'ca.pem'), emulator.ready.ca ?? '');
        const env = { ...STALE, HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: path.join(step.cloneFolder, 'ca.pem') };
        const line = `${AWS_CLI} sts get-caller-identity --query Arn --output text`;
        await advance(-3590);
        assert.deepEqual(await says(step, sourced(line), env), [arnOf('deploy')]);
        await advance(3700);
        assert.equal((await emulator.control.sessions()).at(-1)?.expired, true);
        assert.deepEqual(await says(step, sourced(line), env), [arnOf('deploy')]);
        assert.equal(await exchanges(emulator), 3);
        assert.deepEqual([...new Set(proxy.requests)], ['sts.eu-west-1.amazonaws.com:443']);
      } finally {
        proxy.stop();
        await advance(-ahead);
      }
    });

    for (const [variable, host] of [
      ['AWS_USE_FIPS_ENDPOINT', 'sts-fips.eu-west-1.amazonaws.com:443'],
      ['AWS_USE_DUALSTACK_ENDPOINT', 'sts.eu-west-1.api.aws:443'],
    ] as const) {
      it(`makes the AWS CLI use the same endpoint as the pipe with ${variable}`, async function () {
        if (!HAS_AWS_CLI) skipBecause(this, 'the AWS CLI is not installed');
        const proxy = await proxyTo(emulator);
        const authority = path.join(step.cloneFolder, 'ca.pem');
        writeFileSync(authority, emulator.ready.ca ?? '');
        try {
          await run({
            EXPOSE: 'web-identity',
            STS_ENDPOINT: '',
            [variable]: 'true',
            HTTPS_PROXY: proxy.url,
            NODE_EXTRA_CA_CERTS: authority,
          });
          assert.deepEqual(proxy.requests, [host]);
          const line = `${AWS_CLI} sts get-caller-identity --query Arn --output text`;
          const env = { ...STALE, HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: authority };
          assert.deepEqual(await says(step, sourced(line), env), [arnOf('deploy')]);
          assert.deepEqual([...new Set(proxy.requests)], [host]);
        } finally {
          proxy.stop();
        }
      });
    }

    it('fails immediately if the setup is wrong, and leaves nothing', async () => {
      const result = await step.runPipe({
        bundle: BUNDLE,
        variables: {
          AWS_OIDC_ROLE_ARN: NEXT_ROLE,
          AWS_DEFAULT_REGION: 'eu-west-1',
          STS_ENDPOINT: emulator.ready.sts,
          EXPOSE: 'web-identity',
        },
      });
      assert.equal(result.exitCode, 1);
      assert.match(result.stderr, /✖ AccessDenied/);
      assert.deepEqual(modes(), {});
    });
  });

  it('is determined by the last call without a prefix', async () => {
    await run({ EXPOSE: 'profile', PROFILE: 'site' });
    await run({ EXPOSE: 'web-identity', AWS_OIDC_ROLE_ARN: AUDIT_ROLE });
    assert.deepEqual(await says(step, sourced(sdkSays(emulator)), STALE), [arnOf('audit', OTHER_ACCOUNT)]);
    await run();
    assert.deepEqual(await says(step, sourced(...both()), STALE), [arnOf('deploy'), arnOf('deploy')]);
  });
});
