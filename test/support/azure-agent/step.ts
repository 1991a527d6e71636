import type { AgentCommand } from './command.ts';
import type { Environment } from './environment.ts';
import type { StepTarget } from './restrictions.ts';
import type { Result } from './result.ts';
import type { Attachment, Issue } from './step-output.ts';

/** What a step of either kind may say in YAML, and what a test wants of it. */
export interface Step {
  /** `name:`, by which others know its outputs. The server makes one from the task's name where there is none. */
  readonly name?: string;
  readonly displayName?: string;
  readonly env?: Environment;
  readonly target?: StepTarget;
  /** `timeoutInMinutes:`, but in milliseconds. */
  readonly timeoutMs?: number;
  /**
   * Cancels the job: SIGINT, 7.5 s later SIGTERM, 2.5 s later the end of the process tree. The variables
   * `PROCESS_SIGINT_TIMEOUT` and `PROCESS_SIGTERM_TIMEOUT` hold other times, in milliseconds.
   */
  readonly signal?: AbortSignal;
  readonly cancelAfterMs?: number;
  readonly onStart?: (processId: number) => void;
  /** Told each line of output as it comes, before the agent reads it. */
  readonly onLine?: (line: string) => void;
}

export interface TaskStep extends Step {
  /** The unpacked task: where its task.json lies. */
  readonly folder: string;
  /** By name or alias; a service connection by name or GUID. */
  readonly inputs?: Environment;
  /** Ten at most. The agent waits 1, 4, 9, … seconds before each; here it does not. */
  readonly retryCountOnTaskFailure?: number;
}

export interface ScriptStep extends Step {
  /** Bash by default, without its profiles, as the Bash and command line tasks have it. */
  readonly shell?: string;
  readonly cwd?: string;
  /** The script is there to print a secret, to see it masked. */
  readonly mayPrintSecrets?: boolean;
}

export interface StepResult {
  readonly result: Result;
  /** Null where the process was left behind after `done=true`, or never started. */
  readonly exitCode: number | null;
  /** Lines as a user sees them, masked; without debug lines unless `System.Debug` is true. */
  readonly log: readonly string[];
  /** The same with debug lines. */
  readonly debugLog: readonly string[];
  /** Both streams as they came, unmasked, commands and all. */
  readonly raw: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly issues: readonly Issue[];
  readonly commands: readonly AgentCommand[];
  /** What others find as `$(step.name)`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
  /** Markdown of the run's Extensions tab. */
  readonly summaries: readonly string[];
  readonly argv: readonly string[];
  /** All that the process found in its environment. */
  readonly environment: Environment;
}

/** A step that the agent did not start. */
export function skipped(): StepResult {
  return {
    result: 'Skipped',
    exitCode: null,
    log: [],
    debugLog: [],
    raw: '',
    stdout: '',
    stderr: '',
    issues: [],
    commands: [],
    outputs: {},
    attachments: [],
    summaries: [],
    argv: [],
    environment: {},
  };
}
