import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers';
import { type EmulatorProcess, startEmulatorProcess } from '../support/emulator-process.ts';
import { run } from './child.ts';

const roleArn = 'arn:aws:iam::123456789012:role/deploy';
const whoAmI = fileURLToPath(new URL('who-am-i.ts', import.meta.url));

describe('the AWS SDK for JavaScript', () => {
  let emulator: EmulatorProcess;
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'aws-sdk-'));
    emulator = await startEmulatorProcess({ https: true });
  });
  afterEach(async () => {
    await emulator.stop();
    await rm(home, { recursive: true });
  });

  /** Runs in a separate process with only the variables that the SDKs document. */
  const ask = (times: number, env: Readonly<Record<string, string>>) =>
    run(process.execPath, ['--import', 'tsx', whoAmI, String(times)], {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_STS: emulator.ready.sts,
      ...env,
    });
  const tokenFile = async () => {
    const file = join(home, 'token');
    await writeFile(file, await emulator.control.mint('bitbucket'));
    return { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: roleArn, AWS_ROLE_SESSION_NAME: 'from-file' };
  };
  const exchanges = async () =>
    (await emulator.control.requests()).filter(({ action }) => action === 'AssumeRoleWithWebIdentity').length;
  const arn = 'arn:aws:sts::123456789012:assumed-role/deploy/from-file\n';

  it('finds a token file in its default chain and asks for its identity', async () => {
    const { code, stdout, stderr } = await ask(1, await tokenFile());
    assert.equal(code, 0, stderr);
    assert.equal(stdout, arn);
    assert.equal(await exchanges(), 1);
  });

  it('exchanges the token once per session', async () => {
    const { stdout } = await ask(3, await tokenFile());
    assert.equal(stdout, arn.repeat(3));
    assert.equal(await exchanges(), 1);
  });

  it('exchanges it again when the session is about to expire', async () => {
    // Because the emulator's clock is behind, the client sees a one-hour session that is about to expire.
    await emulator.control.advanceClock(-3590);
    const { stdout, stderr } = await ask(2, await tokenFile());
    assert.equal(stdout, arn.repeat(2), stderr);
    assert((await exchanges()) >= 2);
  });

  it('uses TLS with the given authority, and refuses it without', async () => {
    const { https, ca = '' } = emulator.ready;
    assert(https);
    const authority = join(home, 'ca.pem');
    await writeFile(authority, ca);
    const env = { ...(await tokenFile()), AWS_ENDPOINT_URL_STS: https.sts };
    const trusting = await ask(1, { ...env, NODE_EXTRA_CA_CERTS: authority });
    assert.equal(trusting.stdout, arn, trusting.stderr);
    const { code, stderr } = await ask(1, env);
    assert.notEqual(code, 0);
    assert.match(stderr, /unable to verify the first certificate|self-signed certificate/);
  });

  const clientConfig = () => ({ endpoint: emulator.ready.sts, region: 'eu-west-1', maxAttempts: 1 });
  const webIdentity = async () =>
    fromWebToken({
      roleArn,
      roleSessionName: 'in-process',
      webIdentityToken: await emulator.control.mint('azure-devops'),
      clientConfig: clientConfig(),
    });
  const identity = (credentials: NonNullable<ConstructorParameters<typeof STSClient>[0]>['credentials']) =>
    new STSClient({ ...clientConfig(), ...(credentials ? { credentials } : {}) }).send(
      new GetCallerIdentityCommand({}),
    );

  it('reports a wrong secret', async () => {
    const credentials = await (await webIdentity())();
    await assert.rejects(identity({ ...credentials, secretAccessKey: 'wrong' }), { name: 'SignatureDoesNotMatch' });
  });

  it('reports that a session has expired', async () => {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = await (await webIdentity())();
    await identity({ accessKeyId, secretAccessKey, sessionToken });
    await emulator.control.advanceClock(3600);
    await assert.rejects(identity({ accessKeyId, secretAccessKey, sessionToken }), { name: 'ExpiredToken' });
  });

  it('reports that the session may not assume a role', async () => {
    const chained = fromTemporaryCredentials({
      masterCredentials: await webIdentity(),
      params: { RoleArn: roleArn, RoleSessionName: 'chained' },
      clientConfig: clientConfig(),
    });
    await assert.rejects(identity(chained), {
      name: 'AccessDenied',
      message: `User: arn:aws:sts::123456789012:assumed-role/deploy/in-process is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    });
  });

  it('survives throttling with its own retries', async () => {
    await emulator.control.setFaults([{ match: { endpoint: 'sts', times: 2 }, fault: { code: 'Throttling' } }]);
    const { stdout, stderr } = await ask(1, await tokenFile());
    assert.equal(stdout, arn, stderr);
    assert.deepEqual(
      (await emulator.control.requests()).filter(({ endpoint }) => endpoint === 'sts').map(({ status }) => status),
      [400, 400, 200, 200],
    );
  });
});
