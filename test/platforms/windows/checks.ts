import type { Handler } from '../../support/azure-agent/task-definition.ts';
import type { ReadyLine } from '../../support/emulator-process.ts';

/** Work folders of the agent: a usual one, and one with everything that Windows paths may contain. */
export const FOLDERS = { usual: 'C:\\agent', unusual: 'C:\\Program Files (x86)\\Büro & Söhne 東京' } as const;

/** Names of the checks for each Node. */
export const CHECKS = [
  'environment, twice in one job',
  'secret-variables, twice in one job, in an unusual folder',
  'profile, twice in one job, in an unusual folder',
  'credential-process, twice in one job',
  'credential-process, in an unusual folder',
  'environment leaves nothing after a denial',
  'profile leaves nothing after a denial',
  'profile, in files that another program has open for a moment',
  'credential-process, for the SDK for Go v2',
  'aws-oidc exec starts a .cmd file by its name, and passes arguments on',
] as const;

export type Check = (typeof CHECKS)[number];

/** Settings of the suite, with Windows paths. */
export interface Setup {
  readonly ready: ReadyLine;
  readonly connection: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly deniedRole: string;
  /** ARN of the session that later steps should use. */
  readonly arn: string;
  readonly taskFolder: string;
  readonly nodes: Readonly<Record<Handler, string>>;
  readonly whoAmI: string;
  readonly goProgram: string;
  readonly holdProgram: string;
  readonly cli: string;
}

export interface Result {
  readonly handler: Handler;
  readonly check: Check;
  /** Error message; undefined if the check succeeded. */
  readonly error?: string | undefined;
}
