import { minimatch } from 'minimatch';
import type { AgentCommand } from './command.ts';
import type { TaskDefinition } from './task-definition.ts';

/** `target:` of a step in YAML. */
export interface StepTarget {
  readonly commands?: 'any' | 'restricted';
  readonly settableVariables?: readonly string[] | 'none';
}

const RESTRICTED_COMMANDS = new Set([
  'task.logdetail',
  'task.logissue',
  'task.issue',
  'task.complete',
  'task.setprogress',
  'task.setsecret',
  'task.setvariable',
  'task.debug',
  'task.settaskvariable',
  'task.prependpath',
  'telemetry.publish',
]);

/** Why a command has no effect; undefined where it has. All restrictions must let it pass: the step's and the task's. */
export function refusalOf(
  command: AgentCommand,
  target: StepTarget | undefined,
  task: TaskDefinition | undefined,
): string | undefined {
  const name = `${command.area}.${command.event}`;
  const modes = [target?.commands, task?.restrictions?.commands?.mode];
  if (modes.includes('restricted') && !RESTRICTED_COMMANDS.has(name)) {
    return `##vso[${name}] is not allowed in this step due to policy restrictions.`;
  }
  if (name !== 'task.setvariable' && name !== 'task.prependpath') return undefined;
  const variable = name === 'task.prependpath' ? 'PATH' : (command.properties['variable'] ?? '');
  const lists = [target?.settableVariables, task?.restrictions?.settableVariables?.allowed].filter(
    (list) => list !== undefined,
  );
  const allowed = (list: readonly string[] | 'none') =>
    list !== 'none' && list.some((pattern) => minimatch(variable, pattern, { nocase: true }));
  return lists.every(allowed)
    ? undefined
    : `Setting variable '${variable}' has been disabled by the task or build definition.`;
}
