import { inertText } from '@aws-oidc-assume/ci-systems/azure-pipelines';
import type { Log, Secret } from '@aws-oidc-assume/shared';
import type { TaskHost } from './task-host.ts';

/** Makes a line of any length harmless to print. */
export function inert(text: string): string {
  return inertText(text, Number.POSITIVE_INFINITY);
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
