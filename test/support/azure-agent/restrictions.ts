/**
 * Restrictions of a step and of a task on their output (agent, `TaskRestrictionsChecker.cs`). A command must be allowed
 * by all of them.
 */
import { minimatch } from 'minimatch';
import type { AgentCommand } from './command.ts';
import type { TaskDefinition } from './task-definition.ts';

/** `target:` of a step in YAML. */
export interface StepTarget {
  readonly commands?: 'any' | 'restricted';
  readonly settableVariables?: readonly string[] | 'none';
}

export interface Restriction {
  readonly restricted: boolean;
  /** Globs that ignore case. Undefined allows all, an empty list none. */
  readonly settable: readonly string[] | undefined;
}

const ALLOWED_IN_RESTRICTED_MODE = new Set([
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

export function restrictionsOf(target: StepTarget = {}, task?: TaskDefinition): Restriction[] {
  const { settableVariables } = target;
  return [
    { restricted: target.commands === 'restricted', settable: settableVariables === 'none' ? [] : settableVariables },
    {
      restricted: task?.restrictions?.commands?.mode === 'restricted',
      settable: task?.restrictions?.settableVariables?.allowed,
    },
  ];
}

export function isCommandAllowed({ area, event }: AgentCommand, restrictions: readonly Restriction[]): boolean {
  return ALLOWED_IN_RESTRICTED_MODE.has(`${area}.${event}`) || restrictions.every(({ restricted }) => !restricted);
}

export function isSettable(variable: string, restrictions: readonly Restriction[]): boolean {
  return restrictions.every(
    ({ settable }) => settable?.some((pattern) => minimatch(variable, pattern, { nocase: true })) ?? true,
  );
}
