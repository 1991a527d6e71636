import type { Options } from '../options/options.ts';
import type { Session } from '../sts/assumed-credentials.ts';
import { CONFLICTING_VARIABLES, CREDENTIAL_VARIABLES } from './aws-environment.ts';
import type { OutputFile } from './output-folder.ts';

/** Published credentials and their destination. */
export interface ExposeContext {
  readonly sessions: readonly [Session, ...Session[]];
  readonly options: Options;
  /** Absolute path of the output folder. */
  readonly folder: string;
}

/** One way to pass credentials to later steps. Every adapter has one record for each of its modes. */
export interface ExposeMode<Name extends string, Context extends ExposeContext, Variable> {
  readonly name: Name;
  /** Files for the output folder. */
  files(context: Context): readonly OutputFile[];
  /** Variables for later steps. */
  variables(context: Context): readonly Variable[];
  /** Names of variables that would override those, or mix with them. */
  conflicts(context: Context): readonly string[];
  /** Lines for the log, one sentence each. */
  lines(context: Context): readonly string[];
}

/** Names of the modes; the first is the default. */
export function modeNames<Name extends string>(
  modes: readonly [{ readonly name: Name }, ...{ readonly name: Name }[]],
): [Name, ...Name[]] {
  const [first, ...others] = modes;
  return [first.name, ...others.map(({ name }) => name)];
}

/** Names of all variables that determine the identity of AWS tools, without those that are set. */
export function conflictsWith(variables: readonly { readonly name: string }[]): string[] {
  const set = new Set(variables.map(({ name }) => name));
  return [...CREDENTIAL_VARIABLES, ...CONFLICTING_VARIABLES].filter((name) => !set.has(name));
}

/** Name of the session's profile in AWS files. */
export function profileOf({ profile }: Session): string {
  return profile ?? 'default';
}
