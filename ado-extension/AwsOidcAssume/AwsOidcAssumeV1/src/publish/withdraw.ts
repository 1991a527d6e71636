import { CREDENTIAL_VARIABLES, Failure, type Log } from '@aws-oidc-assume/shared';
import type { TaskHost } from '../agent/task-host.ts';
import { setVariable } from './job-variables.ts';
import { ProfileFolder } from './profile-folder.ts';

/**
 * After a failure no later step may go on with credentials that this step was to replace: those of an earlier step, or of
 * the agent's machine. What this step would have set is emptied. Says what it could not do, and never fails itself: the
 * failure to report is the one before.
 */
export async function withdraw(
  host: Pick<TaskHost, 'input' | 'variable' | 'environment' | 'secretNames' | 'command'>,
  log: Pick<Log, 'info' | 'warning'>,
): Promise<void> {
  const prefix = prefixOf(host.input('variablePrefix'));
  const stale = CREDENTIAL_VARIABLES.map((name) => `${prefix}${name}`).filter(
    (name) => host.environment[name.toUpperCase()] || host.secretNames.has(name.toUpperCase()),
  );
  for (const name of stale) {
    setVariable(host, { name, value: '', secret: host.secretNames.has(name.toUpperCase()) });
  }
  const temp = host.variable('Agent.TempDirectory');
  const folder = temp === undefined ? undefined : new ProfileFolder(temp, prefix);
  try {
    if (await folder?.withdraw()) stale.push(`the profiles in ${folder?.path}`);
  } catch (error) {
    log.warning(`The profiles that an earlier step left could not be emptied: ${Failure.from(error).message}`);
  }
  if (stale.length > 0) log.info(`Emptied, so that no later step goes on with older credentials: ${stale.join(', ')}.`);
}

/** A wrong prefix is reported as a wrong option. */
function prefixOf(text: string | undefined): string {
  return text !== undefined && /^[A-Za-z_]\w{0,63}$/.test(text) ? text : '';
}
