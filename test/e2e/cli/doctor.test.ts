import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FaultRule } from '../../support/emulator-process.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../../support/index.ts';
import { assertNoSecrets, awsOidc, bitbucketStep, type Environment, ROLE } from './aws-oidc.ts';

/** One setup, and the row of doctor that names its fault. */
interface Scene {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: Environment;
  readonly role?: string;
  /** Faults of the emulator's STS. */
  readonly fault?: FaultRule['fault'];
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The emulator over TLS, with a certificate of its own authority. */
  readonly overTls?: true;
  readonly oldMessages?: true;
  /** Row of doctor such as `fail duration`; undefined if everything is in order. */
  readonly row?: string;
  readonly says?: RegExp;
  /** Setups that the exchange survives, and later commands may not. */
  readonly isAssumed?: true;
}

const secondsFromNow = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

const SCENES: readonly Scene[] = [
  { name: 'everything is in order', isAssumed: true },
  { name: 'the role is misspelt', role: 'depoly', row: 'fail role', says: /[Cc]heck that role "depoly" exists/ },
  {
    name: 'the trust policy wants another subject',
    claims: { sub: '{another}:{step}' },
    args: ['--trust-policy-file', 'trust.json'],
    row: 'fail role',
    says: /^AccessDenied: .*expects .*, but the token has/,
  },
  {
    name: 'the account in the ARN is another one',
    role: 'arn:aws:iam::210987654321:role/deploy',
    row: 'fail provider',
    says: /account 210987654321 has no identity provider .*[\s\S]*If 210987654321 is not the account you meant, correct --role-arn/,
  },
  {
    name: 'the provider is missing, in the words of AWS before 2026',
    role: 'arn:aws:iam::210987654321:role/deploy',
    oldMessages: true,
    row: 'fail provider',
    says: /^ProviderNotRegistered: Account 210987654321 has no identity provider/,
  },
  {
    name: 'the audience is missing, in the words of AWS before 2026',
    claims: { aud: 'another' },
    oldMessages: true,
    row: 'fail audience',
    says: /^AudienceNotAccepted: .*[\s\S]*add-client-id-to-open-id-connect-provider/,
  },
  {
    name: 'the audience is missing',
    claims: { aud: 'another' },
    row: 'fail provider',
    says: /or the provider does not list its audience[\s\S]*add-client-id-to-open-id-connect-provider/,
  },
  {
    name: 'the session is too long',
    args: ['--duration-seconds', '7200'],
    row: 'fail duration',
    says: /--duration-seconds[\s\S]*aws iam update-role --role-name 'deploy' --max-session-duration 7200/,
  },
  {
    name: 'a service control policy denies it',
    fault: {
      code: 'AccessDenied',
      message: 'User: x is not authorized with an explicit deny in a service control policy',
    },
    row: 'fail policy',
    says: /A service control policy \(SCP\) denies this/,
  },
  {
    name: 'STS is not active in the region',
    fault: { code: 'RegionDisabledException' },
    row: 'fail region',
    says: /AWS STS is not active in region eu-west-1 for account 123456789012/,
  },
  { name: 'no region is given', env: { AWS_REGION: '' }, row: 'fail region', says: /^no region is given/ },
  {
    name: 'the clock of this machine is slow',
    fault: { headers: { date: secondsFromNow(3600) } },
    row: 'fail clock',
    says: /^this machine is 3[45]\d\d s behind STS[\s\S]*Fix the clock of this machine/,
    isAssumed: true,
  },
  {
    name: 'the proxy does not listen',
    env: { HTTPS_PROXY: 'http://127.0.0.1:9' },
    overTls: true,
    row: 'fail proxy',
    says: /could not be reached through the proxy 127\.0\.0\.1:9/,
  },
  {
    name: 'the proxy is named for http alone',
    env: { HTTP_PROXY: 'http://127.0.0.1:9' },
    args: ['--sts-endpoint', 'https://127.0.0.1:9'],
    row: 'fail proxy',
    says: /^Unreachable: HTTP_PROXY is set, but it is not used for https/,
  },
  {
    name: 'the certificate is not trusted',
    overTls: true,
    row: 'fail certificates',
    says: /NODE_EXTRA_CA_CERTS/,
  },
  {
    name: 'the file of certificate authorities is missing',
    env: { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' },
    overTls: true,
    row: 'fail certificates',
    says: /^CertificateNotTrusted: NODE_EXTRA_CA_CERTS is \/nowhere\/ca\.pem, which cannot be read here \(ENOENT\)/,
  },
  {
    name: 'the account is not allowed',
    args: ['--allowed-account-ids', '111111111111'],
    row: 'fail account',
    says: /--allowed-account-ids/,
  },
  {
    name: 'other credentials are in the environment',
    env: { AWS_ACCESS_KEY_ID: 'x', AWS_PROFILE: 'y' },
    row: 'warn environment',
    says: /AWS_ACCESS_KEY_ID, AWS_PROFILE/,
    isAssumed: true,
  },
  { name: 'the role is not to be assumed', args: ['--no-assume'], row: 'skip role', says: /^not checked: --no-assume/ },
];

interface Row {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly change?: string;
}

describe('aws-oidc doctor', function () {
  this.timeout(60_000);
  let emulator: EmulatorProcess;
  let before2026: EmulatorProcess;
  let folder: string;

  before(async () => {
    emulator = await startEmulatorProcess({ https: true });
    before2026 = await startEmulatorProcess({ config: { sts: { messages: 'old' } } });
    folder = await mkdtemp(path.join(tmpdir(), 'doctor-'));
    await writeFile(path.join(folder, 'trust.json'), trustPolicy(emulator.ready.issuers.bitbucket));
  });
  after(async () => {
    await emulator?.stop();
    await before2026?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** Runs a command of the command line in the scene. */
  async function run(scene: Scene, command: readonly string[], operands: readonly string[] = []) {
    const aws = scene.oldMessages ? before2026 : emulator;
    const role = scene.role ?? 'deploy';
    const args = (scene.args ?? []).map((arg) => (arg === 'trust.json' ? path.join(folder, arg) : arg));
    const usual = [
      ...['--role-arn', role.startsWith('arn:') ? role : ROLE.replace('deploy', role)],
      ...['--timeout-seconds', '5', '--max-attempts', '1'],
      ...(args.includes('--sts-endpoint') ? [] : ['--sts-endpoint', stsOf(aws, scene)]),
    ];
    const env = { ...(await bitbucketStep(aws, scene.claims)), AWS_REGION: 'eu-west-1', ...scene.env };
    await aws.control.setFaults(scene.fault === undefined ? [] : [{ match: { endpoint: 'sts' }, fault: scene.fault }]);
    try {
      return await awsOidc([...command, ...usual, ...args, ...operands], { env });
    } finally {
      await aws.control.clearFaults();
    }
  }

  function stsOf({ ready }: EmulatorProcess, { overTls }: Scene): string {
    return overTls === undefined ? ready.sts : (ready.https?.sts ?? '');
  }

  for (const scene of SCENES) {
    const { name, args = [], row, says, isAssumed } = scene;
    it(`reports ${row ?? 'ok'} if ${name}`, async () => {
      const ran = await run(scene, ['doctor', '--json']);
      assert.notEqual(ran.stdout, '', ran.stderr);
      const rows: Row[] = JSON.parse(ran.stdout).checks;
      // The token's issuer is the emulator, which doctor asks only at exactly the STS endpoint.
      const isElsewhere = scene.overTls ?? args.includes('--sts-endpoint');
      const failed = rows.filter((one) => one.status === 'fail' && !(isElsewhere && one.name === 'discovery'));
      assert.equal(ran.status, failed.length > 0 ? 1 : 0);
      const role = rows.find((one) => one.name === 'role');
      assert.equal(role?.status === 'ok', isAssumed === true, ran.stdout);
      assert.deepEqual(
        failed.map((one) => `${one.status} ${one.name}`),
        row?.startsWith('fail') ? [row] : [],
        ran.stdout,
      );
      if (row === undefined || says === undefined) return;
      const match = rows.find((one) => `${one.status} ${one.name}` === row);
      assert.match(`${match?.message}\n${match?.change}`, says);
      await assertNoSecrets(emulator, ran);
    });

    if (args.includes('--no-assume')) continue;
    it(`agrees with exec if ${name}`, async () => {
      const { status, stderr } = await run(scene, ['exec'], ['--', 'true']);
      assert.equal(status === 0, isAssumed === true, stderr);
    });
  }

  it('prints a line for each check, and the fix below', async () => {
    const { stdout } = await run({ name: '', args: ['--duration-seconds', '7200'] }, ['doctor']);
    assert.match(stdout, /^fail duration {5}SessionTooLong: .*\n {7}→ Lower --duration-seconds .*\n {7}→ aws iam /m);
    assert.match(stdout, /^skip role {9}not checked: duration failed$/m);
    assert.match(stdout, /^ {9}AWS said: ValidationError, /m);
  });

  it('does not ask an issuer at another address of this machine', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const iss = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const ran = await run({ name: '', claims: { iss } }, ['doctor', '--json']);
      assert.match(ran.stdout, /on this machine or in a private network, and was not asked/);
      assert.equal(requests, 0);
    } finally {
      server.close();
    }
  });
});

function trustPolicy(issuer: string): string {
  const provider = issuer.replace(/^https?:\/\//, '');
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${provider}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${provider}:sub`]: '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}:*' } },
    },
  });
}
