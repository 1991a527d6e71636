import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AWS_CLI_PROGRAM } from '../../support/aws-cli.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../../support/index.ts';
import { skipBecause } from '../../support/tools.ts';
import { assertNoSecrets, awsOidc, bitbucketStep, type Environment } from './aws-oidc.ts';

const ACCOUNT = '123456789012';
const ISSUER = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const AUDIENCE = 'ari:cloud:bitbucket::workspace/00000000-0000-4000-8000-000000000001';
const roleArn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;

const trusting = (sub: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE }, StringLike: { [`${ISSUER}:sub`]: sub } },
    },
  ],
});

const config = {
  bitbucket: { workspace: 'acme', workspaceUuid: '00000000-0000-4000-8000-000000000001' },
  accounts: {
    [ACCOUNT]: {
      oidcProviders: [{ url: `https://${ISSUER}`, clientIds: [AUDIENCE] }],
      roles: {
        admin: { trustPolicy: trusting('*'), allowGetRole: true },
        nobody: { trustPolicy: trusting('*') },
        deploy: { trustPolicy: trusting("{it's another (repository) 100%!}:*"), path: '/ci/' },
      },
    },
  },
};

describe('aws-oidc explain --fetch-policy with the real AWS CLI', function () {
  this.timeout(60_000);
  let emulator: EmulatorProcess;
  let step: Environment;
  let home: string;

  before(async function () {
    if (AWS_CLI_PROGRAM === undefined)
      skipBecause(this, 'the AWS CLI is not installed (Debian: apt-get install awscli)');
    emulator = await startEmulatorProcess({ config });
    step = await bitbucketStep(emulator);
    home = await mkdtemp(path.join(tmpdir(), 'fetch-policy-'));
    // Debian's AWS CLI is older than AWS_ENDPOINT_URL_IAM.
    const wrapper = `#!/bin/sh\nexec '${AWS_CLI_PROGRAM}' --endpoint-url '${emulator.ready.sts}' "$@"\n`;
    await writeProgram(path.join(home, 'bin'), wrapper);
  });
  after(async () => {
    await emulator?.stop();
    if (home !== undefined) await rm(home, { recursive: true });
  });

  /** Credentials of a session of the role, in the environment of an administrator. */
  async function administrator(role: string): Promise<Environment> {
    const args = ['credential-process', '--role-arn', roleArn(role), '--region', 'eu-west-1'];
    const { stdout, stderr } = await awsOidc([...args, '--sts-endpoint', emulator.ready.sts], { env: step });
    assert.notEqual(stdout, '', stderr);
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(stdout);
    return {
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
      PATH: [path.join(home, 'bin'), process.env['PATH']].join(path.delimiter),
      HOME: home,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  const explain = (env: Environment, role: string, ...more: string[]) =>
    awsOidc(['explain', '--fetch-policy', '--role-arn', role, ...more], { env: { ...step, ...env } });

  it('names the condition that fails, in a policy that IAM sent percent-encoded', async () => {
    const ran = await explain(await administrator('admin'), roleArn('deploy').replace('role/', 'role/ci/'));
    assert.equal(ran.status, 1, ran.stderr);
    assert.match(ran.stdout, /^✖ [\w-]+: [^\n]*\{it's another \(repository\) 100%!\}:\*/);
    assert.match(ran.stdout, /^Fix: /m);
    await assertNoSecrets(emulator, ran);
    const requests = await emulator.control.requests();
    assert.ok(requests.some(({ action, parameters }) => action === 'GetRole' && parameters['RoleName'] === 'deploy'));
  });

  it('reports that a role admits the job', async () => {
    const ran = await explain(await administrator('admin'), roleArn('admin'));
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /^✔ allowed: /);
  });

  it('quotes the denial of credentials that may not read the role', async () => {
    const ran = await explain(await administrator('nobody'), roleArn('deploy'));
    assert.equal(ran.status, 1);
    assert.match(
      ran.stderr,
      /^✖ PolicyNotFetched: aws iam get-role --role-name 'deploy' failed with exit status \d+: An error occurred \(AccessDenied\)/,
    );
    assert.match(ran.stderr, /^Fix: Use credentials that may call iam:GetRole on/m);
  });

  it('reports that the role does not exist', async () => {
    const ran = await explain(await administrator('admin'), roleArn('depoly'));
    assert.match(
      ran.stderr,
      /\(NoSuchEntity\)[^\n]*The role with name depoly cannot be found\.\nFix: Correct the name of the role/,
    );
  });

  it('refuses the answer about a role of another account', async () => {
    const ran = await explain(await administrator('admin'), roleArn('admin', '210987654321'));
    assert.match(ran.stderr, /^✖ PolicyNotFetched: The AWS CLI has credentials of account 123456789012/);
  });

  it('reports a missing AWS CLI', async () => {
    const ran = await explain({ ...(await administrator('admin')), PATH: home }, roleArn('deploy'));
    assert.equal(ran.status, 1);
    assert.match(ran.stderr, /^✖ PolicyNotFetched: The AWS CLI \(aws\) could not be started: there is no such command/);
  });

  it('searches for no credentials itself, and uses no shell', async () => {
    const folder = path.join(home, 'printer');
    await writeProgram(folder, `#!/bin/sh\nprintf '%s|' "$@" >&2\nexit 7\n`);
    const ran = await explain({ PATH: `${folder}:/bin`, HOME: '/nowhere' }, roleArn('a+=,.@-b'));
    assert.match(ran.stderr, /failed with exit status 7: iam\|get-role\|--role-name\|a\+=,\.@-b\|--output\|json\|\n/);
  });
});

/** Writes a program named aws. */
async function writeProgram(folder: string, text: string): Promise<void> {
  await mkdir(folder);
  await writeFile(path.join(folder, 'aws'), text, { mode: 0o755 });
}
