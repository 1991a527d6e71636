import { readFileSync } from 'node:fs';
import path from 'node:path';

export type Handler = 'Node20_1' | 'Node24';

interface Execution {
  readonly target: string;
  readonly workingDirectory?: string;
}

/** What the agent reads of a task.json. */
export interface TaskDefinition {
  readonly name: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly defaultValue?: string;
    readonly required?: boolean;
  }[];
  readonly outputVariables?: readonly { readonly name: string }[];
  readonly restrictions?: {
    readonly commands?: { readonly mode?: 'any' | 'restricted' };
    readonly settableVariables?: { readonly allowed?: readonly string[] };
  };
  readonly execution: Readonly<Partial<Record<Handler, Execution>>>;
  readonly postjobexecution?: Readonly<Partial<Record<Handler, Execution>>>;
}

export function readTask(folder: string): TaskDefinition {
  return JSON.parse(readFileSync(path.join(folder, 'task.json'), 'utf8')) as TaskDefinition;
}
