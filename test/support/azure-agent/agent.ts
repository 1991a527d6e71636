/**
 * Simulates an agent of Azure Pipelines with one job, as far as a Node task and later scripts can observe.
 * Source: microsoft/azure-pipelines-agent (JobExtension.cs, TaskRunner.cs, Handler.cs, NodeHandler.cs, StepsRunner.cs).
 */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NODE_20, NODE_24 } from '../nodes.ts';
import { type Haystack, SecretWatch } from '../secret-watch.ts';
import { type AgentFolders, makeFolders } from './agent-folders.ts';
import { AGENT_VERSION, ownVariables } from './agent-variables.ts';
import { runProcess } from './child-process.ts';
import {
  connectionVariables,
  type Environment,
  inputVariables,
  publicVariables,
  type ServiceConnection,
  secretVariables,
  systemConnectionVariables,
  taskVariables,
} from './environment.ts';
import { evidenceOfFiles, evidenceOfScript, evidenceOfTask } from './evidence.ts';
import { expandMacros } from './macros.ts';
import { Masker } from './masker.ts';
import { restrictionsOf } from './restrictions.ts';
import { mergeResults, type Result } from './result.ts';
import { type ScriptStep, type Step, type StepResult, skipped, type TaskStep } from './step.ts';
import { Ending, resultOf } from './step-ending.ts';
import { StepOutput, SUMMARY_TYPE } from './step-output.ts';
import { demandAgentVersion, type Handler, readTask, type Stage, type TaskDefinition } from './task-definition.ts';
import { compileInputs, referencedConnections, resolveInputs } from './task-inputs.ts';
import { VariableStore } from './variables.ts';

export interface AgentOptions {
  /** `Node20_1` by default. */
  readonly handler?: Handler;
  /** The Node of that handler; by default the one from npm. */
  readonly node?: string;
  /** `rm` is a Classic release. `build` by default. */
  readonly hub?: 'build' | 'rm';
  readonly variables?: Environment;
  readonly secretVariables?: Environment;
  /** Names of the secret ones among `variables`. */
  readonly readOnlyVariables?: readonly string[];
  readonly systemConnection: { readonly url: string; readonly accessToken: string };
  /** Service connections by GUID. */
  readonly serviceConnections?: Readonly<Record<string, ServiceConnection>>;
  /** Environment of the agent in addition to PATH and HOME. It inherits nothing from this process. */
  readonly environment?: Environment;
  /** Root of the agent's folders; a temporary one by default. Removed at the end. */
  readonly workFolder?: string;
  /** Returns secrets that are issued while the job runs. Called after each step. */
  readonly issuedSecrets?: () => Promise<readonly string[]>;
}

/** A task of the job, with its state from its step to its post-job step. */
interface JobTask {
  readonly step: TaskStep;
  readonly task: TaskDefinition;
  readonly inputs: Environment;
  readonly referenceName: string;
  readonly taskVariables: VariableStore;
}

/** Agent, `ExecutionContext.ForceTaskComplete`. */
const AFTER_DONE_MS = 5000;

/** Parameters of a connection that are not secret (agent, `MaskingUtil.cs`). */
const OPEN_PARAMETERS =
  /^(?:role|scope|tenantId|issuedAt|expiresAt|audience|authenticationType|authorizationType|accessTokenType|accessTokenFetchingMethod|useWindowsSecurity|unsecured|OAuthAccessTokenIsSupplied|completeCallbackPayload|acceptUntrustedCertificates)$/i;

export class AzureAgent {
  /** Variables of the job. */
  readonly store: VariableStore;
  /** Knows the secrets of the test, and checks everything that steps print, receive or leave. */
  readonly secrets = new SecretWatch();
  /** `Agent.TempDirectory`. */
  readonly tempFolder: string;
  readonly #options: AgentOptions;
  readonly #folders: AgentFolders;
  readonly #masker = new Masker();
  readonly #tasks: JobTask[] = [];
  readonly #prependedPaths: string[] = [];
  readonly #names = new Map<string, number>();
  readonly #evidence: Haystack[] = [];
  #jobResult: Result = 'Succeeded';
  /** Whether the test has already failed because of a secret, which is reported only once. */
  #reported = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#folders = makeFolders(options.hub ?? 'build', options.workFolder);
    this.tempFolder = this.#folders.temp;
    this.store = new VariableStore((secret) => this.#masker.add(secret));
    this.#initializeVariables();
    this.#initializeMasks();
  }

  /**
   * Runs a task.
   *
   * @throws Error if a secret is visible, or if the server would not have sent the job
   */
  async runTask(step: TaskStep): Promise<StepResult> {
    return this.#runStage(this.#addTask(step), 'execution');
  }

  /** Registers a task whose condition is not met. It does not run, but its post-job handler does. */
  skipTask(step: TaskStep): void {
    this.#addTask(step);
  }

  /**
   * Runs a later script step. Its environment has plain variables, and secret ones only if `env` maps them.
   *
   * @throws Error if a secret is visible
   */
  async runScript(script: string, step: ScriptStep = {}): Promise<StepResult> {
    const taskVariables = new VariableStore((secret) => this.#masker.add(secret));
    const referenceName = step.name ?? this.#referenceName('Bash');
    return this.#scoped(step.displayName ?? 'Bash', referenceName, async () => {
      const file = path.join(this.tempFolder, `${randomUUID()}.sh`);
      writeFileSync(file, `${this.#expanded(script)}\n`, { mode: 0o600 });
      const argv = step.shell === undefined ? ['/bin/bash', '--noprofile', '--norc', file] : [step.shell, file];
      const environment = this.#environment(step, publicVariables(this.store), {
        // task-lib removes the secrets from the environment and leaves their names.
        VSTS_SECRET_VARIABLES: secretVariables(this.store)['VSTS_SECRET_VARIABLES'] ?? '[]',
      });
      const cwd = step.cwd ?? this.#workingDirectory;
      const result = await this.#run(argv, { cwd, environment }, step, { referenceName, taskVariables });
      rmSync(file);
      this.#count(result.result);
      await this.#guard(evidenceOfScript(result, step));
      return result;
    });
  }

  /** Runs the post-job handlers of all tasks, the last one first. */
  async runPostJob(): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      if (task.task.postjobexecution !== undefined) results.push(await this.#runStage(task, 'postjobexecution'));
    }
    return results;
  }

  /**
   * Ends the job: runs the post-job handlers, then removes the folders.
   *
   * @throws Error if a secret is visible
   */
  async finish(): Promise<StepResult[]> {
    try {
      const results = await this.runPostJob();
      await this.#guard([]);
      this.verify();
      return results;
    } finally {
      this.#remove();
    }
  }

  /**
   * Searches all output, environments and files so far for the secrets known by now.
   *
   * @throws Error naming the places
   */
  verify(): void {
    this.#check([...this.#evidence, ...evidenceOfFiles(this.#folders)]);
  }

  /**
   * Removes all folders. An unfinished job ends here without its post-job handlers.
   *
   * @throws Error if a secret is in a forbidden place, unless an earlier error reported one
   */
  dispose(): void {
    if (!existsSync(this.#folders.root)) return;
    try {
      if (!this.#reported) this.verify();
    } finally {
      this.#remove();
    }
  }

  #remove(): void {
    rmSync(this.#folders.root, { recursive: true, force: true });
  }

  #initializeVariables(): void {
    const { variables = {}, secretVariables: secret = {}, readOnlyVariables = [], hub = 'build' } = this.#options;
    const own = { ...this.#folders.variables, ...ownVariables(hub) };
    for (const [name, value] of Object.entries({ ...own, ...variables })) this.store.set(name, value);
    for (const [name, value] of Object.entries(secret)) this.store.set(name, value, { secret: true });
    for (const name of readOnlyVariables) this.store.set(name, this.store.get(name) ?? '', { readOnly: true });
    this.store.expandEachOther();
  }

  #initializeMasks(): void {
    const { systemConnection, secretVariables: secret = {}, serviceConnections = {} } = this.#options;
    for (const value of Object.values(secret)) this.#masker.addJobSecret(value);
    const parameters = Object.values(serviceConnections)
      .flatMap((connection) => Object.entries(connection.parameters ?? {}))
      .filter(([name]) => !OPEN_PARAMETERS.test(name))
      .map(([, value]) => value);
    for (const value of [systemConnection.accessToken, ...parameters]) this.#masker.add(value);
    this.secrets.add(systemConnection.accessToken);
  }

  #addTask(step: TaskStep): JobTask {
    const task = readTask(step.folder);
    demandAgentVersion(task, AGENT_VERSION);
    const added: JobTask = {
      step,
      task,
      inputs: compileInputs(task, step.inputs ?? {}, this.#options.serviceConnections ?? {}),
      referenceName: step.name ?? this.#referenceName(task.name),
      taskVariables: new VariableStore((secret) => this.#masker.add(secret)),
    };
    this.#tasks.push(added);
    return added;
  }

  /** Name that the server gives to a step without one: `Bash`, `Bash1`, … */
  #referenceName(taskName: string): string {
    const count = this.#names.get(taskName) ?? 0;
    this.#names.set(taskName, count + 1);
    return count === 0 ? taskName : `${taskName}${count}`;
  }

  async #runStage(added: JobTask, stage: Stage): Promise<StepResult> {
    const { step, task, referenceName } = added;
    const handler = this.#options.handler ?? 'Node20_1';
    const execution = task[stage]?.[handler];
    if (execution === undefined) throw new Error(`${task.name} has no handler ${handler} in ${stage}`);
    return this.#scoped(step.displayName ?? task.friendlyName ?? task.name, referenceName, async () => {
      const inputs = resolveInputs(task, added.inputs, { store: this.store, agentEnvironment: this.#ownEnvironment });
      const connections = referencedConnections(task, inputs);
      if (connections.length > 0 && this.#isForkWithoutSecrets) return skipped();
      const argv = [this.#node(handler), path.join(step.folder, execution.target)];
      const cwd = execution.workingDirectory ?? this.#workingDirectory;
      const attempt = async () => {
        const environment = this.#environment(
          step,
          publicVariables(this.store),
          secretVariables(this.store),
          inputVariables(inputs),
          ...connections.map((id) => this.#connection(id)),
          systemConnectionVariables(this.#options.systemConnection),
          taskVariables(added.taskVariables),
        );
        const result = await this.#run(argv, { cwd, environment }, step, added);
        await this.#guard(evidenceOfTask(result));
        return result;
      };
      // Inputs stay, and so do the variables of the failed task (agent, RetryHelper.cs).
      let result = await attempt();
      const retries = Math.min(step.retryCountOnTaskFailure ?? 0, 10);
      for (let n = 0; n < retries && result.result === 'Failed'; n++) result = await attempt();
      this.#count(result.result);
      return result;
    });
  }

  async #run(
    argv: readonly string[],
    where: { readonly cwd: string; readonly environment: Environment },
    step: Step,
    {
      referenceName,
      taskVariables,
      task,
    }: Pick<JobTask, 'referenceName' | 'taskVariables'> & { task?: TaskDefinition },
  ): Promise<StepResult> {
    const output = new StepOutput({
      variables: this.store,
      taskVariables,
      masker: this.#masker,
      prependedPaths: this.#prependedPaths,
      restrictions: restrictionsOf(step.target, task),
      outputVariables: (task?.outputVariables ?? []).map(({ name }) => name.toLowerCase()),
      referenceName,
    });
    const ending = new Ending(step);
    const ran = await runProcess({
      argv,
      ...where,
      onLine: (line) => {
        step.onLine?.(line);
        output.line(line);
      },
      isDone: () => output.isDone,
      afterDoneMs: AFTER_DONE_MS,
      signal: ending.signal,
      afterSigintMs: Number(this.store.get('PROCESS_SIGINT_TIMEOUT') ?? 7500),
      afterSigtermMs: Number(this.store.get('PROCESS_SIGTERM_TIMEOUT') ?? 2500),
      onStart: step.onStart,
    });
    ending.clear();
    const result = resultOf(output, ran.exitCode, ending.reason, argv);
    const { log, debugLog, issues, commands, outputs, attachments } = output;
    return {
      result,
      exitCode: ran.exitCode,
      log,
      debugLog,
      raw: ran.both,
      stdout: ran.stdout,
      stderr: ran.stderr,
      issues,
      commands,
      outputs,
      attachments,
      summaries: attachments
        .filter(({ type }) => type.toLowerCase() === SUMMARY_TYPE.toLowerCase())
        .map(({ content }) => content),
      argv,
      environment: where.environment,
    };
  }

  /** Merges a step's result into the job's. */
  #count(result: Result): void {
    this.#jobResult = mergeResults(this.#jobResult, result === 'Skipped' ? 'Succeeded' : result);
    this.store.set('Agent.JobStatus', this.#jobResult);
  }

  /** Sets variables while a step runs, and removes them afterwards. */
  async #scoped<T>(displayName: string, referenceName: string, run: () => Promise<T>): Promise<T> {
    this.store.expandEachOther();
    const scope = {
      'Task.DisplayName': displayName,
      'System.TaskDisplayName': displayName,
      'System.TaskInstanceId': randomUUID(),
      'System.TaskInstanceName': referenceName,
    };
    for (const [name, value] of Object.entries(scope)) this.store.set(name, value);
    try {
      return await run();
    } finally {
      for (const name of Object.keys(scope)) this.store.unset(name);
    }
  }

  /** Environment of a step. The job's variables take precedence over its `env`. */
  #environment(step: Step, ...above: readonly Environment[]): Environment {
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name.trim(), this.#expanded(value.trim())]);
    const stepVariables: Environment = Object.assign(Object.fromEntries(env), ...above);
    const PATH = [...this.#prependedPaths].reverse();
    const original = this.store.get('PATH') ?? stepVariables['PATH'] ?? this.#ownEnvironment['PATH'];
    return {
      ...this.#ownEnvironment,
      ...stepVariables,
      ...(PATH.length === 0 ? {} : { PATH: [...PATH, original].join(path.delimiter) }),
      TF_BUILD: 'True',
    };
  }

  get #ownEnvironment(): Environment {
    return { PATH: process.env['PATH'] ?? '', HOME: this.#folders.home, LANG: 'C.UTF-8', ...this.#options.environment };
  }

  get #workingDirectory(): string {
    return this.store.get('System.DefaultWorkingDirectory') || this.#folders.sources;
  }

  /** Whether the job has no connections, like pull requests of forks (agent, `TaskRunner.cs`). */
  get #isForkWithoutSecrets(): boolean {
    return this.store.isTrue('System.RestrictSecrets') && this.store.isTrue('System.PullRequest.IsFork');
  }

  #expanded(text: string): string {
    return expandMacros(this.store.expand(text), (name) => this.#ownEnvironment[name]);
  }

  #node(handler: Handler): string {
    return this.#options.node ?? (handler === 'Node24' ? NODE_24 : NODE_20);
  }

  #connection(id: string): Environment {
    const connection = this.#options.serviceConnections?.[id];
    return connection === undefined ? {} : connectionVariables(id, connection);
  }

  async #guard(evidence: readonly Haystack[]): Promise<void> {
    this.#evidence.push(...evidence);
    this.secrets.add(...((await this.#options.issuedSecrets?.()) ?? []));
    this.#check(evidence);
  }

  #check(evidence: readonly Haystack[]): void {
    try {
      this.secrets.assertClean(...evidence);
    } catch (error) {
      this.#reported = true;
      throw error;
    }
  }
}
