import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { AWS_CLI } from '../support/aws-cli.ts';
import {
  BitbucketStep,
  type EmulatorProcess,
  NODE_20,
  NODE_24,
  needsPipeImage,
  startEmulatorProcess,
} from '../support/index.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const BUNDLE = fileURLToPath(new URL('../../pipe/dist/pipe.mjs', import.meta.url));
const WHO_AM_I = fileURLToPath(new URL('who-am-i.mjs', import.meta.url));
const STEP_UUID = '{1f0c9a2b-1111-4222-8333-444455556666}';
const ARN = 'arn:aws:sts::123456789012:assumed-role/deploy/bitbucket,acme,shop-api,42,1f0c9a2b';

type Pipe = { image: string } | { bundle: string; node: string };

for (const program of ['the image', 'the bundle on Node 20', 'the bundle on Node 24'] as const) {
  describe(`Bitbucket Pipe: ${program}`, () => {
    let emulator: EmulatorProcess;
    let pipe: Pipe;
    let step: BitbucketStep;

    before(async function () {
      this.timeout(180_000);
      const image = program === 'the image' ? needsPipeImage(this) : undefined;
      emulator = await startEmulatorProcess();
      pipe =
        image !== undefined
          ? { image }
          : { bundle: BUNDLE, node: program === 'the bundle on Node 24' ? NODE_24 : NODE_20 };
    });
    after(() => emulator?.stop());
    afterEach(() => step?.dispose());

    async function stepWith(token: string | undefined, env: Record<string, string> = {}): Promise<BitbucketStep> {
      await emulator.control.clearRequests();
      step = new BitbucketStep({
        ...(token === undefined ? {} : { oidcToken: token }),
        stepUuid: STEP_UUID,
        env,
        issuedSecrets: emulator.control.secretValues,
      });
      return step;
    }

    const run = (variables: Record<string, string> = {}) =>
      step.runPipe({
        ...pipe,
        variables: {
          AWS_OIDC_ROLE_ARN: ROLE,
          AWS_DEFAULT_REGION: 'eu-west-1',
          STS_ENDPOINT: emulator.ready.sts,
          ...variables,
        },
      });

    const stsCalls = async () => (await emulator.control.requests()).filter(({ endpoint }) => endpoint === 'sts');
    const leftBehind = () =>
      step.files().filter(({ path }) => path.startsWith('.aws-oidc/') && !path.endsWith('.gitignore'));

    it('passes credentials to the next line of the step, to AWS CLI and AWS SDK, with one STS call', async () => {
      await stepWith(await emulator.control.mint('bitbucket', {}, { stepUuid: STEP_UUID }));
      const piped = await run();
      assert.equal(piped.exitCode, 0, piped.stderr);
      assert.equal(piped.stderr, '');
      assert.equal((await stsCalls()).length, 1);
      assert.ok(piped.stdout.includes(`Assumed ${ARN}`), piped.stdout);
      assert.match(piped.stdout, /In the next line of this step: \. \.\/\.aws-oidc\/env/);

      const cli = await step.runScript(
        `. ./.aws-oidc/env && ${AWS_CLI} sts get-caller-identity --query Arn --output text --endpoint-url ${emulator.ready.sts}`,
      );
      assert.equal(cli.stdout.trim(), ARN, cli.stderr);
      const sdk = await step.runScript(`. ./.aws-oidc/env && "${process.execPath}" "${WHO_AM_I}"`, {
        env: { AWS_ENDPOINT_URL_STS: emulator.ready.sts, AWS_PROFILE: 'one-that-would-win' },
      });
      assert.equal(sdk.stdout.trim(), ARN, sdk.stderr);
    });

    it('leaves one private file, excluded from git', async () => {
      await stepWith(await emulator.control.mint('bitbucket'));
      await run();
      const envFile = step.files().find(({ path }) => path === '.aws-oidc/env');
      assert.equal(envFile?.mode, '600');
      assert.equal(step.files().find(({ path }) => path === '.aws-oidc')?.mode, '700');
      const status = await step.runScript('git status --porcelain');
      assert.equal(status.stdout, '');
      step.verify();
    });

    const badInput: { name: string; variables?: Record<string, string>; token?: string; says: RegExp }[] = [
      { name: 'missing role', variables: { AWS_OIDC_ROLE_ARN: '' }, says: /AWS_OIDC_ROLE_ARN is empty/ },
      {
        name: 'malformed ARN',
        variables: { AWS_OIDC_ROLE_ARN: 'role/deploy' },
        says: /AWS_OIDC_ROLE_ARN is "role\/deploy", not the ARN of an IAM role/,
      },
      { name: 'missing region', variables: { AWS_DEFAULT_REGION: '' }, says: /AWS_DEFAULT_REGION is empty/ },
      {
        name: 'region of another partition',
        variables: { AWS_DEFAULT_REGION: 'cn-north-1' },
        says: /AWS_DEFAULT_REGION cn-north-1 is in partition aws-cn/,
      },
      {
        name: 'a token that nobody gave the step',
        token: '$BITBUCKET_STEP_OIDC_TOKEN',
        says: /TokenUnavailable[\s\S]*oidc: true/,
      },
      { name: 'forgotten oidc: true', token: 'none', says: /TokenUnavailable[\s\S]*oidc: true/ },
      {
        name: 'session name with illegal characters',
        variables: { ROLE_SESSION_NAME: 'my session' },
        says: /ROLE_SESSION_NAME is "my session"/,
      },
      {
        name: 'duration out of range',
        variables: { DURATION_SECONDS: '899' },
        says: /DURATION_SECONDS is "899", not a whole number of seconds from 900 to 43200/,
      },
      {
        name: 'undefined variable',
        variables: { AWS_OIDC_ROLE_ARN: '$DEPLOY_ROLE' },
        says: /AWS_OIDC_ROLE_ARN is empty/,
      },
    ];
    for (const { name, variables, token, says } of badInput) {
      it(`reports the mistake, and sends and writes nothing: ${name}`, async () => {
        await stepWith(token === 'none' ? undefined : (token ?? (await emulator.control.mint('bitbucket'))));
        const piped = await run(variables);
        assert.equal(piped.exitCode, 1);
        assert.match(piped.stderr, says);
        assert.deepEqual(await stsCalls(), []);
        assert.deepEqual(leftBehind(), []);
      });
    }

    for (const name of ['ALLOWED_ACCOUNT_IDS', 'SESSION_POLICY', 'SESSION_POLICY_ARNS', 'DURATION_SECONDS']) {
      it(`refuses ${name} if its variable is undefined, because it would limit nothing`, async () => {
        await stepWith(await emulator.control.mint('bitbucket'));
        const piped = await run({ [name]: '$LIMIT', PROFILE: '$PROFILE' });
        assert.equal(piped.exitCode, 1, piped.stdout);
        assert.match(
          piped.stderr,
          new RegExp(`${name} is empty and would limit nothing\\.[\\s\\S]*If it refers to a variable`),
        );
        assert.deepEqual(await stsCalls(), []);
        assert.deepEqual(leftBehind(), []);
      });
    }

    it('refuses a limit that is both a list and a text', async () => {
      await stepWith(await emulator.control.mint('bitbucket'));
      const piped = await run({ ALLOWED_ACCOUNT_IDS: '999988887777', ALLOWED_ACCOUNT_IDS_COUNT: '0' });
      assert.equal(piped.exitCode, 1, piped.stdout);
      assert.match(piped.stderr, /ALLOWED_ACCOUNT_IDS_COUNT contradicts ALLOWED_ACCOUNT_IDS/);
    });

    const refusals: { name: string; claims?: Record<string, unknown>; options?: object; code: string; aws: string }[] =
      [
        {
          name: 'wrong audience',
          claims: { aud: 'sts.amazonaws.com' },
          code: 'IdentityTokenNotValidated',
          aws: 'InvalidIdentityToken',
        },
        {
          name: 'unregistered issuer',
          claims: { iss: 'https://api.bitbucket.org/2.0/workspaces/other/pipelines-config/identity/oidc' },
          code: 'IdentityTokenNotValidated',
          aws: 'InvalidIdentityToken',
        },
        {
          name: 'wrong subject',
          claims: { sub: '{00000000-0000-4000-8000-000000000000}:{1f0c9a2b-1111-4222-8333-444455556666}' },
          code: 'AccessDenied',
          aws: 'AccessDenied',
        },
        {
          name: 'bad signature',
          options: { signWith: 'wrong-key' },
          code: 'IdentityTokenNotValidated',
          aws: 'InvalidIdentityToken',
        },
      ];
    for (const { name, claims, options, code, aws } of refusals) {
      it(`reports a refusal by AWS with code, request id, issuer, audience and subject: ${name}`, async () => {
        const token = await emulator.control.mint('bitbucket', claims, options);
        await stepWith(token);
        const piped = await run();
        assert.equal(piped.exitCode, 1);
        const seen = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
        for (const text of [
          `✖ ${code}: `,
          `AWS said: ${aws}, `,
          ', request id ',
          seen.iss,
          seen.aud,
          seen.sub,
          `troubleshooting.md#${code.toLowerCase()}`,
        ]) {
          assert.ok(piped.stderr.includes(text), `${text} in:\n${piped.stderr}`);
        }
        assert.equal((await stsCalls()).length, 1);
        assert.deepEqual(leftBehind(), []);
      });
    }

    it("does not send an expired token, which the emulator would refuse with AWS's code", async () => {
      const token = await emulator.control.mint('bitbucket', {}, { expiresInSeconds: -301 });
      await stepWith(token);
      const piped = await run();
      assert.equal(piped.exitCode, 1);
      assert.match(piped.stderr, /✖ TokenExpired: /);
      assert.deepEqual(await stsCalls(), []);
      const query = new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: ROLE,
        RoleSessionName: 'test',
        WebIdentityToken: token,
      });
      const answer = await fetch(emulator.ready.sts, { method: 'POST', body: query });
      assert.match(await answer.text(), /<Code>ExpiredTokenException<\/Code>/);
    });
  });
}
