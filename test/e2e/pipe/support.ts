/** Shared code of the pipe's tests: the emulator with two accounts, steps, and independent clients. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AWS_CLI } from '../../support/aws-cli.ts';
import { BitbucketStep, type EmulatorProcess, type RunResult, startEmulatorProcess } from '../../support/index.ts';

export const BUNDLE = fileURLToPath(new URL('../../../pipe/dist/pipe.mjs', import.meta.url));
export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
export const AUDIT_ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/audit`;
/** Trusts `deploy`. */
export const NEXT_ROLE = `arn:aws:iam::${ACCOUNT}:role/next`;
export const SESSION_NAME = 'bitbucket,acme,shop-api,42,1f0c9a2b';

const STEP_UUID = '{1f0c9a2b-1111-4222-8333-444455556666}';
const WORKSPACE_UUID = '00000000-0000-4000-8000-000000000001';
const ISSUER = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const WHO_AM_I = fileURLToPath(new URL('who-am-i.mjs', import.meta.url));
/** Names of the regional endpoint, for clients that have no setting for another. */
const STS_HOSTS = ['sts.eu-west-1.amazonaws.com', 'sts-fips.eu-west-1.amazonaws.com', 'sts.eu-west-1.api.aws'];

const provider = { url: `https://${ISSUER}`, clientIds: [`ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}`] };
const trusting = (account: string) => ({
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${ISSUER}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${ISSUER}:aud`]: provider.clientIds[0] } },
      },
    ],
  },
  maxSessionDuration: 43_200,
});
const CONFIGURATION = {
  bitbucket: { workspace: 'acme', workspaceUuid: WORKSPACE_UUID, tokenLifetimeSeconds: 7200 },
  accounts: {
    [ACCOUNT]: {
      oidcProviders: [provider],
      roles: {
        deploy: { ...trusting(ACCOUNT), allowAssumeRole: true },
        next: {
          trustPolicy: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
                Action: ['sts:AssumeRole', 'sts:TagSession'],
              },
            ],
          },
        },
      },
    },
    [OTHER_ACCOUNT]: { oidcProviders: [provider], roles: { audit: trusting(OTHER_ACCOUNT) } },
  },
};

export const arnOf = (role: string, account = ACCOUNT, session = SESSION_NAME) =>
  `arn:aws:sts::${account}:assumed-role/${role}/${session}`;

export function startEmulator(): Promise<EmulatorProcess> {
  return startEmulatorProcess({
    config: CONFIGURATION,
    https: true,
    args: STS_HOSTS.flatMap((host) => ['--tls-name', host]),
  });
}

export interface StepSettings {
  readonly branch?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Creates a step with a token of the emulator. */
export async function stepOf(emulator: EmulatorProcess, settings: StepSettings = {}): Promise<BitbucketStep> {
  await emulator.control.clearRequests();
  return new BitbucketStep({
    oidcToken: await emulator.control.mint(
      'bitbucket',
      { ...(settings.branch === undefined ? {} : { branchName: settings.branch }), ...settings.claims },
      { stepUuid: STEP_UUID },
    ),
    stepUuid: STEP_UUID,
    issuedSecrets: emulator.control.secretValues,
    ...(settings.branch === undefined ? {} : { branch: settings.branch }),
    ...(settings.env === undefined ? {} : { env: settings.env }),
  });
}

type Variables = Readonly<Record<string, string | readonly string[]>>;

export function variablesFor(emulator: EmulatorProcess, variables: Variables = {}): Variables {
  return { AWS_OIDC_ROLE_ARN: ROLE, AWS_DEFAULT_REGION: 'eu-west-1', STS_ENDPOINT: emulator.ready.sts, ...variables };
}

/** Runs the bundle, which must succeed. */
export async function succeed(
  step: BitbucketStep,
  emulator: EmulatorProcess,
  variables: Variables = {},
): Promise<RunResult> {
  const result = await step.runPipe({ bundle: BUNDLE, variables: variablesFor(emulator, variables) });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stderr, '');
  return result;
}

/** Script line that asks for the identity with the distribution's AWS CLI. */
export function cliSays(emulator: EmulatorProcess, args = ''): string {
  return `${AWS_CLI} --endpoint-url ${emulator.ready.sts} ${args} sts get-caller-identity --query Arn --output text`;
}

/**
 * Script line that asks for the identity several times in one process, with the default credential chain of the AWS SDK
 * for JavaScript.
 */
export function sdkSays(emulator: EmulatorProcess, times = 1): string {
  return `AWS_ENDPOINT_URL_STS=${emulator.ready.sts} "${process.execPath}" "${WHO_AM_I}" ${times}`;
}

/** Output lines of a script, which must succeed. */
export async function says(step: BitbucketStep, script: string, env: Record<string, string> = {}): Promise<string[]> {
  const { exitCode, stdout, stderr } = await step.runScript(script, {
    env: { AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '', ...env },
  });
  assert.equal(exitCode, 0, stderr);
  return stdout.trim().split('\n');
}

export async function exchanges(emulator: EmulatorProcess): Promise<number> {
  const requests = await emulator.control.requests();
  return requests.filter(({ action }) => action === 'AssumeRoleWithWebIdentity').length;
}

export interface Proxy {
  readonly url: string;
  /** `host:port` of every CONNECT. */
  readonly requests: readonly string[];
  stop(): void;
}

/**
 * Starts an HTTP proxy that redirects every CONNECT to the emulator, as if AWS's names pointed there. It requires the
 * user and password in `url`.
 */
export async function proxyTo(emulator: EmulatorProcess): Promise<Proxy> {
  const { https } = emulator.ready;
  assert(https);
  const port = Number(new URL(https.sts).port);
  const password = randomUUID();
  const expectedHeader = `Basic ${Buffer.from(`build:${password}`).toString('base64')}`;
  const requests: string[] = [];
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', ({ url, headers }, socket) => {
    requests.push(url ?? '');
    if (headers['proxy-authorization'] !== expectedHeader) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://build:${password}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
