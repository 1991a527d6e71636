import { randomBytes } from 'node:crypto';
import { CREDENTIAL_VARIABLES, Failure, type Log, OLD_KEY_VARIABLES, Secret } from '@aws-oidc-assume/shared';
import type { TaskHost } from '../agent/task-host.ts';
import { setVariable } from './job-variables.ts';
import { ProfileFolder } from './profile-folder.ts';

/** Milliseconds for which emptying is retried if another program on Windows has a file open. */
const TIME_LIMIT = 5000;

/**
 * Empties credentials after a failure, so that no later step continues with those that this step should have replaced.
 * They may come from an earlier step or from the agent's machine. Logs the places that it could not empty. Never fails,
 * because the earlier failure must be reported.
 */
export async function clearStaleCredentials(
  host: Pick<TaskHost, 'input' | 'variable' | 'environment' | 'secretNames' | 'command' | 'server'>,
  log: Pick<Log, 'info' | 'warning'>,
): Promise<void> {
  const prefix = prefixOf(host.input('variablePrefix'));
  const names = [
    ...CREDENTIAL_VARIABLES.map((name) => `${prefix}${name}`),
    ...(prefix === '' ? OLD_KEY_VARIABLES : []),
  ];
  const stale = names.filter(
    (name) => host.environment[name.toUpperCase()] || host.secretNames.has(name.toUpperCase()),
  );
  for (const name of stale) {
    setVariable(host, { name, value: '', secret: host.secretNames.has(name.toUpperCase()) });
  }
  try {
    const folder = folderOf(host, prefix);
    if (await folder?.clearCredentials()) stale.push(`the profiles in ${folder?.path}`);
  } catch (error) {
    log.warning(`The profiles that an earlier step left could not be emptied: ${Failure.from(error).message}`);
  }
  if (stale.length > 0) log.info(`Emptied, so that no later step goes on with older credentials: ${stale.join(', ')}.`);
}

function folderOf(
  { variable, server }: Pick<TaskHost, 'variable' | 'server'>,
  prefix: string,
): ProfileFolder | undefined {
  const temp = variable('Agent.TempDirectory');
  if (temp === undefined) return undefined;
  const end = performance.now() + TIME_LIMIT;
  // Emptied files need no seal for later steps.
  const secret = new Secret(server.accessToken ?? randomBytes(32).toString('hex'));
  return new ProfileFolder({ temp, prefix }, secret, () => end - performance.now());
}

/** A wrong prefix is reported as a wrong option. */
function prefixOf(text: string | undefined): string {
  return text !== undefined && /^[A-Za-z_]\w{0,63}$/.test(text) ? text : '';
}
