/** The three built programs that assume a role, each as a process that a CI system would start. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { awsOidc, bitbucketStep } from '../../e2e/cli/aws-oidc.ts';
import * as pipe from '../../e2e/pipe/support.ts';
import * as task from '../../e2e/task/support.ts';
import { BitbucketStep, type EmulatorProcess, NODE_24, SecretWatch } from '../../support/index.ts';

export type OptionName =
  | 'allowedAccountIds'
  | 'chainRoleArns'
  | 'chainSessionTags'
  | 'durationSeconds'
  | 'expose'
  | 'region'
  | 'roleArn'
  | 'sessionName'
  | 'sessionPolicy'
  | 'sessionPolicyArns'
  | 'stsEndpoint'
  | 'stsFallbackRegions'
  | 'timeoutSeconds'
  | 'trustPolicyFile';
export type Options = Readonly<Partial<Record<OptionName, string>>>;
export type Environment = Readonly<Record<string, string>>;

/** Session name of every run, so that tests can make up answers. */
export const SESSION = 'attacked';
export const { ROLE, NEXT_ROLE, ACCOUNT } = pipe;

export interface Outcome {
  readonly succeeded: boolean;
  /** Failure's code; empty for a success. */
  readonly code: string;
  readonly output: string;
  /** Files and variables that later steps would find, and commands that ran with credentials. */
  readonly published: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

export interface Program {
  readonly name: string;
  readonly emulator: EmulatorProcess;
  /**
   * Assumes the role.
   *
   * @param environment of the process, in addition to the variables of the CI system
   * @throws Error if the output contains a secret
   */
  assume(options?: Options, environment?: Environment): Promise<Outcome>;
  close(): Promise<void>;
}

/** @param names of the programs; all by default */
export async function startPrograms(...names: readonly ('pipe' | 'task' | 'command line')[]): Promise<Program[]> {
  const isSelected = (name: (typeof names)[number]) => names.length === 0 || names.includes(name);
  const programs: Program[] = [];
  if (isSelected('pipe')) programs.push(new PipeProgram(await pipe.startEmulator()));
  if (isSelected('task')) programs.push(new TaskProgram(await task.startEmulator()));
  if (isSelected('command line')) programs.push(new CliProgram(await pipe.startEmulator()));
  return programs;
}

function defaults(emulator: EmulatorProcess): Options {
  return { roleArn: ROLE, region: 'eu-west-1', stsEndpoint: emulator.ready.sts, sessionName: SESSION };
}

function codeIn(text: string): string {
  return /^(?:✖ |##\[error\])(\w+): /m.exec(text)?.[1] ?? '';
}

const PIPE_NAMES: Readonly<Partial<Record<OptionName, string>>> = {
  roleArn: 'AWS_OIDC_ROLE_ARN',
  region: 'AWS_DEFAULT_REGION',
  sessionName: 'ROLE_SESSION_NAME',
};

const upperSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

class PipeProgram implements Program {
  readonly name = 'pipe';
  readonly emulator: EmulatorProcess;

  constructor(emulator: EmulatorProcess) {
    this.emulator = emulator;
  }

  async assume(options: Options = {}, environment: Environment = {}): Promise<Outcome> {
    const step = new BitbucketStep({
      oidcToken: await this.emulator.control.mint('bitbucket'),
      issuedSecrets: this.emulator.control.secretValues,
    });
    try {
      const optionEntries = Object.entries({ ...defaults(this.emulator), ...options }) as [OptionName, string][];
      const variables = Object.fromEntries(
        optionEntries.map(([name, value]) => [PIPE_NAMES[name] ?? upperSnake(name), value]),
      );
      const begun = performance.now();
      const { exitCode, log } = await step.runPipe({
        bundle: pipe.BUNDLE,
        node: NODE_24,
        variables: { ...variables, ...environment },
      });
      const took = performance.now() - begun;
      const published = step.files().map((file) => file.path);
      return {
        succeeded: exitCode === 0,
        code: codeIn(log),
        output: log,
        published: published.filter((file) => /\.aws-oidc\/(?!\.gitignore$)/.test(file)),
        took,
      };
    } finally {
      step.dispose();
    }
  }

  close(): Promise<void> {
    return this.emulator.stop();
  }
}

class TaskProgram implements Program {
  readonly name = 'task';
  readonly emulator: EmulatorProcess;
  readonly #jobs: task.Jobs;

  constructor(emulator: EmulatorProcess) {
    this.emulator = emulator;
    this.#jobs = new task.Jobs(emulator, 'Node24');
  }

  async assume(options: Options = {}, variables: Environment = {}): Promise<Outcome> {
    const agent = this.#jobs.start({ environment: variables });
    try {
      const begun = performance.now();
      const result = await this.#jobs.run({ ...defaults(this.emulator), expose: 'profile', ...options });
      const took = performance.now() - begun;
      const folder = path.join(agent.tempFolder, 'aws-oidc-assume');
      return {
        succeeded: result.result === 'Succeeded',
        code: codeIn(result.log.join('\n')),
        output: result.log.join('\n'),
        published: [...task.exposed(result).filter((name) => name !== 'leftFolder'), ...filesIn(folder)],
        took,
      };
    } finally {
      await this.#jobs.finish();
    }
  }

  close(): Promise<void> {
    return this.#jobs.close();
  }
}

class CliProgram implements Program {
  readonly name = 'command line';
  readonly emulator: EmulatorProcess;

  constructor(emulator: EmulatorProcess) {
    this.emulator = emulator;
  }

  async assume(options: Options = {}, environment: Environment = {}): Promise<Outcome> {
    const folder = mkdtempSync(path.join(tmpdir(), 'attack-'));
    try {
      const args = Object.entries({ ...defaults(this.emulator), ...options })
        .filter(([name]) => name !== 'expose')
        .flatMap(([name, value]) => [`--${kebab(name)}`, value]);
      const env = { ...(await bitbucketStep(this.emulator)), ...environment };
      const begun = performance.now();
      const ran = await awsOidc(['exec', ...args, '--', 'touch', path.join(folder, 'ran')], { env });
      const took = performance.now() - begun;
      const watch = new SecretWatch();
      watch.add(...(await this.emulator.control.secretValues()));
      const output = `${ran.stdout}${ran.stderr}`;
      watch.assertClean({ name: 'what the command line printed', text: output });
      const code = codeIn(ran.stderr) || (ran.stderr.startsWith('aws-oidc: ') ? 'InvalidOptions' : '');
      return { succeeded: ran.status === 0, code, output, published: filesIn(folder), took };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  close(): Promise<void> {
    return this.emulator.stop();
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.endsWith('.md'));
  } catch {
    return [];
  }
}
