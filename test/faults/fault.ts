import type { FailureCode } from '../../shared/src/core/failure.ts';
import type { EmulatorProcess, FaultRule } from '../support/emulator-process.ts';

/** Program under test: the pipe's bundle or its image, or the packed task. */
export type Where = 'bundle' | 'image' | 'task';

/** A fault, and its expected outcome. */
export interface Fault {
  readonly name: string;
  readonly where: Where;
  readonly outcome: 'survived' | FailureCode;
  /** Requests that reach STS. */
  readonly calls: number;
  /** Expected text in the log. */
  readonly says?: RegExp;
  /** Token of the step, instead of one that the role admits. */
  readonly token?: (emulator: EmulatorProcess) => Promise<string>;
  readonly arrange?: (scene: Scene) => Promise<Arrangement> | Arrangement;
}

/** Environment in which the fault occurs. */
export interface Scene {
  readonly emulator: EmulatorProcess;
  /** Clone folder of the step; for the task, the job's folder for temporary files. */
  readonly folder: string;
  readonly token: string;
  /** Functions to call at the end, the last one first. */
  after(cleanUp: () => Promise<unknown> | unknown): void;
}

export interface Arrangement {
  /** Configuration of the emulator. */
  readonly rules?: readonly FaultRule[];
  readonly options?: Options;
  /** Environment of the program, in addition to its options. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly dockerArguments?: readonly string[];
  /** Shell command that starts the program, `"$@"`: `exec "$@" >&-`. */
  readonly shell?: string;
  /** Whether to cancel the run as soon as STS has a request, or a wait is announced. */
  readonly cancel?: 'in a call' | 'in a wait';
}

/** Options by the names of the task's inputs; the pipe's variables are derived. */
export type Options = Partial<Record<OptionName, string>>;

export type OptionName =
  | 'durationSeconds'
  | 'expose'
  | 'maxAttempts'
  | 'profile'
  | 'roleArn'
  | 'sessionPolicy'
  | 'stsEndpoint'
  | 'stsFallbackRegions'
  | 'timeoutSeconds';

/** Observed outcome. */
export interface Observed {
  /** `survived`, the failure's code, or a note that it is missing. */
  readonly outcome: string;
  /** End of the program, as its CI system sees it. */
  readonly exit: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Value of `timeoutSeconds`, in milliseconds. */
  readonly timeLimit: number;
  /** Output of the program. */
  readonly output: string;
  /** New files and variables that later steps would find. */
  readonly leftovers: readonly string[];
  readonly secretsFound: number;
}

/** Role in the emulator's default account. */
export const ROLE = 'arn:aws:iam::123456789012:role/deploy';

/** Time limit of a program here: enough for three attempts, and short enough for a suite. */
export const TIMEOUT_SECONDS = 4;

/** A fault at the emulator's STS. */
export function stsFault(fault: FaultRule['fault'], match: FaultRule['match'] = {}): Arrangement {
  return { rules: [{ match: { endpoint: 'sts', ...match }, fault }] };
}
