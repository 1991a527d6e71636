/**
 * Simulates a step of Bitbucket Pipelines. It has a clone folder, the variables of a build, a pipe in its own
 * container, and script lines in a shell.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Haystack, SecretWatch } from '../secret-watch.ts';
import { dockerRun } from './docker-run.ts';
import { evidenceOfFiles, type FoundFile, filesBelow } from './files.ts';
import { expandedByShell, type Listed } from './listed-variables.ts';
import { type RunOptions, type RunResult, run } from './run.ts';
import { type Environment, pipeVariables, SSH_FOLDER, type StepSettings, stepVariables } from './variables.ts';

export interface StepOptions extends StepSettings {
  /** Further variables of the step. A pipe sees them only if they are passed to it. */
  readonly env?: Environment;
  /** Owner of the clone folder, for a test that runs as root. */
  readonly cloneOwner?: { readonly uid: number; readonly gid: number };
  /** Returns secrets that are issued while the step runs. Called after each command. */
  readonly issuedSecrets?: () => Promise<readonly string[]>;
}

/** Early end of a command. */
export interface Ending {
  /** Ends the command with SIGTERM. */
  readonly signal?: AbortSignal;
  readonly terminateAfterMs?: number;
  /** Receives the output of the command immediately. */
  readonly onOutput?: (text: string) => void;
}

export interface PipeRun extends Ending {
  /** The built image, run by Docker, or the bundle, run by Node. */
  readonly image?: string;
  readonly bundle?: string;
  /** Node for a bundle; the present one by default. */
  readonly node?: string;
  /** `variables:` of the pipe as in YAML; the shell of the step expands them. */
  readonly variables?: Listed;
  /** `--read-only`, `--cap-drop=ALL`, `--user=…` */
  readonly dockerArguments?: readonly string[];
}

export type Shell = 'sh' | 'bash' | 'dash' | 'busybox sh';

export interface ScriptOptions extends Ending {
  readonly shell?: Shell;
  readonly env?: Environment;
  /** User of the step's image (`run-as-user`). */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Whether the script prints a secret on purpose. */
  readonly mayPrintSecrets?: boolean;
}

export class BitbucketStep {
  readonly cloneFolder: string;
  /** Variables of the step itself. */
  readonly environment: Environment;
  /** Knows the secrets of the test, and checks everything that this step prints, receives or leaves. */
  readonly secrets = new SecretWatch();
  readonly #folder: string;
  readonly #pipelineVariables: string;
  readonly #issuedSecrets: () => Promise<readonly string[]>;
  readonly #evidence: Haystack[] = [];
  readonly #outputFolders = new Set(['.aws-oidc']);
  /** Whether the test has already failed because of a secret, which is reported only once. */
  #reported = false;

  constructor(options: StepOptions = {}) {
    this.#folder = mkdtempSync(path.join(tmpdir(), 'bitbucket-step-'));
    this.cloneFolder = path.join(this.#folder, 'build');
    this.#pipelineVariables = path.join(this.#folder, 'tmp', 'pipeline-variables.env');
    this.#makeFolders(options);
    const folders = { clone: this.cloneFolder, pipelineVariables: this.#pipelineVariables };
    this.environment = { ...stepVariables(options, folders), ...options.env };
    this.#issuedSecrets = options.issuedSecrets ?? (async () => []);
    for (const name of ['BITBUCKET_STEP_OIDC_TOKEN', 'PIPELINES_JWT_TOKEN']) {
      const secret = this.environment[name] ?? '';
      // A test may give a step an invalid token.
      if (secret.length >= 16) this.secrets.add(secret);
    }
  }

  /**
   * Runs the pipe with Bitbucket's variables and its listed ones.
   *
   * @throws Error if a secret is visible
   */
  async runPipe(pipe: PipeRun): Promise<RunResult> {
    const { image, bundle, node = process.execPath, variables = {}, dockerArguments = [] } = pipe;
    const environment = pipeVariables(this.environment, expandedByShell(variables, this.environment));
    const { OUTPUT_DIR = '' } = environment;
    if (OUTPUT_DIR !== '') this.#outputFolders.add(path.normalize(OUTPUT_DIR).replace(/\/$/, ''));
    const PATH = process.env['PATH'] ?? '';
    if (image === undefined) {
      if (bundle === undefined) throw new TypeError('name the image or the bundle of the pipe');
      return this.#run({ argv: [node, bundle], environment: { PATH, ...environment } }, pipe);
    }
    const name = `bitbucket-step-${randomUUID()}`;
    const docker = dockerRun({
      image,
      name,
      variables: environment,
      mounts: {
        [this.cloneFolder]: this.cloneFolder,
        [path.join(this.#folder, 'ssh')]: `${SSH_FOLDER}:ro`,
        [path.join(this.#folder, 'bin', 'docker')]: '/usr/local/bin/docker:ro',
      },
      workingFolder: this.cloneFolder,
      extraArguments: dockerArguments,
    });
    const kill = () => void spawnSync('docker', ['kill', name], { stdio: 'ignore' });
    return this.#run({ argv: docker.argv, environment: { PATH, HOME: this.#home, ...docker.environment }, kill }, pipe);
  }

  /**
   * Runs one or several lines of the step's script. Each call is a separate shell, so pass dependent lines together.
   *
   * @throws Error if a secret is visible
   */
  async runScript(script: string, options: ScriptOptions = {}): Promise<RunResult> {
    const argv = [...(options.shell ?? 'sh').split(' '), '-ec', script];
    const PATH = process.env['PATH'] ?? '';
    const environment = { PATH, HOME: this.#home, ...this.environment, ...options.env };
    return this.#run({ argv, environment, user: options.user }, options, options.mayPrintSecrets);
  }

  /** Contents of the clone folder. Only `.git/info` of `.git` is included. */
  files(): FoundFile[] {
    return filesBelow(this.cloneFolder);
  }

  text(file: string): string {
    return readFileSync(path.join(this.cloneFolder, file), 'utf8');
  }

  /**
   * Searches all output and files so far for the secrets known by now. They may only be in private files of the output
   * folder. `OUTPUT_DIR` of earlier pipes is known.
   *
   * @param outputFolder a further folder that may contain secrets
   * @throws Error naming the places
   */
  verify(outputFolder?: string): void {
    if (outputFolder !== undefined) this.#outputFolders.add(outputFolder);
    this.#check([
      ...this.#evidence,
      ...evidenceOfFiles(this.files(), this.#outputFolders),
      { name: 'variables of the pipeline', text: readFileSync(this.#pipelineVariables) },
    ]);
  }

  /**
   * Removes all folders.
   *
   * @throws Error if a secret is in a forbidden place, unless an earlier error reported one
   */
  dispose(): void {
    if (!existsSync(this.#folder)) return;
    try {
      if (!this.#reported) this.verify();
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  get #home(): string {
    return path.join(this.#folder, 'home');
  }

  #makeFolders({ branch = 'main', cloneOwner }: StepOptions): void {
    for (const name of ['bin', 'build', 'home', 'ssh', 'tmp']) mkdirSync(path.join(this.#folder, name));
    writeFileSync(path.join(this.#folder, 'bin', 'docker'), '', { mode: 0o755 });
    writeFileSync(path.join(this.#folder, 'ssh', 'known_hosts'), '');
    writeFileSync(this.#pipelineVariables, '');
    execFileSync('git', ['init', '--quiet', '--initial-branch', branch, this.cloneFolder]);
    // The clone script of Bitbucket's cloud does the same.
    appendFileSync(path.join(this.cloneFolder, '.git', 'info', 'exclude'), '.bitbucket/pipelines/generated\n');
    for (const folder of [this.cloneFolder, this.#home]) chmodSync(folder, 0o777);
    chmodSync(this.#folder, 0o755);
    if (cloneOwner === undefined) return;
    execFileSync('chown', ['-R', `${cloneOwner.uid}:${cloneOwner.gid}`, this.cloneFolder]);
  }

  async #run(
    options: Pick<RunOptions, 'argv' | 'environment' | 'kill' | 'user'>,
    { signal, terminateAfterMs, onOutput }: Ending,
    mayPrintSecrets = false,
  ): Promise<RunResult> {
    const signals = [signal, terminateAfterMs === undefined ? undefined : AbortSignal.timeout(terminateAfterMs)];
    const result = await run({
      ...options,
      cwd: this.cloneFolder,
      onOutput,
      signal: AbortSignal.any(signals.filter((one) => one !== undefined)),
    });
    const printed = [
      { name: 'standard output', text: result.stdout },
      { name: 'standard error', text: result.stderr },
    ];
    const evidence = [...(mayPrintSecrets ? [] : printed), { name: 'arguments', text: result.argv.join('\n') }];
    this.#evidence.push(...evidence);
    this.secrets.add(...(await this.#issuedSecrets()));
    this.#check(evidence);
    return result;
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
