import type {
  CiSystem,
  Environment,
  IdentityToken,
  RunIdentity,
  SignedRun,
  TokenRuntime,
} from '@aws-oidc-assume/shared';

/** A job of a CI system: the parts of the port `CiSystem` that concern the job's identity. */
export interface CiJob extends Pick<CiSystem, 'name' | 'run' | 'renewsToken' | 'identityToken'> {
  /** Source of the token, for people: `BITBUCKET_STEP_OIDC_TOKEN`. */
  readonly origin: string;
}

/** A job's inputs and access to the network. */
export interface JobContext {
  readonly env: Environment;
  /** Values of the system's token options, by name. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** Called on first use: a token from the environment needs no network. */
  runtime(): TokenRuntime;
}

/** An option that selects which token the CI system gives. */
export interface TokenOption {
  /** Name without dashes: `audience`. */
  readonly name: string;
  /** Placeholder of the value in the help: `AUDIENCE`. */
  readonly value: string;
  readonly about: string;
}

/** The parts of a run that are in a session name. */
export interface RunReference {
  readonly owner: string;
  readonly repository: string;
  /** Digits. */
  readonly build: string;
}

/** One CI system. A new system is a folder with one of these, and a row in `registry.ts`. */
export interface CiSystemDefinition {
  /** Lower-case short name that begins session names: `bitbucket`. */
  readonly id: string;
  /** Name for messages: `Bitbucket Pipelines`. */
  readonly name: string;
  /** Words that the system uses for the parts of a run. */
  readonly labels: { readonly owner: string; readonly repository: string; readonly step: string };
  readonly tokenOptions: readonly TokenOption[];
  /** Variables with the identity token, or with the means of requesting one. */
  readonly tokenVariables: readonly string[];
  /** Whether this environment belongs to a job of the system. */
  detect(env: Environment): boolean;
  job(context: JobContext): CiJob;
  /** Returns the run that the claims name. Returns undefined for tokens of other systems. */
  runIdentityFromClaims(token: IdentityToken): RunIdentity | undefined;
  /** Returns the facts of the run that a token of this system states. */
  signedRun(token: IdentityToken): SignedRun;
  /** Returns the web page of the run. Returns undefined if these parts do not identify a page. */
  runUrl(run: RunReference): string | undefined;
}
