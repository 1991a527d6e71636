import {
  CONFLICTING_VARIABLES,
  CREDENTIAL_VARIABLES,
  type EnvironmentVariable,
  type Options,
  type PrivateFile,
  revealed,
  type Session,
} from '@aws-oidc-assume/shared';
import type { TaskHost } from '../agent/task-host.ts';
import type { ProfileFolder } from '../publish/profile-folder.ts';

/** In the order of the pick list; the first is the default. */
export const EXPOSE_MODES = ['environment', 'secret-variables', 'profile', 'credential-process'] as const;

export type ExposeMode = (typeof EXPOSE_MODES)[number];

/** A variable of the job, for later steps. */
export interface JobVariable {
  readonly name: string;
  readonly value: string;
  /** Known to later steps as `$(NAME)` alone, not in their environment. */
  readonly secret: boolean;
}

/** One way to hand the credentials on. */
export interface Exposure {
  /** In the profile folder. */
  readonly files: readonly PrivateFile[];
  readonly variables: readonly JobVariable[];
  /** Variables to empty: they would win over those above, or be mixed with them. */
  readonly clears: readonly string[];
  /** For the log, a sentence a line. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

export interface ToExpose {
  readonly sessions: readonly [Session, ...Session[]];
  readonly options: Options;
  readonly folder: ProfileFolder;
  /** What later steps would find now. */
  readonly later: Pick<TaskHost, 'environment' | 'secretNames'>;
  /** Asked for only where it is used: it holds the access token of the job. */
  renewal(): Renewal;
}

/** What `credential-process` leaves beside the profile. */
export interface Renewal {
  /** The Node that runs this. */
  readonly node: string;
  readonly platform: NodeJS.Platform;
  /** JSON, with secrets. */
  readonly state: string;
  /** Programs of this task's folder, by their names: the first is the one to run. */
  readonly programs: readonly [Program, ...Program[]];
  /** A few hex digits, different each time. */
  readonly id: string;
}

export interface Program {
  readonly name: string;
  read(): Buffer;
}

/**
 * Variables that choose a profile. Emptying does not take their effect away: the AWS CLI looks for a profile without a
 * name then, and fails. Nor can a job variable be removed.
 */
const PROFILE_VARIABLES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'] as const;

/** Those that later steps would find. An empty one counts: see above. */
export function profileVariablesIn({ environment, secretNames }: ToExpose['later']): string[] {
  return PROFILE_VARIABLES.filter((name) => environment[name] !== undefined && !secretNames.has(name));
}

/** What later steps would find beside what is set, and must not. With a prefix it is none of our business. */
export function clearedBeside(variables: readonly JobVariable[], { later, options }: ToExpose): string[] {
  if (options.variablePrefix !== '') return [];
  const kept = new Set<string>([...variables.map(({ name }) => name), ...PROFILE_VARIABLES]);
  return [...CREDENTIAL_VARIABLES, ...CONFLICTING_VARIABLES].filter(
    (name) => later.environment[name] && !later.secretNames.has(name) && !kept.has(name),
  );
}

/** Plain, so that later steps find it in their environment. */
export function plain({ name, value }: EnvironmentVariable): JobVariable {
  return { name, value: revealed(value), secret: false };
}
