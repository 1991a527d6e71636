import type { Environment, ProxyFor, Runtime, Secret, Transport } from '@aws-oidc-assume/shared';

/** Standard output or standard error. */
export interface Stream {
  write(text: string): void;
  readonly isTerminal: boolean;
}

/** One question to the user. */
export interface Question {
  readonly message: string;
  /** A sample of the answer. */
  readonly sample?: string;
  /** Accepts no answer. */
  readonly isOptional?: true;
  /** @returns description of the mistake in the answer */
  check?(answer: string): string | undefined;
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** Questions at a terminal. @throws Cancelled if the user leaves */
export interface Prompts {
  text(question: Question): Promise<string>;
  choose<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T>;
}

/** The user left a question. */
export class Cancelled extends Error {}

/** Program that `exec` starts. */
export interface ChildRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** Program that has ended, with what it printed. */
export interface CapturedRun {
  /** 128 + n if signal n ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Access to the outside of the program. */
export interface CliContext {
  /** Version of this program: `1.2.3`. */
  readonly version: string;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly out: Stream;
  readonly err: Stream;
  readonly transport: Transport;
  readonly proxyFor: ProxyFor;
  now(): Date;
  /** @throws Error with Node's code, `EFBIG` for more than that many bytes */
  readFile(path: string, most: number): Promise<Buffer>;
  /** @throws Error with the code `EFBIG` for more than that many bytes */
  readStdin(most: number): Promise<Buffer>;
  exists(path: string): Promise<boolean>;
  /** Creates the file and its folders. @throws Error with Node's code, `EEXIST` if the file exists */
  writeNewFile(path: string, text: string, mode: number): Promise<void>;
  /** Asks the user at a terminal. Undefined without a terminal. */
  readonly ask: Prompts | undefined;
  /**
   * Runtime, created on first use. From then on SIGINT and SIGTERM cancel the run and do not end the process
   * immediately.
   */
  runtime(): Runtime;
  /** @returns exit status; 128 + n if signal n ended the program. @throws ChildNotStarted */
  run(child: ChildRun): Promise<number>;
  /** Runs a program and keeps its output. @throws ChildNotStarted */
  capture(child: ChildRun): Promise<CapturedRun>;
  /** Replaces the secret in everything that is printed to standard error from now on. */
  mask(secret: Secret): void;
}

/** The program of `exec` could not be started. */
export class ChildNotStarted extends Error {
  /** Node's code: `ENOENT`, `EACCES`, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ChildNotStarted';
    this.code = code;
  }
}
