import type { Environment, ProxyFor, Runtime, Secret, Transport } from '@aws-oidc-assume/shared';

/** Standard output or standard error. */
export interface Stream {
  write(text: string): void;
  readonly isTerminal: boolean;
}

/** What the child of `exec` gets, and how it is told. */
export interface ChildRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** Everything outside that the commands touch. */
export interface CliContext {
  /** Of this program: `1.2.3`. */
  readonly version: string;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly out: Stream;
  readonly err: Stream;
  readonly transport: Transport;
  readonly proxyFor: ProxyFor;
  now(): Date;
  readFile(path: string): Promise<Buffer>;
  readStdin(): Promise<Buffer>;
  /** Made on first use: from then on SIGINT and SIGTERM cancel what runs, in place of ending the process. */
  runtime(): Runtime;
  /** @returns exit status, 128 + n where signal n ended it. @throws ChildNotStarted */
  run(child: ChildRun): Promise<number>;
  /** From here on the text of the secret is replaced in everything printed to standard error. */
  mask(secret: Secret): void;
}

/** The child of `exec` did not come to life. */
export class ChildNotStarted extends Error {
  /** Node's code: `ENOENT`, `EACCES`, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ChildNotStarted';
    this.code = code;
  }
}
