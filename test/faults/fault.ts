import type { FailureCode } from '../../shared/src/core/failure.ts';
import type { EmulatorProcess, FaultRule } from '../support/emulator-process.ts';

/** What runs: the pipe's bundle or its image, or the packed task. */
export type Where = 'bundle' | 'image' | 'task';

/** Something that goes wrong, and what is to come of it. */
export interface Fault {
  readonly name: string;
  readonly where: Where;
  readonly outcome: 'survived' | FailureCode;
  /** Requests that reach STS. */
  readonly calls: number;
  /** What the log says of it. */
  readonly says?: RegExp;
  /** The step's own token, in place of one that the role admits. */
  readonly token?: (emulator: EmulatorProcess) => Promise<string>;
  readonly arrange?: (scene: Scene) => Promise<Arrangement> | Arrangement;
}

/** Where it is to go wrong. */
export interface Scene {
  readonly emulator: EmulatorProcess;
  /** The clone folder of the step; the folder for temporary files of the job. */
  readonly folder: string;
  readonly token: string;
  /** Called when all is over, the last first. */
  after(cleanUp: () => Promise<unknown> | unknown): void;
}

export interface Arrangement {
  /** Of the emulator. */
  readonly rules?: readonly FaultRule[];
  readonly options?: Options;
  /** In the environment of the program, beside its options. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly dockerArguments?: readonly string[];
  /** How a shell starts the program, `"$@"`: `exec "$@" >&-`. */
  readonly shell?: string;
  /** Cancels the run as soon as a request is with STS, or a wait is announced. */
  readonly cancel?: 'in a call' | 'in a wait';
}

/** By the names of the task's inputs; the pipe's variables are derived. */
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

/** What came of it. */
export interface Observed {
  /** `survived`, the failure's code, or that there was none. */
  readonly outcome: string;
  /** How the program ended, as its CI system sees it. */
  readonly exit: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** What `timeoutSeconds` said, milliseconds. */
  readonly timeLimit: number;
  /** All it printed. */
  readonly said: string;
  /** What later steps would find: files and variables that were not there before. */
  readonly left: readonly string[];
  readonly secretsFound: number;
}

/** The role of the emulator's own account. */
export const ROLE = 'arn:aws:iam::123456789012:role/deploy';

/** What a program is given here: time for three tries, no more than a suite has. */
export const TIMEOUT_SECONDS = 4;

/** A fault at the emulator's STS. */
export function atSts(fault: FaultRule['fault'], match: FaultRule['match'] = {}): Arrangement {
  return { rules: [{ match: { endpoint: 'sts', ...match }, fault }] };
}
