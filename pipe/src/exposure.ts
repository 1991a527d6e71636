import {
  CONFLICTING_VARIABLES,
  CREDENTIAL_VARIABLES,
  type EnvironmentVariable,
  type IdentityToken,
  type Options,
  type PrivateFile,
  type Session,
} from '@aws-oidc-assume/shared';

/** The first is the default. */
export const EXPOSE_MODES = ['environment', 'profile', 'web-identity'] as const;

export type ExposeMode = (typeof EXPOSE_MODES)[number];

/** One way to hand the credentials on: what is written, and what the environment file says. */
export interface Exposure {
  /** Files beside the environment file. */
  readonly files: readonly PrivateFile[];
  readonly variables: readonly EnvironmentVariable[];
  /** Variables that would win over those, or be mixed with them. */
  readonly clears: readonly string[];
  /** For the log, a sentence a line. */
  readonly lines: readonly string[];
}

export interface ToExpose {
  readonly sessions: readonly [Session, ...Session[]];
  readonly token: IdentityToken;
  readonly options: Options;
  /** The output folder, absolute. */
  readonly folder: string;
}

/** All that says who the AWS tools are, but what is set. */
export function clearedBeside(variables: readonly EnvironmentVariable[], more: readonly string[] = []): string[] {
  const set = new Set(variables.map(({ name }) => name));
  return [...CREDENTIAL_VARIABLES, ...CONFLICTING_VARIABLES, ...more].filter((name) => !set.has(name));
}
