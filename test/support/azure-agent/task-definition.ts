import { readFileSync } from 'node:fs';
import path from 'node:path';

export type Handler = 'Node20_1' | 'Node24';

export interface Execution {
  readonly target: string;
  readonly workingDirectory?: string;
}

export type Stage = 'execution' | 'postjobexecution';

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly defaultValue?: string;
}

/** Members of a task.json that the agent reads. */
export interface TaskDefinition {
  readonly name: string;
  readonly friendlyName?: string;
  readonly minimumAgentVersion?: string;
  readonly inputs?: readonly TaskInput[];
  readonly outputVariables?: readonly { readonly name: string }[];
  readonly restrictions?: {
    readonly commands?: { readonly mode?: 'any' | 'restricted' };
    readonly settableVariables?: { readonly allowed?: readonly string[] };
  };
  readonly execution?: Readonly<Partial<Record<Handler, Execution>>>;
  readonly postjobexecution?: Readonly<Partial<Record<Handler, Execution>>>;
}

export function readTask(folder: string): TaskDefinition {
  return JSON.parse(readFileSync(path.join(folder, 'task.json'), 'utf8')) as TaskDefinition;
}

/**
 * Checks the minimum version of the agent, as the server does before it sends a job.
 *
 * @throws Error if this agent is too old
 */
export function demandAgentVersion({ name, minimumAgentVersion = '0' }: TaskDefinition, version: string): void {
  const [demanded, actual] = [minimumAgentVersion, version].map((text) => text.split('.').map(Number)) as [
    number[],
    number[],
  ];
  const index = demanded.findIndex((part, index) => part !== (actual[index] ?? 0));
  if (index >= 0 && (demanded[index] ?? 0) > (actual[index] ?? 0)) {
    throw new Error(`No agent found: ${name} demands Agent.Version ${minimumAgentVersion}, this one is ${version}`);
  }
}
