import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import {
  AzureAgent,
  BitbucketStep,
  type EmulatorProcess,
  jobOf,
  startEmulatorProcess,
  unpackTask,
} from '../../support/index.ts';
import { awsOidc } from '../cli/aws-oidc.ts';
import { ACCOUNT, deployedAccounts } from './deployed.ts';

const BUNDLE = fileURLToPath(new URL('../../../pipe/dist/pipe.mjs', import.meta.url));
const WHO_AM_I = fileURLToPath(new URL('../pipe/who-am-i.mjs', import.meta.url));

const WORKSPACE_UUID = '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11';
const REPOSITORY = '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}';
const ENVIRONMENT = '{3c2b1a09-8f7e-4d6c-9b5a-493827160544}';
const STEP = '{1f0c9a2b-1111-4222-8333-444455556666}';
const ORGANIZATION_ID = '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55';
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';

const COMMON = [
  '--account',
  ACCOUNT,
  '--region',
  'eu-west-1',
  '--role-name',
  'site-deploy',
  '--allow-s3-sync',
  'acme-site',
];

/** An empty repository, and a folder of programs that come first in the path. */
class Repository {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'init-repository-'));
  readonly #programs = mkdtempSync(path.join(tmpdir(), 'init-programs-'));

  constructor() {
    // Asks for its identity with AWS's SDK before it repeats its arguments, so it fails without credentials.
    const script = `#!/bin/sh\n"${process.execPath}" "${WHO_AM_I}" 1 && echo "aws $*"\n`;
    writeFileSync(path.join(this.#programs, 'aws'), script, { mode: 0o755 });
  }

  get PATH(): string {
    return `${this.#programs}${path.delimiter}${process.env['PATH']}`;
  }

  async init(...args: string[]): Promise<void> {
    const { status, stderr } = await awsOidc(['init', ...args, ...COMMON, '--output', this.folder]);
    assert.equal(status, 0, stderr);
  }

  pipeline(file: string) {
    return parse(readFileSync(path.join(this.folder, file), 'utf8'));
  }

  remove(): void {
    for (const folder of [this.folder, this.#programs]) rmSync(folder, { recursive: true, force: true });
  }
}

describe('a repository after aws-oidc init', function () {
  this.timeout(120_000);
  let repository: Repository;
  let emulator: EmulatorProcess | undefined;

  beforeEach(() => {
    repository = new Repository();
  });
  afterEach(async () => {
    repository.remove();
    await emulator?.stop();
    emulator = undefined;
  });

  describe('on Bitbucket', () => {
    async function start(): Promise<EmulatorProcess> {
      await repository.init(
        ...['--system', 'bitbucket', '--workspace', 'acme', '--workspace-uuid', WORKSPACE_UUID],
        ...['--repository-uuid', REPOSITORY, '--deployment-environment-uuid', ENVIRONMENT, '--deployment', 'live'],
      );
      emulator = await startEmulatorProcess({
        config: {
          bitbucket: { workspace: 'acme', workspaceUuid: WORKSPACE_UUID },
          accounts: deployedAccounts(repository.folder),
        },
      });
      return emulator;
    }

    /**
     * Runs the step with the role as Bitbucket would.
     *
     * @returns its exit status and output
     */
    async function deploy({ ready, control }: EmulatorProcess, sub: string) {
      const steps = repository.pipeline('bitbucket-pipelines.yml').pipelines.branches.main;
      const { step: deployStep } = steps.at(-1);
      assert.equal(deployStep.deployment, 'live');
      const step = new BitbucketStep({
        oidcToken: await control.mint('bitbucket', { sub }),
        issuedSecrets: control.secretValues,
      });
      try {
        const [{ variables }, ...lines] = deployStep.script;
        const pipe = await step.runPipe({ bundle: BUNDLE, variables: { ...variables, STS_ENDPOINT: ready.sts } });
        if (pipe.exitCode !== 0) return pipe;
        const env = { PATH: repository.PATH, AWS_ENDPOINT_URL_STS: ready.sts };
        return await step.runScript(lines.join('\n'), { env });
      } finally {
        step.dispose();
      }
    }

    it('has a pipeline that passes on the emulator', async () => {
      const { exitCode, stdout, stderr } = await deploy(await start(), `${REPOSITORY}:${ENVIRONMENT}:${STEP}`);
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, new RegExp(`arn:aws:sts::${ACCOUNT}:assumed-role/site-deploy/`));
      assert.match(stdout, /^aws s3 sync dist s3:\/\/acme-site --delete$/m);
    });

    it('has a pipeline that fails in another environment', async () => {
      const { exitCode, stderr } = await deploy(await start(), `${REPOSITORY}:${STEP}:${STEP}`);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^✖ /m);
    });
  });

  describe('on Azure DevOps', () => {
    async function start(): Promise<EmulatorProcess> {
      await repository.init(
        ...['--system', 'azure-devops', '--organization', 'acme', '--organization-id', ORGANIZATION_ID],
        ...['--project', 'shop', '--service-connection', 'aws-deploy'],
      );
      emulator = await startEmulatorProcess({
        config: {
          azureDevOps: {
            organization: 'acme',
            organizationId: ORGANIZATION_ID,
            project: 'shop',
            serviceConnections: { [CONNECTION]: 'aws-deploy' },
          },
          accounts: deployedAccounts(repository.folder),
        },
      });
      return emulator;
    }

    it('has a pipeline that passes on the emulator', async () => {
      const { ready, control } = await start();
      const task = unpackTask();
      const agent = new AzureAgent({
        ...jobOf(ready),
        serviceConnections: { [CONNECTION]: { name: 'aws-deploy', type: 'Generic' } },
        environment: { AWS_ENDPOINT_URL_STS: ready.sts, PATH: repository.PATH },
        issuedSecrets: control.secretValues,
      });
      try {
        const { steps } = repository.pipeline('azure-pipelines.yml');
        const taskIndex = steps.findIndex((step: object) => 'task' in step);
        const inputs = { ...steps[taskIndex].inputs, stsEndpoint: ready.sts };
        const assumed = await agent.runTask({ folder: task.folder, inputs });
        assert.equal(assumed.result, 'Succeeded', assumed.log.join('\n'));
        const deployed = await agent.runScript(
          steps
            .slice(taskIndex + 1)
            .map(({ script }: { script: string }) => script)
            .join('\n'),
        );
        assert.equal(deployed.result, 'Succeeded', deployed.log.join('\n'));
        assert.match(deployed.stdout, new RegExp(`arn:aws:sts::${ACCOUNT}:assumed-role/site-deploy/`));
        assert.match(deployed.stdout, /^aws s3 sync dist s3:\/\/acme-site --delete$/m);
        await agent.finish();
      } finally {
        agent.dispose();
        task.remove();
      }
    });
  });
});
