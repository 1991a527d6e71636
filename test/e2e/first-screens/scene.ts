import type { FaultRule } from '../../support/emulator-process.ts';
import type { FirstScreen } from './screen.ts';

/** Account of every scene. */
export const ACCOUNT = '123456789012';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;

export interface Statement {
  readonly Effect: string;
  readonly Principal: Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** One AWS account with the role `deploy`. */
export interface AwsSetup {
  readonly providers: readonly { readonly url: string; readonly clientIds: readonly string[] }[];
  readonly statements: readonly Statement[];
  /** Seconds; 3600 by default. */
  readonly maxSessionDuration?: number;
}

/** Addresses of a running scene. */
export interface Addresses {
  /** STS of the emulator over plain HTTP on loopback. */
  readonly sts: string;
  /** STS of the emulator over TLS, with its certificate authority (PEM). */
  readonly https: { readonly sts: string; readonly ca: string };
  /** Folder that the program can read. */
  readonly folder: string;
  /** Registers what must be undone after the run. */
  after(cleanUp: () => Promise<unknown> | unknown): void;
}

/** Settings of the scene's user and administrator. */
export interface Setup {
  readonly aws: AwsSetup;
  /** Variables of the pipe or inputs of the task. The role is included. */
  readonly options: Readonly<Record<string, string>>;
  /** Options that depend on the running servers. They override `options`. */
  readonly addressed?: (addresses: Addresses) => Promise<Readonly<Record<string, string>>>;
  /** Faults of the services. */
  readonly faults?: readonly FaultRule[];
  /** Whether the program can also read the policy of the role from a file. */
  readonly hasPolicyFile?: true;
  /** Bitbucket: whether the step has `oidc: true`; true by default. */
  readonly hasToken?: false;
  /** Bitbucket: whether the step has `deployment: production`. */
  readonly isDeployment?: true;
  /** Azure DevOps: name of the service connection. */
  readonly connection?: string;
  /** Azure DevOps: whether the stage refers to the connection, as a server checks it. */
  readonly isUnreferenced?: true;
  /** Bitbucket: seconds by which the clock of the token's issuer is ahead. */
  readonly issuerClock?: number;
}

/** Broken setup, its expected first screen, and the setup after its fix. */
export interface Scene {
  readonly name: string;
  readonly program: 'pipe' | 'task';
  readonly setup: Setup;
  readonly code: string;
  /** Words of the first line. */
  readonly cause: RegExp;
  /** Words of the second line. */
  readonly fix: RegExp;
  /** Setup after the user followed the screen, with values taken from the screen. */
  readonly fixed: (setup: Setup, screen: FirstScreen) => Setup;
}
