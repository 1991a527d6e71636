/**
 * Runs the packed task on Windows as the agent does: started by node.exe, bundled into one file. Arguments: a file with
 * the setup, and the file for the results.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AzureAgent } from '../../support/azure-agent/agent.ts';
import { jobOf } from '../../support/azure-agent/job.ts';
import type { StepResult } from '../../support/azure-agent/step.ts';
import type { Handler } from '../../support/azure-agent/task-definition.ts';
import { CHECKS, type Check, FOLDERS, type Result, type Setup } from './checks.ts';

const MAPPED = Object.fromEntries(
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) => [name, `$(${name})`]),
);

const [, , setupFile = '', resultsFile = ''] = process.argv;
const setup: Setup = JSON.parse(readFileSync(setupFile, 'utf8'));
const results: Result[] = [];

/** A job on an agent in that folder. */
async function runInJob(handler: Handler, workFolder: string, run: (job: Job) => Promise<void>): Promise<void> {
  const agent = new AzureAgent({
    ...jobOf(setup.ready),
    handler,
    node: setup.nodes[handler],
    workFolder,
    serviceConnections: { [setup.connection]: { name: 'aws-deploy', type: 'Generic', url: 'https://aws.amazon.com/' } },
    environment: { AWS_EC2_METADATA_DISABLED: 'true' },
  });
  try {
    const job = new Job(agent, setup.nodes[handler]);
    await run(job);
    for (const { result, log } of await agent.finish()) assert.equal(result, 'Succeeded', log.join('\n'));
    assert.equal(existsSync(job.profileFolder), false, 'the profile folder stays after the job');
  } finally {
    agent.dispose();
  }
}

class Job {
  readonly agent: AzureAgent;
  readonly #node: string;

  constructor(agent: AzureAgent, node: string) {
    this.agent = agent;
    this.#node = node;
  }

  run(inputs: Readonly<Record<string, string>>): Promise<StepResult> {
    return this.agent.runTask({ folder: setup.taskFolder, name: 'assume', inputs: { ...setup.inputs, ...inputs } });
  }

  async assume(expose: string): Promise<void> {
    const result = await this.run({ expose });
    assert.equal(result.result, 'Succeeded', result.log.join('\n'));
  }

  /** A later step in JavaScript. */
  later(script: string, expose: string): Promise<StepResult> {
    const env = { AWS_ENDPOINT_URL_STS: setup.ready.sts, ...(expose === 'secret-variables' ? MAPPED : {}) };
    return this.agent.runScript(script, { shell: this.#node, env });
  }

  async isSession(expose: string): Promise<void> {
    const { stdout, log } = await this.later(`require(${JSON.stringify(setup.whoAmI)})`, expose);
    assert.equal(stdout.trim(), setup.arn, log.join('\n'));
  }

  get profileFolder(): string {
    return path.join(this.agent.tempFolder, 'aws-oidc-assume');
  }
}

/**
 * Opens a file as most programs do, without permission to delete it.
 *
 * @returns when it is open
 */
async function holdOpen(file: string, seconds: number): Promise<void> {
  const child = spawn(setup.holdProgram, [file, String(seconds)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  assert.match(String(line), /^held/);
}

type Run = (handler: Handler) => Promise<void>;

const twice =
  (mode: string, folder: string): Run =>
  (handler) =>
    runInJob(handler, folder, async (job) => {
      for (let n = 0; n < 2; n++) {
        await job.assume(mode);
        await job.isSession(mode);
      }
    });

const denied =
  (mode: string): Run =>
  (handler) =>
    runInJob(handler, FOLDERS.unusual, async (job) => {
      await job.assume(mode);
      const refused = await job.run({ expose: mode, roleArn: setup.deniedRole });
      assert.equal(refused.result, 'Failed');
      assert.match(refused.log.join('\n'), /AccessDenied/);
      const { stdout } = await job.later(`require(${JSON.stringify(setup.whoAmI)})`, mode);
      assert.equal(stdout.trim(), '');
    });

const heldOpen: Run = (handler) =>
  runInJob(handler, FOLDERS.usual, async (job) => {
    await job.assume('profile');
    await holdOpen(path.join(job.profileFolder, 'config'), 0.7);
    await job.assume('profile');
    await job.isSession('profile');
  });

const byGo: Run = (handler) =>
  runInJob(handler, FOLDERS.usual, async (job) => {
    await job.assume('credential-process');
    const [program, sts] = [setup.goProgram, setup.ready.sts].map((word) => JSON.stringify(word));
    const script = `process.stdout.write(require('child_process').execFileSync(${program}, [${sts}]))`;
    const { stdout, log } = await job.later(script, 'credential-process');
    assert.equal(stdout.trim(), setup.arn, log.join('\n'));
  });

/** Tools installed by npm are such files, e.g. cdk, serverless, npx. */
const ARGUMENTS = ['a b', '100%', 'x&y', '"quoted"', 'C:\\Program Files\\'];

const execOfCmdFile: Run = async (handler) => {
  const node = setup.nodes[handler];
  const folder = mkdtempSync(path.join(tmpdir(), 'shims '));
  const program = path.join(folder, 'program.cjs');
  const ask = `require(${JSON.stringify(setup.whoAmI)});`;
  writeFileSync(program, `console.log(JSON.stringify(process.argv.slice(2)));${ask}`);
  writeFileSync(path.join(folder, 'shim.cmd'), `@"${node}" "${program}" %*\r\n`);
  const job = Object.entries(jobOf(setup.ready).variables);
  const { roleArn = '', sessionName = '', stsEndpoint = '' } = setup.inputs;
  const options = ['--role-arn', roleArn, '--session-name', sessionName, '--sts-endpoint', stsEndpoint];
  const { stdout, stderr } = spawnSync(
    node,
    [setup.cli, 'exec', ...options, '--region', 'eu-west-1', '--', 'shim', ...ARGUMENTS],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        ...Object.fromEntries(job.map(([name, value]) => [name.replaceAll('.', '_').toUpperCase(), value])),
        PATH: `${folder};${process.env['PATH']}`,
        TF_BUILD: 'True',
        // The agent's own connection. The access token is sent to no other listener on this machine.
        ENDPOINT_URL_SYSTEMVSSCONNECTION: `${new URL(setup.ready.oidcRequestUri).origin}/acme/`,
        SYSTEM_ACCESSTOKEN: setup.ready.accessToken,
        AWS_ENDPOINT_URL_STS: stsEndpoint,
      },
    },
  );
  assert.equal(stdout.trim(), `${JSON.stringify(ARGUMENTS)}\n${setup.arn}`, stderr);
};

const RUNS: Readonly<Record<Check, Run>> = {
  'environment, twice in one job': twice('environment', FOLDERS.usual),
  'secret-variables, twice in one job, in an unusual folder': twice('secret-variables', FOLDERS.unusual),
  'profile, twice in one job, in an unusual folder': twice('profile', FOLDERS.unusual),
  'credential-process, twice in one job': twice('credential-process', FOLDERS.usual),
  'credential-process, in an unusual folder': twice('credential-process', FOLDERS.unusual),
  'environment leaves nothing after a denial': denied('environment'),
  'profile leaves nothing after a denial': denied('profile'),
  'profile, in files that another program has open for a moment': heldOpen,
  'credential-process, for the SDK for Go v2': byGo,
  'aws-oidc exec starts a .cmd file by its name, and passes arguments on': execOfCmdFile,
};

for (const handler of ['Node20_1', 'Node24'] as const) {
  for (const check of CHECKS) {
    let error: string | undefined;
    await RUNS[check](handler).catch((thrown: Error) => {
      error = thrown.stack ?? thrown.message;
    });
    results.push({ handler, check, error });
    writeFileSync(resultsFile, JSON.stringify(results));
  }
}
