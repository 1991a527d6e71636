/** A way to hand over credentials: the value of `EXPOSE` of the pipe, or of `expose` of the task. */
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

/** Where the tests' own services are. */
export interface World {
  /** The emulator's STS, http. */
  readonly sts: string;
  /** A stand-in for S3 that lists one bucket, `SIGNED_BUCKET`, to requests signed with credentials of the emulator. */
  readonly s3: string;
  /**
   * Variables, for a shell line, that lead a tool to the emulator when it asks the STS of the region: a proxy, and the
   * authority of the emulator's certificate. For tools that cannot be told another STS.
   */
  readonly region: string;
  /** For programs that are compiled. */
  readonly buildFolder: string;
  /** A home folder with keys of the machine's own, which no consumer may use. */
  readonly home: string;
}

/** The name of the bucket that S3's stand-in lists. */
export const SIGNED_BUCKET = 'signed-with-the-session';

/** How a consumer fares in a mode, other than well. */
export type Limit =
  | { readonly result: 'needs'; readonly why: string; readonly command: (world: World) => string }
  | { readonly result: 'does not' | 'not run'; readonly why: string };

/** A tool that people use in later steps. */
export interface Consumer {
  readonly name: string;
  /** Version that ran, as it names itself. Undefined where the tool is missing. */
  version(): string | undefined;
  /** The one side it is of use on; both otherwise. */
  readonly side?: Mode['side'];
  /** Reads the pipe's file by its own means. */
  readonly sourcesByItself?: boolean;
  /** The missing tool, and whether `.ci/run` can install it. */
  readonly missing: { readonly what: string; readonly ciInstallsIt: boolean };
  /** A shell line of a later step that prints the ARN of the session, or `SIGNED_BUCKET`. */
  command(world: World): string;
  readonly limits?: Readonly<Partial<Record<ModeName, Limit>>>;
}
