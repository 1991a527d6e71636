import { inertText } from '@aws-oidc-assume/ci-systems/azure-pipelines';
import type { FailureReport, Log, Secret } from '@aws-oidc-assume/shared';
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

  /**
   * Prints the report of a failure. The cause and the fix are the one error of the step, which the page of the run and mails
   * show. Everything else is plain text, so that it can be copied.
   */
  failure(report: FailureReport): void {
    this.#command('task.issue', { type: 'error', source: 'TaskInternal' }, summaryLine(report));
    for (const line of report.fix) this.#print(inert(line));
    this.#print('##[group]Details');
    for (const line of [...report.facts, ...report.details]) this.#print(inert(line));
    this.#print('##[endgroup]');
  }

  debug(text: string): void {
    this.#command('task.debug', {}, inert(text));
  }

  mask(secret: Secret): void {
    this.#command('task.setsecret', {}, secret.reveal());
  }
}

/**
 * Returns the cause and the fix in one line. The whole fix is taken if its first line ends with a colon. Text to copy is
 * indented deeper and stays in the log, because joined to a sentence it would not work.
 */
export function summaryLine({ headline, fix: [first, ...more] }: FailureReport): string {
  if (!first.endsWith(':')) return inert(`${headline} ${first}`);
  if (more.some((line) => line.startsWith('    '))) return inert(`${headline} ${first.slice(0, -1)} (see the log).`);
  return inert([headline, first, ...more.map((line) => line.trim())].join(' '));
}
