import {
  conflictsWith,
  type EnvironmentVariable,
  type ExposeContext,
  type ExposeMode,
  plainText,
} from '@aws-oidc-assume/shared';
import type { TaskHost } from '../agent/task-host.ts';

/** A variable of the job, for later steps. */
export interface JobVariable {
  readonly name: string;
  readonly value: string;
  /** Whether later steps can read it only as `$(NAME)`, not in their environment. */
  readonly secret: boolean;
}

export interface JobContext extends ExposeContext {
  /** Present environment of later steps. */
  readonly later: Pick<TaskHost, 'environment' | 'secretNames'>;
  /** Returns the access token of the job. Called only by the mode that needs it. */
  readonly renewal: Renewal;
}

/** Files that `credential-process` leaves next to the profile. */
export interface Renewal {
  /** Path of the present Node. */
  readonly node: string;
  readonly platform: NodeJS.Platform;
  /** State as JSON, with secrets. */
  readonly state: string;
  /** Programs of this task's folder by their names. The first is the one to run. */
  readonly programs: readonly [Program, ...Program[]];
  /** Hex digits, different in each run of the task. */
  readonly id: string;
}

export interface Program {
  readonly name: string;
  read(): Buffer;
}

/** A mode of the task: a record for each value of `expose`. */
export interface JobMode<Name extends string = string> extends ExposeMode<Name, JobContext, JobVariable> {
  /** Entry of the job's summary. */
  readonly summary: string;
  /** Warnings for the log. */
  warnings(context: JobContext): readonly string[];
}

/**
 * Variables that choose a profile. Emptying them has no use: the AWS CLI then looks for a profile without a name and
 * fails. A job variable cannot be removed either.
 */
const PROFILE_VARIABLES: readonly string[] = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'];

/** Returns the variables with which later steps would choose a profile, including empty ones. */
export function profileVariablesIn({ environment, secretNames }: JobContext['later']): string[] {
  return PROFILE_VARIABLES.filter((name) => environment[name] !== undefined && !secretNames.has(name));
}

/** Returns the variables of later steps that would override the new ones. With a prefix there are none. */
export function jobConflicts(variables: readonly JobVariable[], { later, options }: JobContext): string[] {
  if (options.variablePrefix !== '') return [];
  return conflictsWith(variables).filter(
    (name) => later.environment[name] && !later.secretNames.has(name) && !PROFILE_VARIABLES.includes(name),
  );
}

/** A variable that later steps find in their environment. */
export function plainVariable({ name, value }: EnvironmentVariable): JobVariable {
  return { name, value: plainText(value), secret: false };
}
