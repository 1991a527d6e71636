/** Runs pipeline files unchanged, step by step, with the pipe's bundle and the packed task. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { minimatch } from 'minimatch';
import { parse } from 'yaml';
import { ROOT } from '../../docs/snippets.ts';
import {
  AzureAgent,
  BitbucketStep,
  type EmulatorProcess,
  jobOf,
  type UnpackedTask,
  unpackTask,
} from '../../support/index.ts';
import { CONNECTION } from './systems.ts';

const BUNDLE = path.join(ROOT, 'pipe/dist/pipe.mjs');

type Variables = Readonly<Record<string, string>>;

export interface PipelineRun {
  readonly emulator: EmulatorProcess;
  /** Text of the pipeline file. */
  readonly file: string;
  /** Folder with the repository's files. */
  readonly repository: string;
  /** Environment of lines that come after the pipe or the task: above all, how they reach AWS. */
  readonly env: Variables;
  /**
   * Whether the pipeline itself defines how the pipe or the task reaches AWS. Otherwise they are redirected to the
   * emulator.
   */
  readonly isBehindProxy?: boolean;
}

export interface BitbucketRun extends PipelineRun {
  /** Subject of the step's token. */
  readonly sub: string;
  /** Steps to run by their names. By default all. */
  readonly steps?: readonly string[];
}

interface BitbucketDefinition {
  readonly name: string;
  readonly oidc?: boolean;
  readonly script: readonly (string | { readonly pipe: string; readonly variables: object })[];
  readonly artifacts?: readonly string[];
}

interface Outcome {
  readonly exitCode: number | null;
  /** Both streams of all steps. */
  readonly log: string;
}

/** Runs the steps of the branch `main`, up to the first one that fails. */
export async function runBitbucket(run: BitbucketRun): Promise<Outcome> {
  const { image, pipelines } = parse(run.file, { merge: true });
  const steps: { step: BitbucketDefinition & { image?: string } }[] = pipelines.branches.main;
  let artifacts: string | undefined;
  let log = '';
  const started: BitbucketStep[] = [];
  try {
    for (const { step: definition } of steps) {
      if (!(run.steps ?? [definition.name]).includes(definition.name)) continue;
      assert.ok(definition.image ?? image, `${definition.name} needs an image with its programs`);
      const step = await newStep(run, definition);
      started.push(step);
      cpSync(run.repository, step.cloneFolder, { recursive: true });
      if (artifacts !== undefined) cpSync(artifacts, step.cloneFolder, { recursive: true });
      const stepResult = await runScript(run, step, definition);
      log += stepResult.log;
      if (stepResult.exitCode !== 0) return { exitCode: stepResult.exitCode, log };
      artifacts = keptArtifacts(step.cloneFolder, definition.artifacts ?? []) ?? artifacts;
    }
    return { exitCode: 0, log };
  } finally {
    for (const step of started) step.dispose();
  }
}

async function newStep({ emulator, env, sub }: BitbucketRun, { oidc = false }: BitbucketDefinition) {
  const { mint, secretValues } = emulator.control;
  const token = oidc ? { oidcToken: await mint('bitbucket', { sub }) } : {};
  return new BitbucketStep({ ...token, env, issuedSecrets: secretValues });
}

/** Lines between two pipes share a shell. */
/** The clone folder in the cloud of Bitbucket. */
const CLONE_FOLDER = '/opt/atlassian/pipelines/agent/build';

async function runScript(
  { emulator, isBehindProxy = false }: BitbucketRun,
  step: BitbucketStep,
  { script }: BitbucketDefinition,
): Promise<Outcome> {
  let log = '';
  let lines: string[] = [];
  const runLines = async () => {
    const result = await step.runScript(lines.join('\n'));
    log += result.log;
    lines = [];
    return result.exitCode;
  };
  for (const item of script) {
    if (typeof item === 'string') {
      lines.push(item);
      continue;
    }
    if (lines.length > 0 && (await runLines()) !== 0) return { exitCode: 1, log };
    assert.match(item.pipe, /^aws-oidc-assume\/aws-oidc-assume:\d/);
    // YAML has numbers, but a pipe gets text.
    const texts = Object.entries(item.variables).map(([name, value]) => [
      name,
      String(value).replaceAll(CLONE_FOLDER, step.cloneFolder),
    ]);
    const endpoint = isBehindProxy ? {} : { STS_ENDPOINT: emulator.ready.sts };
    const variables = { ...Object.fromEntries(texts), ...endpoint };
    const result = await step.runPipe({ bundle: BUNDLE, variables });
    log += result.log;
    if (result.exitCode !== 0) return { exitCode: result.exitCode, log };
  }
  return { exitCode: lines.length > 0 ? await runLines() : 0, log };
}

/** Copies of the files that later steps get. Undefined if the step names none. */
function keptArtifacts(clone: string, patterns: readonly string[]): string | undefined {
  if (patterns.length === 0) return undefined;
  const artifactFolder = path.join(path.dirname(clone), 'artifacts');
  mkdirSync(artifactFolder);
  cpSync(clone, artifactFolder, {
    recursive: true,
    filter: (source) => {
      const name = path.relative(clone, source);
      return name === '' || patterns.some((pattern) => minimatch(name, pattern, { partial: true }));
    },
  });
  return artifactFolder;
}

export interface AzureRun extends PipelineRun {
  /** Name of the service connection that the pipeline may use. */
  readonly connection: string;
  /** Stage to run. */
  readonly stage?: string;
  /** Variables that the agent's own configuration sets. */
  readonly agent?: Variables;
}

interface AzureDefinition {
  readonly task?: string;
  readonly inputs: Variables;
  readonly script?: string;
  /** Stand-in for PowerShell, which is missing here: bash runs lines with the same meaning there. */
  readonly pwsh?: string;
  readonly env?: Variables;
  readonly workingDirectory?: string;
}

/** Runs the steps of one job, up to the first one that fails. */
export async function runAzure(run: AzureRun): Promise<Outcome> {
  const { ready, control } = run.emulator;
  const task = unpackTask();
  const job = jobOf(ready);
  const agent = new AzureAgent({
    ...job,
    variables: { ...job.variables, ...run.agent },
    serviceConnections: { [CONNECTION]: { name: run.connection, type: 'Generic' } },
    environment: run.env,
    issuedSecrets: control.secretValues,
  });
  try {
    const sources = agent.store.get('Build.SourcesDirectory') ?? '';
    cpSync(run.repository, sources, { recursive: true });
    let log = '';
    for (const step of azureSteps(run)) {
      const stepResult = await runAzureStep(agent, step, {
        task,
        sources,
        endpoint: run.isBehindProxy ? {} : { stsEndpoint: ready.sts },
      });
      log += `${stepResult.log.join('\n')}\n`;
      if (stepResult.result !== 'Succeeded') return { exitCode: 1, log };
    }
    await agent.finish();
    return { exitCode: 0, log };
  } finally {
    agent.dispose();
    task.remove();
  }
}

function azureSteps({ file, stage }: AzureRun): readonly AzureDefinition[] {
  const { steps, jobs, stages } = parse(file);
  if (steps !== undefined) return steps;
  const jobsOfStage = jobs ?? stages.find((one: { stage: string }) => one.stage === stage).jobs;
  assert.equal(jobsOfStage.length, 1);
  return jobsOfStage[0].steps;
}

interface StepPlace {
  readonly task: UnpackedTask;
  readonly sources: string;
  readonly endpoint: Variables;
}

function runAzureStep(agent: AzureAgent, step: AzureDefinition, { task, sources, endpoint }: StepPlace) {
  const { task: uses, inputs, script = step.pwsh ?? '', workingDirectory = '', env = {} } = step;
  if (uses === undefined) return agent.runScript(script, { cwd: path.join(sources, workingDirectory), env });
  assert.equal(uses, 'AwsOidcAssume@1');
  return agent.runTask({ folder: task.folder, inputs: { ...inputs, ...endpoint } });
}

/** The pipeline file of a folder. */
export function pipelineIn(folder: string): string {
  const file = ['bitbucket-pipelines.yml', 'azure-pipelines.yml'].find((name) => existsSync(path.join(folder, name)));
  return readFileSync(path.join(folder, file ?? ''), 'utf8');
}
