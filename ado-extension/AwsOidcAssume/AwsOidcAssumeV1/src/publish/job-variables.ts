import type { Log, Published } from '@aws-oidc-assume/shared';
import type { TaskHost } from '../agent/task-host.ts';
import type { JobVariable } from '../expose/job-mode.ts';

/** Variables for the environment of later steps, and the lines of the mode for the log. */
export interface JobVariables {
  readonly variables: readonly JobVariable[];
  /** Names of variables to empty. */
  readonly conflicts: readonly string[];
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Expiration of the keys. It is set only with them: keys work without an expiration, but an expiration without its keys
 * would end other keys.
 */
const EXPIRATION = /AWS_CREDENTIAL_EXPIRATION$/;
const KEYS = /AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

/**
 * Sets the variables of later steps, and warns about those that the agent will not export.
 *
 * @returns the lines of the mode, and further ones for the debug log
 */
export function setForLaterSteps(
  { variables: modeVariables, conflicts, lines, warnings }: JobVariables,
  host: Pick<TaskHost, 'command' | 'secretNames'>,
  log: Pick<Log, 'warning'>,
): Published {
  const isStuck = ({ name, secret }: JobVariable) => !secret && host.secretNames.has(name.toUpperCase());
  const isSplit = modeVariables.some((one) => KEYS.test(one.name) && isStuck(one));
  const variables = modeVariables.filter(({ name }) => !(isSplit && EXPIRATION.test(name)));
  const emptied = [
    ...conflicts,
    ...(isSplit ? modeVariables.map(({ name }) => name).filter((name) => EXPIRATION.test(name)) : []),
  ];
  for (const name of emptied) setVariable(host, { name, value: '', secret: false });
  for (const variable of variables) setVariable(host, variable);
  const stuck = variables.filter(isStuck).map(({ name }) => name);
  for (const warning of [...warnings, ...stillSecretWarnings(stuck)]) log.warning(warning);
  const environment = variables.filter((one) => !one.secret && !isStuck(one)).map(({ name }) => name);
  const secret = variables.filter((one) => one.secret || isStuck(one)).map(({ name }) => name);
  return {
    lines: [
      ...(conflicts.length === 0
        ? []
        : [`Cleared, because they would win over the new credentials: ${conflicts.join(', ')}.`]),
      ...lines,
    ],
    details: [
      ...(secret.length === 0 ? [] : [`Set as secret variables of this job: ${secret.join(', ')}.`]),
      `Set for all later steps of this job: ${environment.join(', ')}.`,
      // The task cannot read that restriction, and the agent does not report it (agent, TaskRestrictionsChecker.cs).
      'If the agent warns "Setting variable … has been disabled", remove `target: settableVariables` from this step.',
    ],
  };
}

/** Sets outputs for later steps and jobs: `$(step.accountId)`. Never a credential, because outputs leave the agent. */
export function setOutputs(outputs: Readonly<Record<string, string>>, host: Pick<TaskHost, 'command'>): void {
  for (const [name, value] of Object.entries(outputs)) {
    host.command('task.setvariable', { variable: name, isOutput: 'true', issecret: 'false' }, value);
  }
}

/**
 * Sets a variable by the command only, because the library's `setVariable` also prints the value as a debug line. Never
 * read-only, because a second role in the same job could not replace it.
 */
export function setVariable(host: Pick<TaskHost, 'command'>, { name, value, secret }: JobVariable): void {
  host.command('task.setvariable', { variable: name, isOutput: 'false', issecret: String(secret) }, value);
}

/**
 * Warns about variables that stay secret. The agent never exports a variable again after it was secret (agent,
 * Variables.cs).
 */
function stillSecretWarnings(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const mapping = names.map((name) => `${name}: $(${name})`).join(', ');
  const [one, are, they] = names.length === 1 ? ['a secret variable', 'is', 'it'] : ['secret variables', 'are', 'them'];
  return [
    `${names.join(', ')} ${are} already ${one} of this job and stay${names.length === 1 ? 's' : ''} secret: later steps do not find ${they} in their environment. Take ${they} out of the pipeline's variables and variable groups, or map ${they} in each step that needs ${they}: env: { ${mapping} }`,
  ];
}
