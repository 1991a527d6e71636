/** Follows README and recipes as a new user does, word for word, up to the deployment. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ROOT, snippetsOf } from '../../docs/snippets.ts';
import {
  AzureAgent,
  BitbucketStep,
  type EmulatorProcess,
  jobOf,
  startEmulatorProcess,
  unpackTask,
} from '../../support/index.ts';
import { needsTerraform } from '../../support/terraform.ts';
import { ACCOUNT, type Cloud, needsMoto, startCloud } from './cloud.ts';

const BUNDLE = path.join(ROOT, 'pipe/dist/pipe.mjs');
const STEP = '{1f0c9a2b-1111-4222-8333-444455556666}';
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';
const PRODUCTION = '{3c2b1a09-8f7e-4d6c-9b5a-493827160544}';
const REPOSITORY = '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}';
const SITE = 'mkdir -p site && echo hello > site/index.html';

interface Role {
  readonly Role: { readonly AssumeRolePolicyDocument: unknown; readonly MaxSessionDuration: number };
}
interface Provider {
  readonly Url: string;
  readonly ClientIDList: readonly string[];
}

type BitbucketLine = string | { pipe: string; variables: Record<string, string> };
type AzureStep = { task?: string; inputs: Record<string, string>; script?: string; workingDirectory?: string };

describe('the road of a new user', function () {
  this.timeout(180_000);
  let emulator: EmulatorProcess | undefined;
  let cloud: Cloud;

  before(async function () {
    needsMoto(this);
    cloud = await startCloud(async () => (await emulator?.control.secretValues()) ?? []);
  });
  after(() => cloud?.stop());
  beforeEach(() => fetch(`${cloud.admin['AWS_ENDPOINT_URL']}/moto-api/reset`, { method: 'POST' }));
  afterEach(async () => {
    await emulator?.stop();
    emulator = undefined;
  });

  /** Runs the shell blocks of a section of the README in one shell, as administrator. */
  function follow(heading: string): void {
    const markdown = readFileSync(path.join(ROOT, 'README.md'), 'utf8').split('\n');
    const from = markdown.indexOf(heading) + 1;
    const to = markdown.findIndex((line, index) => index >= from && line.startsWith('## '));
    const blocks = snippetsOf('README.md').filter(({ place, language }) => {
      const line = Number(place.split(':')[1]);
      return language === 'sh' && line > from && line <= to;
    });
    assert.ok(blocks.length >= 2);
    execFileSync('sh', ['-eu', '-c', blocks.map(({ text }) => text).join('\n')], { env: cloud.admin, stdio: 'pipe' });
  }

  /** Creates the stack of a recipe. */
  function deployStack(template: string, ...parameters: readonly string[]): void {
    const overrides = parameters.length === 0 ? [] : ['--parameter-overrides', ...parameters];
    const file = path.join(ROOT, 'examples', template);
    const args = ['cloudformation', 'deploy', '--template-file', file, '--stack-name', 'ci-role'];
    execFileSync('aws', [...args, '--capabilities', 'CAPABILITY_NAMED_IAM', ...overrides], {
      env: cloud.admin,
      stdio: 'pipe',
    });
    // moto's CloudFormation has no AWS::IAM::OIDCProvider, so the provider is created by hand from the template.
    const text = readFileSync(file, 'utf8');
    const [, url = ''] = /Url: (https:\S+)/.exec(text) ?? [];
    const [, audience = ''] = /ClientIdList: \["(.+)"\]/.exec(text) ?? [];
    cloud.aws('iam', 'create-open-id-connect-provider', '--url', url, '--client-id-list', audience);
  }

  /** Starts an emulator with moto's present account. */
  async function start(issuers: object, roleName = 'deploy'): Promise<EmulatorProcess> {
    const { Role } = cloud.aws('iam', 'get-role', '--role-name', roleName) as Role;
    const { OpenIDConnectProviderList: providers } = cloud.aws('iam', 'list-open-id-connect-providers') as {
      OpenIDConnectProviderList: readonly { Arn: string }[];
    };
    const oidcProviders = providers.map(({ Arn }) => {
      const args = ['iam', 'get-open-id-connect-provider', '--open-id-connect-provider-arn', Arn];
      const { Url, ClientIDList } = cloud.aws(...args) as Provider;
      return { url: Url.startsWith('https://') ? Url : `https://${Url}`, clientIds: ClientIDList };
    });
    const { AssumeRolePolicyDocument: trustPolicy, MaxSessionDuration: maxSessionDuration } = Role;
    const accounts = { [ACCOUNT]: { oidcProviders, roles: { [roleName]: { trustPolicy, maxSessionDuration } } } };
    emulator = await startEmulatorProcess({ config: { ...issuers, accounts } });
    return emulator;
  }

  const jobEnvironment = ({ ready }: EmulatorProcess) => ({
    AWS_ENDPOINT_URL: cloud.gate,
    AWS_ENDPOINT_URL_STS: ready.sts,
  });

  interface BitbucketRun {
    readonly script: readonly BitbucketLine[];
    readonly sub: string;
    readonly prepare?: string;
    readonly env?: Readonly<Record<string, string>>;
  }

  async function runStep({ ready, control }: EmulatorProcess, { script, sub, prepare = SITE, env = {} }: BitbucketRun) {
    const oidcToken = await control.mint('bitbucket', { sub });
    const step = new BitbucketStep({ oidcToken, env, issuedSecrets: control.secretValues });
    try {
      await step.runScript(prepare);
      const lines = script.filter((line) => typeof line === 'string');
      for (const line of script) {
        if (typeof line === 'string') continue;
        // YAML has numbers, but a pipe gets text.
        const texts = Object.entries(line.variables).map(([name, value]) => [name, String(value)]);
        const variables = { ...Object.fromEntries(texts), STS_ENDPOINT: ready.sts };
        const pipe = await step.runPipe({ bundle: BUNDLE, variables });
        if (pipe.exitCode !== 0) return pipe;
      }
      return await step.runScript(lines.join('\n'), {
        env: { ...jobEnvironment({ ready, control } as EmulatorProcess), ...env },
      });
    } finally {
      step.dispose();
    }
  }

  async function runJob(running: EmulatorProcess, name: string, steps: readonly AzureStep[], prepare = SITE, env = {}) {
    const task = unpackTask();
    const agent = new AzureAgent({
      ...jobOf(running.ready),
      serviceConnections: { [CONNECTION]: { name, type: 'Generic' } },
      environment: { ...jobEnvironment(running), ...env },
      issuedSecrets: running.control.secretValues,
    });
    try {
      assert.equal((await agent.runScript(prepare)).result, 'Succeeded');
      for (const { task: uses, inputs, script = '', workingDirectory: folder } of steps) {
        const stsEndpoint = running.ready.sts;
        const isDone =
          uses === undefined
            ? await agent.runScript(folder === undefined ? script : `cd ${folder} && ${script}`)
            : await agent.runTask({ folder: task.folder, inputs: { ...inputs, stsEndpoint } });
        assert.equal(isDone.result, 'Succeeded', isDone.log.join('\n'));
      }
      await agent.finish();
    } finally {
      agent.dispose();
      task.remove();
    }
  }

  const objects = (bucket: string) =>
    (
      cloud.aws('s3api', 'list-objects-v2', '--bucket', bucket) as { Contents?: { Key: string }[] } | undefined
    )?.Contents?.map(({ Key }) => Key);
  const recipe = (file: string) => parse(readFileSync(path.join(ROOT, 'examples', file), 'utf8'), { merge: true });
  const readmeYaml = (word: string) =>
    parse(snippetsOf('README.md').find(({ language, text }) => language === 'yaml' && text.includes(word))?.text ?? '');

  const BITBUCKET = { workspace: 'acme', workspaceUuid: '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11' };
  const azureDevOps = (connection: string) => ({
    azureDevOps: {
      organization: 'acme',
      organizationId: '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
      project: 'shop',
      serviceConnections: { [CONNECTION]: connection },
    },
  });

  it('on Bitbucket in the README ends with files in the bucket', async () => {
    follow('## Bitbucket Pipelines');
    const running = await start({
      bitbucket: { workspace: 'acme', workspaceUuid: '11111111-2222-3333-4444-555555555555' },
    });
    const [{ step }] = readmeYaml('pipe:').pipelines.branches.main;
    const sub = `{66666666-7777-8888-9999-000000000000}:${STEP}`;
    const { exitCode, stderr } = await runStep(running, { script: step.script, sub });
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(objects(`acme-site-${ACCOUNT}`), ['index.html']);
    assert.equal(cloud.refused(), 0);
  });

  it('on Azure Pipelines in the README ends with files in the bucket', async () => {
    follow('## Azure Pipelines');
    const running = await start({
      azureDevOps: {
        organization: 'my-organization',
        organizationId: '11111111-2222-3333-4444-555555555555',
        project: 'my-project',
        serviceConnections: { [CONNECTION]: 'aws-deploy' },
      },
    });
    await runJob(running, 'aws-deploy', readmeYaml('AwsOidcAssume').steps);
    assert.deepEqual(objects(`acme-site-${ACCOUNT}`), ['index.html']);
  });

  it('with two accounts on Bitbucket deploys to production, and staging cannot', async () => {
    deployStack(
      'recipes/two-accounts/bitbucket/role.yaml',
      `EnvironmentUuid=${PRODUCTION}`,
      'BucketName=acme-production',
    );
    const running = await start({ bitbucket: BITBUCKET });
    const [, { step }] = recipe('recipes/two-accounts/bitbucket/bitbucket-pipelines.yml').pipelines.branches.main;
    const env = { AWS_OIDC_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/deploy`, BUCKET: 'acme-production' };
    const staging = await runStep(running, { script: step.script, sub: `${REPOSITORY}:${STEP}:${STEP}`, env });
    assert.equal(staging.exitCode, 1);
    const production = await runStep(running, { script: step.script, sub: `${REPOSITORY}:${PRODUCTION}:${STEP}`, env });
    assert.equal(production.exitCode, 0, production.stderr);
    assert.deepEqual(objects('acme-production'), ['index.html']);
  });

  it('with two accounts on Azure DevOps deploys to production', async () => {
    const folder = 'recipes/two-accounts/azure-devops';
    deployStack(`${folder}/role.yaml`, 'ServiceConnection=aws-production', 'BucketName=acme-site-production');
    const running = await start(azureDevOps('aws-production'));
    const [, { jobs }] = recipe(`${folder}/azure-pipelines.yml`).stages;
    await runJob(running, 'aws-production', jobs[0].steps);
    assert.deepEqual(objects('acme-site-production'), ['index.html']);
  });

  /** Prepares Terraform's plugins without a network, with the recipe's own configuration. */
  function terraform(context: Mocha.Context, folder: string) {
    const { plugins } = needsTerraform(context);
    const env = {
      TF_CLI_ARGS_init: `-plugin-dir=${plugins}`,
      CHECKPOINT_DISABLE: '1',
      TF_CLI_CONFIG_FILE: '/dev/null',
    };
    return { env, prepare: `cp -r '${path.join(ROOT, 'examples', folder, 'infra')}' infra` };
  }
  const queues = () =>
    (cloud.aws('sqs', 'list-queues') as { QueueUrls: string[] }).QueueUrls.map((url) => path.basename(url));

  it('with Terraform on Bitbucket ends with a queue, and the state in the bucket', async function () {
    const folder = 'recipes/terraform-deploy/bitbucket';
    const { env, prepare } = terraform(this, folder);
    deployStack(`${folder}/role.yaml`, `EnvironmentUuid=${PRODUCTION}`);
    const running = await start({ bitbucket: BITBUCKET });
    const [{ step }] = recipe(`${folder}/bitbucket-pipelines.yml`).pipelines.branches.main;
    const sub = `${REPOSITORY}:${PRODUCTION}:${STEP}`;
    const { exitCode, stdout, stderr } = await runStep(running, { script: step.script, sub, prepare, env });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(queues(), ['shop-orders']);
    assert.deepEqual(objects(`acme-terraform-state-${ACCOUNT}`), ['shop/terraform.tfstate']);
    assert.equal((await running.control.sessions())[0]?.durationSeconds, 7200);
  });

  it('with Terraform on Azure DevOps ends with a queue, and the state in the bucket', async function () {
    const folder = 'recipes/terraform-deploy/azure-devops';
    const { env, prepare } = terraform(this, folder);
    deployStack(`${folder}/role.yaml`, 'ServiceConnection=aws-production');
    const running = await start(azureDevOps('aws-production'));
    const [{ steps }] = recipe(`${folder}/azure-pipelines.yml`).jobs;
    await runJob(running, 'aws-production', steps, prepare, env);
    assert.deepEqual(queues(), ['shop-orders']);
    assert.deepEqual(objects(`acme-terraform-state-${ACCOUNT}`), ['shop/terraform.tfstate']);
  });
});
