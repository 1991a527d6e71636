/**
 * A step of Bitbucket Pipelines as its runner would run it: a clone folder, the variables of a build, a pipe in a
 * container of its own, and script lines in a shell of the step.
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
import { arrived, type Listed } from './listed-variables.ts';
import { type RunOptions, type RunResult, run } from './run.ts';
import { type Environment, pipeVariables, SSH_FOLDER, type StepSettings, stepVariables } from './variables.ts';

export interface StepOptions extends StepSettings {
  /** Further variables of the step. A pipe sees none of them unless they are passed to it. */
  readonly env?: Environment;
  /** Owner of the clone folder; for a test that runs as root. */
  readonly cloneOwner?: { readonly uid: number; readonly gid: number };
  /** Secrets that come to be while the step runs, asked for after each command. */
  readonly issuedSecrets?: () => Promise<readonly string[]>;
}

/** When to end a command. */
export interface Ending {
  /** Ends it with SIGTERM. */
  readonly signal?: AbortSignal;
  readonly terminateAfterMs?: number;
  /** Told what the command prints, as it comes. */
  readonly onOutput?: (text: string) => void;
}

export interface PipeRun extends Ending {
  /** The built image, run by Docker, or the bundle, run by a Node. */
  readonly image?: string;
  readonly bundle?: string;
  /** For a bundle; this Node by default. */
  readonly node?: string;
  /** `variables:` of the pipe as YAML gives them to the runner; the shell of the step expands them. */
  readonly variables?: Listed;
  /** `--read-only`, `--cap-drop=ALL`, `--user=…` */
  readonly dockerArguments?: readonly string[];
}

export type Shell = 'sh' | 'bash' | 'dash' | 'busybox sh';

export interface ScriptOptions extends Ending {
  readonly shell?: Shell;
  readonly env?: Environment;
  /** Whom the step's image runs as (`run-as-user`). */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The script is there to print a secret. */
  readonly mayPrintSecrets?: boolean;
}

export class BitbucketStep {
  readonly cloneFolder: string;
  /** The variables of the step itself. */
  readonly environment: Environment;
  /** Told the secrets of the test, it is asked about everything that this step prints, is started with or leaves. */
  readonly secrets = new SecretWatch();
  readonly #folder: string;
  readonly #pipelineVariables: string;
  readonly #issuedSecrets: () => Promise<readonly string[]>;
  readonly #evidence: Haystack[] = [];
  readonly #outputFolders = new Set(['.aws-oidc']);
  /** A test has been told of a secret: it need not be told again. */
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
      // A test may give a step a token that is none.
      if (secret.length >= 16) this.secrets.add(secret);
    }
  }

  /**
   * Runs the pipe with the variables a pipe gets: Bitbucket's own, and those listed for it.
   * @throws Error where a secret shows
   */
  async runPipe(pipe: PipeRun): Promise<RunResult> {
    const { image, bundle, node = process.execPath, variables = {}, dockerArguments = [] } = pipe;
    const environment = pipeVariables(this.environment, arrived(variables, this.environment));
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
   * A line, or several, of the step's script. Each call is a shell of its own: pass lines that build on each other
   * together.
   * @throws Error where a secret shows
   */
  async runScript(script: string, options: ScriptOptions = {}): Promise<RunResult> {
    const argv = [...(options.shell ?? 'sh').split(' '), '-ec', script];
    const PATH = process.env['PATH'] ?? '';
    const environment = { PATH, HOME: this.#home, ...this.environment, ...options.env };
    return this.#run({ argv, environment, user: options.user }, options, options.mayPrintSecrets);
  }

  /** All that lies in the clone folder, `.git` left out but for `.git/info`. */
  files(): FoundFile[] {
    return filesBelow(this.cloneFolder);
  }

  text(file: string): string {
    return readFileSync(path.join(this.cloneFolder, file), 'utf8');
  }

  /**
   * Looks through all that has been printed and left so far, for the secrets known by now. They may stand in files of the
   * output folder, private to their owner, and nowhere else. `OUTPUT_DIR` of the pipes that ran is known.
   * @param outputFolder a further folder that may hold secrets
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
   * @throws Error where a secret stands where it must not, unless the test has been told of one before
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
    // What the clone script of Bitbucket's cloud does, too.
    appendFileSync(path.join(this.cloneFolder, '.git', 'info', 'exclude'), '.bitbucket/pipelines/generated\n');
    for (const folder of [this.cloneFolder, this.#home]) chmodSync(folder, 0o777);
    chmodSync(this.#folder, 0o755);
    if (cloneOwner === undefined) return;
    execFileSync('chown', ['-R', `${cloneOwner.uid}:${cloneOwner.gid}`, this.cloneFolder]);
  }

  async #run(
    how: Pick<RunOptions, 'argv' | 'environment' | 'kill' | 'user'>,
    { signal, terminateAfterMs, onOutput }: Ending,
    mayPrintSecrets = false,
  ): Promise<RunResult> {
    const signals = [signal, terminateAfterMs === undefined ? undefined : AbortSignal.timeout(terminateAfterMs)];
    const result = await run({
      ...how,
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
