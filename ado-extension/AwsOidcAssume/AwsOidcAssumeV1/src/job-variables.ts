import {
  awsEnvironment,
  CONFLICTING_VARIABLES,
  type Log,
  type Options,
  type Published,
  revealed,
  Secret,
  type Session,
} from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';

/**
 * `expose: environment`: masked first, then set as plain job variables. The agent exports only plain variables to the
 * environment of later steps; a secret variable would reach none of them unasked.
 */
export function exposeAsEnvironment(session: Session, options: Options, log: Log): Published {
  const variables = awsEnvironment(session, options);
  for (const { value } of variables) if (value instanceof Secret) log.mask(value);
  const cleared = options.variablePrefix === '' ? CONFLICTING_VARIABLES.filter((name) => tl.getVariable(name)) : [];
  for (const name of cleared) setVariable(name, '');
  for (const { name, value } of variables) setVariable(name, revealed(value));
  setOutputs(session);
  return {
    lines: [
      `Set for all later steps of this job: ${variables.map(({ name }) => name).join(', ')}.`,
      ...(cleared.length === 0
        ? []
        : [`Emptied, because they would win over the new credentials: ${cleared.join(', ')}.`]),
    ],
  };
}

/** What later steps and jobs may know: `$(step.accountId)`. Never a credential: outputs leave the agent. */
function setOutputs({ credentials }: Session): void {
  setVariable('accountId', credentials.accountId, true);
  setVariable('assumedRoleArn', credentials.assumedRoleArn, true);
  setVariable('expiration', credentials.expiration.toISOString(), true);
}

/** The library's own `setVariable` also prints the value as a debug line; the command alone is enough. */
function setVariable(name: string, value: string, isOutput = false): void {
  tl.command('task.setvariable', { variable: name, isOutput: String(isOutput), issecret: 'false' }, value);
}
