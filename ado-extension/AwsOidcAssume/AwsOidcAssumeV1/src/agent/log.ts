import { type Log, printable, type Secret } from '@aws-oidc-assume/shared';
import type { TaskHost } from './task-host.ts';

/**
 * Text from outside must stay text: one line, without control characters, and without what the agent acts on. It takes
 * `##vso[` anywhere in a line for a command, and `##[` at its beginning for formatting. A gap of no width between the
 * two signs keeps it readable and inert.
 */
export function inert(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY).replace(/##(?=\[|vso)/gi, '#\u200b#');
}

/** The log of an Azure Pipelines task. */
export class TaskLog implements Log {
  readonly #command: TaskHost['command'];
  readonly #print: (line: string) => void;

  constructor(command: TaskHost['command'], print: (line: string) => void) {
    this.#command = command;
    this.#print = print;
  }

  info(text: string): void {
    this.#print(inert(text));
  }

  warning(text: string): void {
    this.#command('task.issue', { type: 'warning', source: 'TaskInternal' }, inert(text));
  }

  error(text: string): void {
    this.#print(`##[error]${inert(text)}`);
  }

  debug(text: string): void {
    this.#command('task.debug', {}, inert(text));
  }

  group(title: string, lines: readonly string[]): void {
    this.#print(`##[group]${inert(title)}`);
    for (const line of lines) this.#print(inert(line));
    this.#print('##[endgroup]');
  }

  mask(secret: Secret): void {
    this.#command('task.setsecret', {}, secret.reveal());
  }
}
