import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NODE_20, NODE_24 } from '../../support/index.ts';
import { Jobs, ROLE, startEmulator } from './support.ts';

/** Microsoft's mock runner, from the extension's dependency. */
const requireOfExtension = createRequire(new URL('../../../ado-extension/package.json', import.meta.url));

interface MockTestRunner {
  nodePath: string;
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly errorIssues: readonly string[];
  readonly warningIssues: readonly string[];
  runAsync(): Promise<void>;
}

describe("Microsoft's mock runner runs the packed task", () => {
  let jobs: Jobs;
  let folder: string;

  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node20_1');
    folder = mkdtempSync(path.join(tmpdir(), 'mock-run-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await jobs?.close();
  });

  /** A test file as in Microsoft's documentation: inputs and variables first, then the task. */
  async function run(node: string, inputs: Record<string, string>): Promise<MockTestRunner> {
    const { ready } = jobs.emulator;
    const environment = {
      AGENT_VERSION: '4.265.1',
      AGENT_TEMPDIRECTORY: folder,
      SYSTEM_OIDCREQUESTURI: ready.oidcRequestUri,
      SYSTEM_COLLECTIONURI: `${new URL(ready.oidcRequestUri).origin}/acme/`,
      ENDPOINT_URL_SYSTEMVSSCONNECTION: new URL(ready.oidcRequestUri).origin,
      ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({
        scheme: 'OAuth',
        parameters: { AccessToken: ready.accessToken },
      }),
    };
    const file = path.join(
      folder,
      `${Object.keys(inputs).length}-${path.basename(path.dirname(path.dirname(node)))}.cjs`,
    );
    writeFileSync(
      file,
      `
      const { TaskMockRunner } = require(${JSON.stringify(requireOfExtension.resolve('azure-pipelines-task-lib/mock-run'))});
      const runner = new TaskMockRunner(${JSON.stringify(path.join(jobs.folder, 'index.js'))});
      for (const [name, value] of Object.entries(${JSON.stringify(inputs)})) runner.setInput(name, value);
      Object.assign(process.env, ${JSON.stringify(environment)});
      runner.run(true);
      `,
    );
    const { MockTestRunner } = requireOfExtension('azure-pipelines-task-lib/mock-test') as {
      MockTestRunner: new (file: string, taskJson: string) => MockTestRunner;
    };
    const runner = new MockTestRunner(file, path.join(jobs.folder, 'task.json'));
    // It would download its own Node.
    runner.nodePath = node;
    await runner.runAsync();
    return runner;
  }

  for (const [name, node] of [
    ['Node 20', NODE_20],
    ['Node 24', NODE_24],
  ] as const) {
    it(`to success, on ${name}`, async () => {
      const runner = await run(node, { roleArn: ROLE, region: 'eu-west-1', stsEndpoint: jobs.emulator.ready.sts });
      assert.ok(runner.succeeded, runner.stdout + runner.stderr);
      assert.deepEqual([runner.errorIssues, runner.warningIssues], [[], []]);
      assert.match(runner.stdout, /##vso\[task\.setvariable variable=AWS_SESSION_TOKEN;/);
    });

    it(`to a failure with its reason, on ${name}`, async () => {
      const runner = await run(node, { region: 'eu-west-1' });
      assert.equal(runner.succeeded, false);
      assert.match(
        runner.errorIssues.join('\n'),
        /^InvalidOptions: roleArn is missing\. Nothing was sent\. Fix: Set roleArn to /,
      );
    });
  }
});
