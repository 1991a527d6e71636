import type { AgentCommand } from './command.ts';
import type { Environment } from './environment.ts';
import type { StepTarget } from './restrictions.ts';
import type { Result } from './result.ts';
import type { Attachment, Issue } from './step-output.ts';

/** Settings of a step of either kind in YAML, and options of the test. */
export interface Step {
  /** `name:`, under which other steps find its outputs. By default the server derives one from the task's name. */
  readonly name?: string;
  readonly displayName?: string;
  readonly env?: Environment;
  readonly target?: StepTarget;
  /** `timeoutInMinutes:`, but in milliseconds. */
  readonly timeoutMs?: number;
  /**
   * Cancels the job: SIGINT, 7.5 s later SIGTERM, 2.5 s later the end of the process tree. The variables
   * `PROCESS_SIGINT_TIMEOUT` and `PROCESS_SIGTERM_TIMEOUT` set other times, in milliseconds.
   */
  readonly signal?: AbortSignal;
  readonly cancelAfterMs?: number;
  readonly onStart?: (processId: number) => void;
  /** Receives each line of output immediately, before the agent reads it. */
  readonly onLine?: (line: string) => void;
}

export interface TaskStep extends Step {
  /** Folder of the unpacked task's task.json. */
  readonly folder: string;
  /** Inputs by name or alias; a service connection by name or GUID. */
  readonly inputs?: Environment;
  /** Retries, ten at most. The agent waits 1, 4, 9, … seconds before each; here there is no wait. */
  readonly retryCountOnTaskFailure?: number;
}

export interface ScriptStep extends Step {
  /** Bash by default, without its profiles, as in the Bash and command line tasks. */
  readonly shell?: string;
  readonly cwd?: string;
  /** Whether the script prints a secret on purpose, to test masking. */
  readonly mayPrintSecrets?: boolean;
}

export interface StepResult {
  readonly result: Result;
  /** Null if the process was abandoned after `done=true`, or never started. */
  readonly exitCode: number | null;
  /** Lines as a user sees them, masked. Debug lines only if `System.Debug` is true. */
  readonly log: readonly string[];
  /** The same with debug lines. */
  readonly debugLog: readonly string[];
  /** Both streams in the order of arrival, unmasked and with commands. */
  readonly raw: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly issues: readonly Issue[];
  readonly commands: readonly AgentCommand[];
  /** Outputs that other steps find as `$(step.name)`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
  /** Markdown for the run's Extensions tab. */
  readonly summaries: readonly string[];
  readonly argv: readonly string[];
  /** Environment of the process. */
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
