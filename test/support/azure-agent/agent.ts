/**
 * An agent of Azure Pipelines, as far as a Node task and the scripts after it can tell.
 * Source: microsoft/azure-pipelines-agent (NodeHandler.cs, Handler.cs, TaskRunner.cs, Command.cs, Variables.cs,
 * TaskCommandExtension.cs).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SecretWatch } from '../secret-watch.ts';
import { type AgentCommand, parseCommand } from './command.ts';
import { endpointVariables, publicVariables, type ServiceConnection, secretVariables } from './environment.ts';
import { Masker } from './masker.ts';
import { refusalOf, type StepTarget } from './restrictions.ts';
import { type Handler, readTask, type TaskDefinition } from './task-definition.ts';
import { VariableStore } from './variables.ts';

export interface AgentOptions {
  readonly handler?: Handler;
  /** The Node that runs tasks; this one by default. */
  readonly node?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly secretVariables?: Readonly<Record<string, string>>;
  readonly readOnlyVariables?: Readonly<Record<string, string>>;
  readonly systemConnection: { readonly url: string; readonly accessToken: string };
  readonly serviceConnections?: Readonly<Record<string, ServiceConnection>>;
  /** What the agent itself was started with. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the agent keeps its folders; a temporary one by default. */
  readonly workFolder?: string;
  /** Secrets that come to be while the job runs, asked for after each step. */
  readonly issuedSecrets?: () => Promise<readonly string[]>;
}

export type Result = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Skipped';

export interface Step {
  /** Reference name, for outputs. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly target?: StepTarget;
  /** Cancels the job after so long: SIGINT, then SIGTERM, then the end. */
  readonly cancelAfterMs?: number;
}

export interface TaskStep extends Step {
  readonly folder: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface ScriptStep extends Step {
  readonly shell?: string;
}

export interface StepResult {
  readonly result: Result;
  readonly exitCode: number | null;
  /** Lines as a user sees them, masked; without debug lines unless `System.Debug` is true. */
  readonly log: readonly string[];
  /** Both streams as the agent got them. */
  readonly raw: string;
  readonly stdout: string;
  readonly issues: readonly { readonly type: string; readonly message: string }[];
  readonly commands: readonly AgentCommand[];
  readonly summaries: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

interface RanTask {
  readonly step: TaskStep;
  readonly task: TaskDefinition;
  readonly taskVariables: Map<string, string>;
}

export class AzureAgent {
  readonly store = new VariableStore();
  readonly secrets = new SecretWatch();
  readonly tempFolder: string;
  readonly #options: AgentOptions;
  readonly #folder: string;
  readonly #masker = new Masker();
  readonly #ran: RanTask[] = [];
  readonly #paths: string[] = [];

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#folder = options.workFolder ?? mkdtempSync(path.join(tmpdir(), 'azure-agent-'));
    this.tempFolder = path.join(this.#folder, '_temp');
    const sources = path.join(this.#folder, '1', 's');
    for (const folder of [this.tempFolder, sources]) mkdirSync(folder, { recursive: true });
    const own = {
      'Agent.TempDirectory': this.tempFolder,
      'Agent.WorkFolder': this.#folder,
      'Agent.Version': '4.265.1',
      'Agent.OS': 'Linux',
      'System.DefaultWorkingDirectory': sources,
      TF_BUILD: 'True',
    };
    for (const [name, value] of Object.entries({ ...own, ...options.variables })) this.store.set(name, value);
    for (const [name, value] of Object.entries(options.secretVariables ?? {})) this.#setSecret(name, value);
    for (const [name, value] of Object.entries(options.readOnlyVariables ?? {}))
      this.store.set(name, value, { readOnly: true });
    this.#masker.add(options.systemConnection.accessToken);
    this.secrets.add(options.systemConnection.accessToken);
  }

  /** Runs a task from its unpacked folder. */
  async runTask(step: TaskStep): Promise<StepResult> {
    const task = readTask(step.folder);
    const ran = { step, task, taskVariables: new Map<string, string>() };
    this.#ran.push(ran);
    const execution = task.execution[this.#handler];
    if (execution === undefined) throw new Error(`the task has no handler ${this.#handler}`);
    return this.#runHandler(execution.target, ran);
  }

  /** A later script step: plain variables in its environment, secret ones only where `env` maps them. */
  async runScript(script: string, step: ScriptStep = {}): Promise<StepResult> {
    const environment = { ...this.#agentEnvironment(), ...publicVariables(this.store), ...this.#expanded(step.env) };
    return this.#run(
      [step.shell ?? '/bin/bash', '-ec', this.store.expand(script)],
      environment,
      step,
      undefined,
      undefined,
    );
  }

  /** The job's end: post-job handlers in reverse order, then the temporary folder goes. */
  async finish(): Promise<StepResult[]> {
    const results: StepResult[] = [];
    try {
      for (const ran of this.#ran.toReversed()) {
        const execution = ran.task.postjobexecution?.[this.#handler];
        if (execution !== undefined) results.push(await this.#runHandler(execution.target, ran));
      }
    } finally {
      this.dispose();
    }
    return results;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Secrets may stand in private files of the temporary folder, and nowhere else on disk.
   * @throws Error naming the file
   */
  verify(): void {
    for (const file of filesBelow(this.#folder)) {
      const mode = (statSync(file).mode & 0o777).toString(8);
      const isPrivate = file.startsWith(`${this.tempFolder}${path.sep}`) && mode === '600';
      if (!isPrivate) this.secrets.assertClean({ name: `file ${file} (${mode})`, text: readFileSync(file, 'utf8') });
    }
  }

  get #handler(): Handler {
    return this.#options.handler ?? 'Node20_1';
  }

  #setSecret(name: string, value: string): void {
    this.store.set(name, value, { secret: true });
    this.#masker.add(value);
  }

  #agentEnvironment(): Record<string, string> {
    const PATH = [...this.#paths.toReversed(), process.env['PATH'] ?? ''].join(path.delimiter);
    return { HOME: this.#folder, ...this.#options.environment, PATH };
  }

  #expanded(values: Readonly<Record<string, string>> = {}): Record<string, string> {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.store.expand(value.trim())]));
  }

  #runHandler(target: string, ran: RanTask): Promise<StepResult> {
    const { step, task } = ran;
    const environment = {
      ...this.#agentEnvironment(),
      ...publicVariables(this.store),
      ...secretVariables(this.store),
      ...this.#inputs(step, task),
      ...this.#endpoints(step, task),
      ...Object.fromEntries(
        [...ran.taskVariables].map(([name, value]) => [
          `VSTS_TASKVARIABLE_${name.replace(/[. ]/g, '_').toUpperCase()}`,
          value,
        ]),
      ),
      ...this.#expanded(step.env),
    };
    const node = this.#options.node ?? process.execPath;
    return this.#run([node, path.join(step.folder, target)], environment, step, task, ran);
  }

  #inputs(step: TaskStep, task: TaskDefinition): Record<string, string> {
    const defaults = Object.fromEntries(task.inputs.map(({ name, defaultValue }) => [name, defaultValue ?? '']));
    const agentEnvironment = this.#agentEnvironment();
    const expand = (text: string) =>
      this.store.expand(text).replace(/\$\(([^()]+)\)/g, (macro, name: string) => agentEnvironment[name] ?? macro);
    return Object.fromEntries(
      Object.entries({ ...defaults, ...step.inputs }).map(([name, value]): [string, string] => [
        `INPUT_${name.replace(/[. ]/g, '_').toUpperCase()}`,
        expand(value.trim()),
      ]),
    );
  }

  /** Only the connections that inputs of the task name, and the system's own. */
  #endpoints(step: TaskStep, task: TaskDefinition): Record<string, string> {
    const { url, accessToken } = this.#options.systemConnection;
    const system = {
      name: 'SystemVssConnection',
      type: 'system',
      url,
      scheme: 'OAuth',
      parameters: { AccessToken: accessToken },
    };
    const named = task.inputs
      .filter(({ type }) => type.startsWith('connectedService:'))
      .map(({ name }) => step.inputs?.[name])
      .filter((id) => id !== undefined && id !== '');
    return Object.assign(
      endpointVariables('SYSTEMVSSCONNECTION', system),
      ...named.map((id) => {
        const connection = this.#options.serviceConnections?.[id as string];
        if (connection === undefined)
          throw new Error(`The pipeline is not valid: service connection ${id} could not be found`);
        return endpointVariables(id as string, connection);
      }),
    );
  }

  #run(
    argv: readonly string[],
    environment: Readonly<Record<string, string>>,
    step: Step,
    task: TaskDefinition | undefined,
    ran: RanTask | undefined,
  ): Promise<StepResult> {
    const reading = new Reading(this.store, this.#masker, this.#paths, step, task, ran);
    const [command = '', ...args] = argv;
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        env: { ...environment },
        cwd: this.store.get('System.DefaultWorkingDirectory'),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const cancelled = cancelling(step.cancelAfterMs, (signal) => child.kill(signal));
      const streams = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        let rest = '';
        child[name].setEncoding('utf8');
        child[name].on('data', (chunk: string) => {
          streams[name] += chunk;
          const lines = (rest + chunk).split(/\r?\n/);
          rest = lines.pop() ?? '';
          for (const line of lines) reading.line(line);
        });
        child[name].once('end', () => rest !== '' && reading.line(rest));
      }
      child.once('error', reject);
      child.once('close', (exitCode) => {
        cancelled();
        const result: StepResult = {
          result: exitCode === 0 ? reading.result : 'Failed',
          exitCode,
          log: reading.log,
          raw: `${streams.stdout}\n${streams.stderr}`,
          stdout: streams.stdout,
          issues: reading.issues,
          commands: reading.commands,
          summaries: reading.summaries,
          environment,
        };
        this.#guard(result, argv, task !== undefined).then(() => resolve(result), reject);
      });
    });
  }

  /** A task may write a secret in the commands made for it, and nowhere else; a script step nowhere. */
  async #guard(result: StepResult, argv: readonly string[], isTask: boolean): Promise<void> {
    this.secrets.add(...((await this.#options.issuedSecrets?.()) ?? []));
    const said = isTask
      ? result.raw
          .split('\n')
          .filter((line) => !/^##vso\[task\.(?:setsecret|setvariable|settaskvariable)[ \]]/.test(line))
          .join('\n')
      : result.raw;
    this.secrets.assertClean(
      { name: 'the log', text: result.log.join('\n') },
      { name: 'output besides commands', text: said },
      { name: 'arguments', text: argv.join('\n') },
      ...result.summaries.map((text) => ({ name: 'the summary', text })),
    );
  }
}

/** What the agent makes of a step's output, line by line. */
class Reading {
  readonly log: string[] = [];
  readonly issues: { type: string; message: string }[] = [];
  readonly commands: AgentCommand[] = [];
  readonly summaries: string[] = [];
  result: Result = 'Succeeded';
  readonly #store: VariableStore;
  readonly #masker: Masker;
  readonly #paths: string[];
  readonly #step: Step;
  readonly #task: TaskDefinition | undefined;
  readonly #ran: RanTask | undefined;

  constructor(
    store: VariableStore,
    masker: Masker,
    paths: string[],
    step: Step,
    task: TaskDefinition | undefined,
    ran: RanTask | undefined,
  ) {
    this.#store = store;
    this.#masker = masker;
    this.#paths = paths;
    this.#step = step;
    this.#task = task;
    this.#ran = ran;
  }

  line(line: string): void {
    const command = parseCommand(line);
    if (command === undefined) return this.#show(line);
    if (command === 'malformed')
      return this.#warn(`'${line}' contains logging command keyword '##vso', but it's not a legal command.`);
    this.commands.push(command);
    const refusal = refusalOf(command, this.#step.target, this.#task);
    if (refusal !== undefined) return this.#warn(refusal);
    this.#apply(command);
    if (command.event !== 'debug') this.#debug(`Processed: ${line}`);
  }

  #apply(command: AgentCommand): void {
    const { area, event, properties, data } = command;
    if (area !== 'task') return this.#warn(`##vso[${area}.${event}] is not known to this agent`);
    switch (event) {
      case 'setvariable':
        return this.#setVariable(properties, data);
      case 'setsecret':
        return this.#masker.add(data);
      case 'issue':
      case 'logissue': {
        const type = properties['type'] ?? 'error';
        this.issues.push({ type, message: this.#masker.mask(data) });
        return this.#show(`##[${type}]${data}`);
      }
      case 'complete': {
        const result = properties['result'] as Result | undefined;
        const order: Result[] = ['Succeeded', 'SucceededWithIssues', 'Failed'];
        if (result !== undefined && order.indexOf(result) > order.indexOf(this.result)) this.result = result;
        return;
      }
      case 'settaskvariable':
        if (properties['issecret'] === 'true') this.#masker.add(data);
        this.#ran?.taskVariables.set(properties['variable'] ?? '', data);
        return;
      case 'prependpath':
        this.#paths.push(data);
        return;
      case 'uploadsummary':
      case 'addattachment':
        if (!existsSync(data))
          return this.#fail(`Cannot upload task attachment file, attachment file '${data}' is not exist.`);
        this.summaries.push(readFileSync(data, 'utf8'));
        return;
      case 'debug':
        return this.#debug(data);
      case 'setprogress':
      case 'logdetail':
        return;
      default:
        this.#warn(`##vso[task.${event}] is not a recognized command`);
    }
  }

  #setVariable(properties: Readonly<Record<string, string>>, value: string): void {
    const name = properties['variable'];
    if (!name) return this.#fail('Required field variable is missing in ##vso[task.setvariable] command.');
    const flag = (key: string) => properties[key]?.toLowerCase() === 'true';
    const secret = flag('issecret');
    if (secret && value.includes('\n')) return this.#fail('Secrets cannot contain multiple lines');
    if (secret) this.#masker.add(value);
    const declared =
      this.#task?.outputVariables?.some((output) => output.name.toLowerCase() === name.toLowerCase()) ?? false;
    if (flag('isoutput') || declared) {
      // Never as the plain name: only under the step's reference name, and without one not at all.
      if (this.#step.name !== undefined)
        this.#store.set(`${this.#step.name}.${name}`, value, { secret, readOnly: flag('isoutput') });
      return;
    }
    const warning = this.#store.set(name, value, { secret, readOnly: flag('isreadonly') });
    if (warning !== undefined) this.#warn(warning);
  }

  #show(line: string): void {
    this.log.push(this.#masker.mask(line));
  }

  #debug(text: string): void {
    if (this.#store.get('System.Debug')?.toLowerCase() === 'true') this.#show(`##[debug]${text}`);
  }

  #warn(message: string): void {
    this.issues.push({ type: 'warning', message: this.#masker.mask(message) });
    this.#show(`##[warning]${message}`);
  }

  #fail(message: string): void {
    this.issues.push({ type: 'error', message: this.#masker.mask(message) });
    this.#show(`##[error]${message}`);
    this.result = 'Failed';
  }
}

/** SIGINT, 7.5 s later SIGTERM, 2.5 s later the end. */
function cancelling(after: number | undefined, kill: (signal: NodeJS.Signals) => void): () => void {
  if (after === undefined) return () => {};
  const timers = [
    setTimeout(() => kill('SIGINT'), after),
    setTimeout(() => kill('SIGTERM'), after + 7500),
    setTimeout(() => kill('SIGKILL'), after + 10_000),
  ];
  return () => timers.forEach(clearTimeout);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
