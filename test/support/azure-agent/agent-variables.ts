/** A version that is new enough for tasks with a Node24 handler. */
export const AGENT_VERSION = '4.265.1';

/** Variables that the agent itself adds to a job, except its folders. */
export function ownVariables(hub: 'build' | 'rm'): Readonly<Record<string, string>> {
  return {
    'Agent.Id': '7',
    'Agent.JobName': 'Deploy',
    'Agent.JobStatus': 'Succeeded',
    'Agent.MachineName': 'build-7',
    'Agent.Name': 'build-7',
    'Agent.OS': 'Linux',
    'Agent.OSArchitecture': 'X64',
    'Agent.Version': AGENT_VERSION,
    'System.HostType': hub === 'rm' ? 'release' : 'build',
  };
}
