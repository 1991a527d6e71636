/** Way to pass credentials: the value of `EXPOSE` of the pipe, or of `expose` of the task. */
export const MODES = [
  { side: 'pipe', name: 'environment' },
  { side: 'pipe', name: 'profile' },
  { side: 'pipe', name: 'web-identity' },
  { side: 'task', name: 'environment' },
  { side: 'task', name: 'secret-variables' },
  { side: 'task', name: 'profile' },
  { side: 'task', name: 'credential-process' },
] as const;

export type Mode = (typeof MODES)[number];
export type ModeName = `${Mode['side']} ${Mode['name']}`;

export function nameOf({ side, name }: Mode): ModeName {
  return `${side} ${name}` as ModeName;
}

/** Addresses of the tests' services. */
export interface World {
  /** The emulator's STS, http. */
  readonly sts: string;
  /** A stand-in for S3 that lists one bucket, `SIGNED_BUCKET`, for requests signed with the emulator's credentials. */
  readonly s3: string;
  /**
   * Variables for a shell line that redirect requests for the region's STS to the emulator: a proxy and the emulator's
   * authority. For tools that have no setting for the STS address.
   */
  readonly region: string;
  /** Folder for compiled programs. */
  readonly buildFolder: string;
  /** A home folder with the machine's own keys, which no consumer may use. */
  readonly home: string;
}

/** Bucket of S3's stand-in. */
export const SIGNED_BUCKET = 'signed-with-the-session';

/** Limit of a consumer in a mode. */
export type Limit =
  | { readonly result: 'needs'; readonly reason: string; readonly command: (world: World) => string }
  | { readonly result: 'does not' | 'not run'; readonly reason: string };

/** A tool that people use in later steps. */
export interface Consumer {
  readonly name: string;
  /** Version as the tool prints it. Undefined if the tool is missing. */
  version(): string | undefined;
  /** The only CI system on which it is useful; both by default. */
  readonly side?: Mode['side'];
  /** Whether the tool reads the pipe's file itself. */
  readonly sourcesByItself?: boolean;
  /** The missing tool, and whether `.ci/run` can install it. */
  readonly missing: { readonly tool: string; readonly ciInstallsIt: boolean };
  /** A shell line of a later step that prints the ARN of the session, or `SIGNED_BUCKET`. */
  command(world: World): string;
  readonly limits?: Readonly<Partial<Record<ModeName, Limit>>>;
}
