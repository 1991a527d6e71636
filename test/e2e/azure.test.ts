import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { AWS_CLI } from '../support/aws-cli.ts';
import {
  AzureAgent,
  type EmulatorProcess,
  jobOf,
  NODE_20,
  NODE_24,
  type StepResult,
  startEmulatorProcess,
  type UnpackedTask,
  unpackTask,
} from '../support/index.ts';

/** The emulator's default service connection, aws-deploy. */
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';
const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const WHO_AM_I = fileURLToPath(new URL('who-am-i.mjs', import.meta.url));
const ARN = /^arn:aws:sts::123456789012:assumed-role\/deploy\/azure,acme,shop,1234,[0-9a-f]{8}$/;

for (const handler of ['Node20_1', 'Node24'] as const) {
  describe(`Azure Pipelines task: the packed task on ${handler}`, () => {
    let emulator: EmulatorProcess;
    let task: UnpackedTask;
    let agent: AzureAgent;

    before(async () => {
      task = unpackTask();
      emulator = await startEmulatorProcess();
    });
    after(async () => {
      await emulator?.stop();
      task.remove();
    });
    beforeEach(async () => {
      await emulator.control.clearRequests();
      agent = newAgent();
    });
    afterEach(() => agent.dispose());

    function newAgent(options: Partial<ConstructorParameters<typeof AzureAgent>[0]> = {}): AzureAgent {
      return new AzureAgent({
        ...jobOf(emulator.ready),
        handler,
        node: handler === 'Node24' ? NODE_24 : NODE_20,
        serviceConnections: { [CONNECTION]: { name: 'aws-deploy', type: 'Generic', url: 'https://aws.amazon.com/' } },
        issuedSecrets: emulator.control.secretValues,
        ...options,
      });
    }

    const run = (inputs: Record<string, string> = {}) =>
      agent.runTask({
        folder: task.folder,
        name: 'assume',
        inputs: {
          serviceConnection: CONNECTION,
          roleArn: ROLE,
          region: 'eu-west-1',
          stsEndpoint: emulator.ready.sts,
          ...inputs,
        },
      });

    const calls = async (endpoint: string) =>
      (await emulator.control.requests()).filter((request) => request.endpoint === endpoint).length;

    const exposed = (result: StepResult) =>
      result.commands
        .filter(({ event, data }) => event === 'setvariable' && data !== '')
        .map(({ properties }) => properties['variable']);

    it("passes credentials to a later step's AWS CLI and AWS SDK, with one token call and one STS call", async () => {
      const task = await run();
      assert.equal(task.result, 'Succeeded', task.log.join('\n'));
      assert.deepEqual([await calls('azure-token'), await calls('sts')], [1, 1]);

      const cli = await agent.runScript(
        `${AWS_CLI} sts get-caller-identity --query Arn --output text --endpoint-url ${emulator.ready.sts}`,
      );
      assert.match(cli.stdout.trim(), ARN, cli.log.join('\n'));
      const sdk = await agent.runScript(`"${process.execPath}" "${WHO_AM_I}"`, {
        env: { AWS_ENDPOINT_URL_STS: emulator.ready.sts },
      });
      assert.equal(sdk.stdout.trim(), cli.stdout.trim(), sdk.log.join('\n'));
      agent.verify();
      for (const result of await agent.finish()) assert.equal(result.result, 'Succeeded');
    });

    it('masks values before setting them, and a later step that prints its environment shows no secret', async () => {
      const task = await run();
      const masked = new Set<string>();
      for (const { event, properties, data } of task.commands) {
        if (event === 'setsecret') masked.add(data);
        const name = properties['variable'] ?? '';
        if (event === 'setvariable' && /SECRET_ACCESS_KEY|SESSION_TOKEN/.test(name)) assert.ok(masked.has(data), name);
      }
      const later = await agent.runScript('env', { mayPrintSecrets: true });
      assert.ok(
        later.log.some((line) => line === 'AWS_SECRET_ACCESS_KEY=***'),
        later.log.join('\n'),
      );
      for (const { value } of await emulator.control.secrets()) assert.ok(!later.log.join('\n').includes(value));
    });

    it('sets the account, the role and the expiry as outputs of the step', async () => {
      await run();
      const outputs = await agent.runScript('echo "$(assume.accountId) $(assume.assumedRoleArn) $(assume.expiration)"');
      assert.match(
        outputs.stdout,
        /^123456789012 arn:aws:sts::123456789012:assumed-role\/deploy\/\S+ \d{4}-\d\d-\d\dT\S+Z$/m,
      );
    });

    it('runs with debug lines without revealing a secret', async () => {
      agent.dispose();
      agent = newAgent({ variables: { ...jobOf(emulator.ready).variables, 'System.Debug': 'true' } });
      const task = await run();
      assert.equal(task.result, 'Succeeded');
      assert.ok(task.log.some((line) => line.startsWith('##[debug]')));
    });

    const badInput: { name: string; inputs: Record<string, string>; says: RegExp }[] = [
      { name: 'missing role', inputs: { roleArn: '' }, says: /roleArn is missing/ },
      {
        name: 'malformed ARN',
        inputs: { roleArn: 'role/deploy' },
        says: /roleArn is "role\/deploy", not the ARN of an IAM role/,
      },
      { name: 'missing region', inputs: { region: '' }, says: /region is missing/ },
      {
        name: 'region of another partition',
        inputs: { region: 'cn-north-1' },
        says: /region cn-north-1 is in partition aws-cn/,
      },
      {
        name: 'session name with illegal characters',
        inputs: { sessionName: 'my session' },
        says: /sessionName is "my session"/,
      },
      {
        name: 'duration out of range',
        inputs: { durationSeconds: '899' },
        says: /durationSeconds is "899", not a whole number of seconds from 900 to 43200/,
      },
      {
        name: 'undefined variable',
        inputs: { roleArn: '$(deployRole)' },
        says: /roleArn is \$\(deployRole\): that variable isn't defined/,
      },
    ];
    for (const { name, inputs, says } of badInput) {
      it(`reports the mistake, and sends and sets nothing: ${name}`, async () => {
        const task = await run(inputs);
        assert.equal(task.result, 'Failed');
        assert.equal(task.exitCode, 0);
        assert.match(task.log.join('\n'), says);
        assert.deepEqual(exposed(task), []);
        assert.deepEqual([await calls('azure-token'), await calls('sts')], [0, 0]);
      });
    }

    it('reports a server that issues no tokens', async () => {
      agent.dispose();
      const { 'System.OidcRequestUri': _, ...variables } = jobOf(emulator.ready).variables ?? {};
      agent = newAgent({ variables });
      const task = await run();
      assert.equal(task.result, 'Failed');
      assert.match(task.log.join('\n'), /System\.OidcRequestUri is not set/);
      assert.ok(task.issues.some(({ message }) => message.startsWith('TokenUnavailable: ')));
      assert.deepEqual(exposed(task), []);
    });

    it('reports a refusal by AWS with code, request id, issuer, audience and subject', async () => {
      // If no connection is used, the subject is the pipeline's own, which the role does not trust.
      const task = await run({ serviceConnection: '' });
      const log = task.log.join('\n');
      assert.equal(task.result, 'Failed');
      for (const text of [
        'AWS said: AccessDenied, ',
        '(HTTP 403, request id ',
        emulator.ready.issuers.azureDevOps,
        'api://AzureADTokenExchange',
        'p://acme/shop/',
        'troubleshooting.md#accessdenied',
      ]) {
        assert.ok(log.includes(text), `${text} in:\n${log}`);
      }
      assert.deepEqual(exposed(task), []);
      const later = await agent.runScript('echo "${AWS_ACCESS_KEY_ID:-none}"');
      assert.equal(later.stdout.trim(), 'none');
    });

    const accounts: {
      name: string;
      oidcProviders: { url: string; clientIds: string[] }[];
      code: string;
      names: string;
    }[] = [
      {
        name: 'no identity provider',
        oidcProviders: [],
        code: 'IdentityTokenNotValidated',
        names: 'arn:aws:iam::123456789012:oidc-provider/',
      },
      {
        name: 'an identity provider for another audience',
        oidcProviders: [
          {
            url: 'https://vstoken.dev.azure.com/11111111-2222-4333-8444-555555555555',
            clientIds: ['sts.amazonaws.com'],
          },
        ],
        code: 'IdentityTokenNotValidated',
        names: 'api://AzureADTokenExchange',
      },
    ];
    for (const { name, oidcProviders, code, names } of accounts) {
      it(`names the fix for an account with ${name}`, async () => {
        const Principal = { Federated: 'arn:aws:iam::123456789012:oidc-provider/example.com' };
        const trustPolicy = {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity' }],
        };
        const other = await startEmulatorProcess({
          config: {
            accounts: { '123456789012': { oidcProviders, roles: { deploy: { trustPolicy } } } },
            azureDevOps: { organizationId: '11111111-2222-4333-8444-555555555555' },
          },
        });
        try {
          agent.dispose();
          agent = newAgent({
            ...jobOf(other.ready),
            issuedSecrets: other.control.secretValues,
          });
          const task = await run({ stsEndpoint: other.ready.sts });
          const log = task.log.join('\n');
          assert.equal(task.result, 'Failed');
          assert.match(log, new RegExp(`##\\[error\\]${code}: .* Fix: `));
          assert.match(log, /InvalidIdentityToken, .*HTTP 400/);
          assert.ok(log.slice(log.indexOf('Fix: ')).includes(names), log);
          assert.deepEqual(exposed(task), []);
        } finally {
          await other.stop();
        }
      });
    }
  });
}
