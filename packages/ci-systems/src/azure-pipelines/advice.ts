/** Names in messages that differ between the task and a script, because each sees the job under other names. */
export interface TokenRequestWords {
  /** Name of the variable with the address of the token request. */
  readonly uriVariable: string;
  /** Last sentence of a refusal to send the access token to an unknown host. */
  readonly foreignHost: string;
  readonly unreferencedConnection: string;
  readonly rejectedAccessToken: string;
}

export const TASK_WORDS: TokenRequestWords = {
  uriVariable: 'System.OidcRequestUri',
  foreignHost: 'If the host is right, name it in the input tokenHosts',
  unreferencedConnection:
    'A job can request tokens only for connections that it references. Name the connection in the input serviceConnection of this step, not in a run-time variable: the reference is resolved when the run is queued.',
  rejectedAccessToken:
    'Azure DevOps did not accept the access token of this job, which is valid only while the job runs. Check the job authorization scope of the project, and any proxy that removes the Authorization header.',
};

export const SCRIPT_WORDS: TokenRequestWords = {
  uriVariable: 'SYSTEM_OIDCREQUESTURI',
  foreignHost: 'An earlier step may have changed the variable',
  unreferencedConnection:
    'A job can request tokens only for connections that it references. Add a task with that connection to this job; the task may have `condition: false`. The reference is resolved when the run is queued.',
  rejectedAccessToken:
    'Map the access token of this very job: SYSTEM_ACCESSTOKEN: $(System.AccessToken). The token is valid only while the job runs.',
};

/** Returns the changes that a refusal of Azure DevOps calls for. */
export function advice(words: TokenRequestWords, status: number, message: string): string[] {
  if (/no explicit reference to service connection/i.test(message)) return [words.unreferencedConnection];
  if (status === 401 || status === 203 || (status >= 300 && status < 400)) return [words.rejectedAccessToken];
  if (status === 404) {
    return [
      `Azure DevOps knows no such plan or job at this address: ${words.uriVariable} does not belong to the running job. No step may set that variable.`,
    ];
  }
  return [];
}
