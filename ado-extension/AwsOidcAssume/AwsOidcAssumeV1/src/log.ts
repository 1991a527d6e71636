import type { Log, Secret } from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';

/**
 * Text from outside must stay text: the agent takes `##vso[` anywhere in a line for a command, and `##[` at its
 * beginning for formatting. A no-break gap between the two signs keeps it readable and inert.
 */
export function inert(text: string): string {
  return text.replace(/##(?=\[|vso)/gi, '#\u200b#').replace(/[\r\n]+/g, ' ');
}

/** The log of an Azure Pipelines task. */
export class TaskLog implements Log {
  info(text: string): void {
    print(inert(text));
  }

  warning(text: string): void {
    tl.warning(inert(text));
  }

  error(text: string): void {
    print(`##[error]${inert(text)}`);
  }

  debug(text: string): void {
    tl.debug(inert(text));
  }

  group(title: string, lines: readonly string[]): void {
    print(`##[group]${inert(title)}`);
    for (const line of lines) print(inert(line));
    print('##[endgroup]');
  }

  mask(secret: Secret): void {
    tl.setSecret(secret.reveal());
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
