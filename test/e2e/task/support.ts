/** Shared code of the task's tests: the emulator with two accounts, agents, and independent clients. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { AWS_CLI, HAS_AWS_CLI } from '../../support/aws-cli.ts';
import {
  AzureAgent,
  type EmulatorProcess,
  jobOf,
  NODE_20,
  NODE_24,
  type StepResult,
  startEmulatorProcess,
  unpackTask,
} from '../../support/index.ts';

export const HANDLERS = ['Node20_1', 'Node24'] as const;
export type Handler = (typeof HANDLERS)[number];

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
export const AUDIT_ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/audit`;
/** Trusts `deploy`. */
export const NEXT_ROLE = `arn:aws:iam::${ACCOUNT}:role/next`;
/** A role that trusts no job of these tests. */
export const LOCKED_ROLE = `arn:aws:iam::${ACCOUNT}:role/locked`;
/** FIPS endpoint of STS in the region of the tests. */
export const FIPS_HOST = 'sts-fips.eu-west-1.amazonaws.com';
/** Session name of the tests. */
export const SESSION = 'job';
export const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';

const ORGANIZATION_ID = '66666666-7777-4888-8999-000000000000';
const ISSUER = `vstoken.dev.azure.com/${ORGANIZATION_ID}`;
const WHO_AM_I = fileURLToPath(new URL('../who-am-i.mjs', import.meta.url));

const provider = { url: `https://${ISSUER}`, clientIds: ['api://AzureADTokenExchange'] };
const trusting = (account: string, subject: string | readonly string[]) => ({
  maxSessionDuration: 43_200,
  allowAssumeRole: true,
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${ISSUER}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${ISSUER}:aud`]: provider.clientIds[0] },
          StringLike: { [`${ISSUER}:sub`]: subject },
        },
      },
    ],
  },
});

/** Organization, project and connections of the emulator, with the roles and their trust. */
export function configuration(azureDevOps: Readonly<Record<string, unknown>> = {}) {
  const subjects = ['sc://*', 'p://*'];
  return {
    azureDevOps: {
      organization: 'acme',
      organizationId: ORGANIZATION_ID,
      project: 'shop',
      serviceConnections: { [CONNECTION]: 'aws-deploy' },
      ...azureDevOps,
    },
    accounts: {
      [ACCOUNT]: {
        oidcProviders: [provider],
        roles: {
          deploy: trusting(ACCOUNT, subjects),
          locked: trusting(ACCOUNT, 'sc://acme/shop/another'),
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
      [OTHER_ACCOUNT]: { oidcProviders: [provider], roles: { audit: trusting(OTHER_ACCOUNT, subjects) } },
    },
  };
}

export function startEmulator(azureDevOps: Readonly<Record<string, unknown>> = {}): Promise<EmulatorProcess> {
  return startEmulatorProcess({ config: configuration(azureDevOps), https: true, args: ['--tls-name', FIPS_HOST] });
}

type AgentOptions = ConstructorParameters<typeof AzureAgent>[0];
type TaskStep = Omit<Parameters<AzureAgent['runTask']>[0], 'folder' | 'inputs'>;
type ScriptStep = NonNullable<Parameters<AzureAgent['runScript']>[1]>;
type Inputs = Readonly<Record<string, string>>;

/** Jobs on agents with one handler, with one emulator and the task from the vsix. */
export class Jobs {
  readonly emulator: EmulatorProcess;
  readonly handler: Handler;
  /** Folder of the task's task.json. */
  readonly folder: string;
  readonly #task = unpackTask();
  #agent: AzureAgent | undefined;

  constructor(emulator: EmulatorProcess, handler: Handler) {
    this.emulator = emulator;
    this.handler = handler;
    this.folder = this.#task.folder;
  }

  async close(): Promise<void> {
    this.#task.remove();
    await this.emulator.stop();
  }

  /**
   * Starts a job.
   *
   * @param options `variables` are added to the job's own
   */
  start({ variables = {}, ...options }: Partial<AgentOptions> = {}): AzureAgent {
    const job = jobOf(this.emulator.ready);
    this.#agent = new AzureAgent({
      ...job,
      handler: this.handler,
      node: this.handler === 'Node24' ? NODE_24 : NODE_20,
      serviceConnections: { [CONNECTION]: { name: 'aws-deploy', type: 'Generic', url: 'https://aws.amazon.com/' } },
      issuedSecrets: this.emulator.control.secretValues,
      ...options,
      variables: { ...job.variables, ...variables },
    });
    return this.#agent;
  }

  get agent(): AzureAgent {
    assert(this.#agent, 'no job was started');
    return this.#agent;
  }

  /** Ends the job; its post-job handlers must succeed. */
  async finish(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    for (const { result, log } of (await agent?.finish()) ?? []) assert.equal(result, 'Succeeded', log.join('\n'));
  }

  /** Runs the task. */
  run(inputs: Inputs = {}, step: TaskStep = {}): Promise<StepResult> {
    return this.agent.runTask({
      folder: this.folder,
      name: 'assume',
      ...step,
      inputs: {
        serviceConnection: CONNECTION,
        roleArn: ROLE,
        region: 'eu-west-1',
        sessionName: SESSION,
        stsEndpoint: this.emulator.ready.sts,
        ...inputs,
      },
    });
  }

  /** Runs the task, which must succeed. */
  async assume(inputs: Inputs = {}, step: TaskStep = {}): Promise<StepResult> {
    const result = await this.run(inputs, step);
    assert.equal(result.result, 'Succeeded', result.log.join('\n'));
    return result;
  }

  /** Output lines of a later step, which must succeed. */
  async says(script: string, step: ScriptStep = {}): Promise<string[]> {
    const { result, stdout, log } = await this.agent.runScript(`set -e\n${script}`, {
      ...step,
      env: { ...CLIENT_SETTINGS, ...step.env },
    });
    assert.equal(result, 'Succeeded', log.join('\n'));
    return stdout.trim().split('\n');
  }

  /** Line for a later step that asks for the identity with the distribution's AWS CLI. */
  cli(profile?: string): string {
    const chosen = profile === undefined ? '' : `--profile ${profile}`;
    return `${AWS_CLI} --endpoint-url ${this.emulator.ready.sts} ${chosen} sts get-caller-identity --query Arn --output text`;
  }

  /**
   * Line for a later step that asks for the identity with the default credential chain of the AWS SDK for JavaScript.
   */
  sdk(profile?: string): string {
    const chosen = profile === undefined ? '' : `AWS_PROFILE=${profile}`;
    return `AWS_ENDPOINT_URL_STS=${this.emulator.ready.sts} ${chosen} "${process.execPath}" "${WHO_AM_I}"`;
  }

  /** Checks that both clients of a later step use the session. */
  async clientsAre(expected: string, step: ScriptStep = {}, profile?: string): Promise<void> {
    const arns = await this.says(`${this.cli(profile)}\n${this.sdk(profile)}`, step);
    assert.deepEqual(arns, [expected, expected]);
  }

  /** Checks that both clients report missing credentials. */
  async clientsFindNothing(): Promise<void> {
    const env = { ...CLIENT_SETTINGS, AWS_REGION: 'eu-west-1' };
    const cli = await this.agent.runScript(this.cli(), { env });
    assert.match(cli.stderr, HAS_AWS_CLI ? /Unable to locate credentials/ : /CredentialsProviderError/);
    const sdk = await this.agent.runScript(this.sdk(), { env });
    assert.match(sdk.stderr, /CredentialsProviderError|Could not resolve credentials/);
  }

  /** Number of requests to `sts` or `azure-token` since the list was last cleared. */
  async calls(endpoint: string): Promise<number> {
    return (await this.emulator.control.requests()).filter((request) => request.endpoint === endpoint).length;
  }
}

const CLIENT_SETTINGS = { AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '' };

export const arnOf = (role: string, account = ACCOUNT, session = SESSION) =>
  `arn:aws:sts::${account}:assumed-role/${role}/${session}`;

/** Names of variables that a step set to a non-empty value. */
export function exposed({ commands }: StepResult): string[] {
  return commands
    .filter(({ event, data }) => event === 'setvariable' && data !== '')
    .map(({ properties }) => properties['variable'] ?? '');
}

export function warningsOf({ issues }: StepResult): string[] {
  return issues.filter(({ type }) => type === 'warning').map(({ message }) => message);
}
