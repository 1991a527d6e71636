/**
 * A step of Bitbucket Pipelines as its runner would run it: a clone folder, the variables of a build, a pipe in a
 * container of its own, and script lines in a shell of the step.
 * Source: mathieu-lemay/pipeline-runner's `docker run` line, and what real logs show of variables.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SecretWatch } from '../secret-watch.ts';

export interface StepOptions {
  /** Undefined: the step has no `oidc: true`. */
  readonly oidcToken?: string;
  readonly workspace?: string;
  readonly repoSlug?: string;
  readonly repoUuid?: string;
  readonly branch?: string;
  readonly buildNumber?: number;
  readonly stepUuid?: string;
  /** Further variables of the step. A pipe sees none of them unless they are passed to it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Secrets that come to be while the step runs, asked for after each command. */
  readonly issuedSecrets?: () => Promise<readonly string[]>;
}

export interface PipeRun {
  /** The built image, run by Docker, or the bundle, run by a Node. */
  readonly image?: string;
  readonly bundle?: string;
  /** For a bundle; this Node by default. */
  readonly node?: string;
  /** `variables:` of the pipe; a list becomes `X_COUNT`, `X_0`, … */
  readonly variables?: Readonly<Record<string, string | readonly string[]>>;
  /** `--read-only`, `--cap-drop=ALL`, `--user=…` */
  readonly dockerArguments?: readonly string[];
  /** Ends it with SIGTERM after so long. */
  readonly terminateAfterMs?: number;
}

export interface RunResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly argv: readonly string[];
}

export type Shell = 'sh' | 'bash' | 'dash' | 'busybox sh';

export interface FoundFile {
  /** Relative to the clone folder. */
  readonly path: string;
  /** Octal, e.g. `600`. */
  readonly mode: string;
  readonly uid: number;
  /** Undefined for folders; the target of a link. */
  readonly text: string | undefined;
  readonly kind: 'file' | 'folder' | 'link';
}

const AGENT_FOLDER = '/opt/atlassian/pipelines/agent';

export class BitbucketStep {
  readonly cloneFolder: string;
  /** The variables of the step itself. */
  readonly environment: Readonly<Record<string, string>>;
  /** Told the secrets of the test, it is asked about everything that this step prints or is started with. */
  readonly secrets = new SecretWatch();
  readonly #folder: string;
  readonly #issuedSecrets: () => Promise<readonly string[]>;

  constructor(options: StepOptions = {}) {
    this.#folder = mkdtempSync(path.join(tmpdir(), 'bitbucket-step-'));
    this.cloneFolder = path.join(this.#folder, 'build');
    mkdirSync(this.cloneFolder);
    execFileSync('git', ['init', '--quiet', '--initial-branch', options.branch ?? 'main', this.cloneFolder]);
    // The clone script of Bitbucket's cloud does so.
    chmodSync(this.cloneFolder, 0o777);
    chmodSync(this.#folder, 0o755);
    this.environment = { ...variablesOf(options, this.cloneFolder), ...options.env };
    this.#issuedSecrets = options.issuedSecrets ?? (async () => []);
    if (options.oidcToken !== undefined) this.secrets.add(options.oidcToken);
  }

  /** Runs the pipe with the variables a pipe gets: Bitbucket's own, and those listed for it. */
  async runPipe(run: PipeRun): Promise<RunResult> {
    const environment = { ...ofBitbucket(this.environment), ...listed(run.variables ?? {}) };
    if (run.image !== undefined) return this.#runImage(run.image, environment, run);
    if (run.bundle === undefined) throw new TypeError('name the image or the bundle of the pipe');
    const node = run.node ?? process.execPath;
    return this.#run(
      [node, run.bundle],
      { PATH: process.env['PATH'] ?? '', ...environment },
      this.cloneFolder,
      run.terminateAfterMs,
    );
  }

  /** A line, or several, of the step's script. Each call is a shell of its own: pass lines that build on each other together. */
  async runScript(
    script: string,
    options: { shell?: Shell; env?: Readonly<Record<string, string>> } = {},
  ): Promise<RunResult> {
    const shell = (options.shell ?? 'sh').split(' ');
    const environment = { PATH: process.env['PATH'] ?? '', HOME: this.#folder, ...this.environment, ...options.env };
    return this.#run([...shell, '-ec', script], environment, this.cloneFolder, undefined);
  }

  /** All that lies in the clone folder, `.git` left out but for `.git/info`. */
  files(): FoundFile[] {
    return walk(this.cloneFolder, this.cloneFolder);
  }

  text(file: string): string {
    return readFileSync(path.join(this.cloneFolder, file), 'utf8');
  }

  /**
   * Secrets may stand in files of the output folder, private to their owner, and nowhere else.
   * @throws Error naming the place
   */
  verify(outputFolder = '.aws-oidc'): void {
    for (const file of this.files()) {
      if (file.text === undefined) continue;
      const inOutput = file.path.startsWith(`${outputFolder}/`);
      if (!inOutput || file.mode !== '600')
        this.secrets.assertClean({ name: `file ${file.path} (${file.mode})`, text: file.text });
    }
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #runImage(image: string, environment: Record<string, string>, run: PipeRun): Promise<RunResult> {
    // Names only: a value here would stand in the list of processes.
    const names = Object.keys(environment).map((name) => `--env=${name}`);
    const argv = [
      'docker',
      'run',
      '--rm',
      '--network=host',
      `--volume=${this.cloneFolder}:${this.cloneFolder}`,
      `--workdir=${this.cloneFolder}`,
      '--label=org.bitbucket.pipelines.system=true',
      ...names,
      ...(run.dockerArguments ?? []),
      image,
    ];
    return this.#run(argv, { PATH: process.env['PATH'] ?? '', ...environment }, this.cloneFolder, run.terminateAfterMs);
  }

  #run(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd: string,
    terminateAfterMs: number | undefined,
  ): Promise<RunResult> {
    const [command = '', ...args] = argv;
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      const timer =
        terminateAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), terminateAfterMs);
      child.once('error', reject);
      child.once('close', (exitCode) => {
        clearTimeout(timer);
        const result = { exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), argv };
        this.#guard(result).then(() => resolve(result), reject);
      });
    });
  }

  async #guard(result: RunResult): Promise<void> {
    this.secrets.add(...(await this.#issuedSecrets()));
    this.secrets.assertClean(
      { name: 'standard output', text: result.stdout },
      { name: 'standard error', text: result.stderr },
      { name: 'arguments', text: result.argv.join('\n') },
    );
  }
}

/** What Bitbucket sets for every step. All UUIDs have braces. */
function variablesOf(options: StepOptions, cloneFolder: string): Record<string, string> {
  const workspace = options.workspace ?? 'acme';
  const slug = options.repoSlug ?? 'shop-api';
  return {
    CI: 'true',
    BITBUCKET_BRANCH: options.branch ?? 'main',
    BITBUCKET_BUILD_NUMBER: String(options.buildNumber ?? 42),
    BITBUCKET_CLONE_DIR: cloneFolder,
    BITBUCKET_COMMIT: '0123456789abcdef0123456789abcdef01234567',
    BITBUCKET_DOCKER_HOST_INTERNAL: '172.17.0.1',
    BITBUCKET_GIT_HTTP_ORIGIN: `http://bitbucket.org/${workspace}/${slug}`,
    BITBUCKET_GIT_SSH_ORIGIN: `git@bitbucket.org:${workspace}/${slug}.git`,
    BITBUCKET_PIPELINES_VARIABLES_PATH: `${AGENT_FOLDER}/tmp/bitbucket_pipelines_variables`,
    BITBUCKET_PIPELINE_UUID: `{${randomUUID()}}`,
    BITBUCKET_PIPE_SHARED_STORAGE_DIR: `${cloneFolder}/.bitbucket/pipelines/generated/pipeline/pipes`,
    BITBUCKET_PIPE_STORAGE_DIR: `${cloneFolder}/.bitbucket/pipelines/generated/pipeline/pipes/aws-oidc-assume/aws-oidc-assume`,
    BITBUCKET_PROJECT_KEY: 'SHOP',
    BITBUCKET_PROJECT_UUID: `{${randomUUID()}}`,
    BITBUCKET_REPO_FULL_NAME: `${workspace}/${slug}`,
    BITBUCKET_REPO_IS_PRIVATE: 'true',
    BITBUCKET_REPO_OWNER: workspace,
    BITBUCKET_REPO_OWNER_UUID: `{${randomUUID()}}`,
    BITBUCKET_REPO_SLUG: slug,
    BITBUCKET_REPO_UUID: options.repoUuid ?? `{${randomUUID()}}`,
    BITBUCKET_SSH_KEY_FILE: `${AGENT_FOLDER}/ssh/id_rsa_tmp`,
    BITBUCKET_STEP_RUN_NUMBER: '1',
    BITBUCKET_STEP_TRIGGERER_UUID: `{${randomUUID()}}`,
    BITBUCKET_STEP_UUID: options.stepUuid ?? `{${randomUUID()}}`,
    BITBUCKET_WORKSPACE: workspace,
    ...(options.oidcToken === undefined ? {} : { BITBUCKET_STEP_OIDC_TOKEN: options.oidcToken }),
  };
}

/** Variables of repository, workspace or deployment reach a pipe only where it lists them. */
function ofBitbucket(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => name === 'CI' || name.startsWith('BITBUCKET_')),
  );
}

function listed(variables: Readonly<Record<string, string | readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string'
        ? [[name, value]]
        : [
            [`${name}_COUNT`, String(value.length)],
            ...value.map((item, at): [string, string] => [`${name}_${at}`, item]),
          ],
    ),
  );
}

function walk(base: string, folder: string): FoundFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): FoundFile[] => {
    const file = path.join(folder, entry.name);
    const relative = path.relative(base, file);
    if (relative.startsWith('.git/') && !relative.startsWith('.git/info')) return [];
    const { mode, uid } = lstatSync(file);
    const found = { path: relative, mode: (mode & 0o777).toString(8), uid };
    if (entry.isSymbolicLink()) return [{ ...found, kind: 'link', text: readlinkSync(file) }];
    if (entry.isDirectory()) return [{ ...found, kind: 'folder', text: undefined }, ...walk(base, file)];
    return [{ ...found, kind: 'file', text: readFileSync(file, 'utf8') }];
  });
}
