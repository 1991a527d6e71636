import type { Log } from '@aws-oidc-assume/shared';
import type { Exposure, JobVariable } from './exposure.ts';
import type { TaskHost } from './task-host.ts';

/**
 * Sets what later steps are to find, and says what they will find, where the agent would not do as it is told.
 * @returns lines for the log
 */
export function setForLaterSteps(
  { variables, clears, lines, warnings }: Exposure,
  host: Pick<TaskHost, 'command' | 'secretNames'>,
  log: Pick<Log, 'warning'>,
): string[] {
  for (const name of clears) setVariable(host, { name, value: '', secret: false });
  for (const variable of variables) setVariable(host, variable);
  for (const warning of [...warnings, ...onceSecret(variables, host.secretNames)]) log.warning(warning);
  const environment = variables.filter(({ secret }) => !secret).map(({ name }) => name);
  const secret = variables.filter((variable) => variable.secret).map(({ name }) => name);
  return [
    ...(secret.length === 0 ? [] : [`Set as secret variables of this job: ${secret.join(', ')}.`]),
    `Set for all later steps of this job: ${environment.join(', ')}.`,
    ...(clears.length === 0 ? [] : [`Emptied, because they would win over the new credentials: ${clears.join(', ')}.`]),
    // The task cannot read that restriction, nor does the agent tell it (agent, TaskRestrictionsChecker.cs).
    'Should the agent warn "Setting variable … has been disabled": `target: settableVariables` of this step forbids it, and later steps lack that variable.',
    ...lines,
  ];
}

/** What later steps and jobs may know: `$(step.accountId)`. Never a credential: outputs leave the agent. */
export function setOutputs(outputs: Readonly<Record<string, string>>, host: Pick<TaskHost, 'command'>): void {
  for (const [name, value] of Object.entries(outputs)) {
    host.command('task.setvariable', { variable: name, isOutput: 'true', issecret: 'false' }, value);
  }
}

/**
 * The library's own `setVariable` also prints the value as a debug line; the command alone is enough. Never read-only: a
 * second role in the same job could not take its place.
 */
export function setVariable(host: Pick<TaskHost, 'command'>, { name, value, secret }: JobVariable): void {
  host.command('task.setvariable', { variable: name, isOutput: 'false', issecret: String(secret) }, value);
}

/** Once secret, always secret (agent, Variables.cs): what was a secret variable before is exported to no step. */
function onceSecret(variables: readonly JobVariable[], secretNames: ReadonlySet<string>): string[] {
  const stuck = variables.filter(({ name, secret }) => !secret && secretNames.has(name.toUpperCase()));
  if (stuck.length === 0) return [];
  const names = stuck.map(({ name }) => name);
  const [one, are, they] = names.length === 1 ? ['a secret variable', 'is', 'it'] : ['secret variables', 'are', 'them'];
  return [
    `${names.join(', ')} ${are} already ${one} of this job and stay${names.length === 1 ? 's' : ''} secret: later steps do not find ${they} in their environment, only as $(${names[0]}). Take ${they} out of the pipeline's variables and variable groups, or set variablePrefix.`,
  ];
}
