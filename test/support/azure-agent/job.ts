import type { ReadyLine } from '../emulator-process.ts';
import type { AgentOptions } from './agent.ts';

/** A job of the emulator's Azure DevOps: what the server tells the agent. */
export function jobOf(ready: ReadyLine): Pick<AgentOptions, 'variables' | 'systemConnection'> {
  const { origin, pathname } = new URL(ready.oidcRequestUri);
  const [, organization = '', projectId = '', , , , hub = 'build', , planId = '', , jobId = ''] = pathname.split('/');
  const collection = `${origin}/${organization}/`;
  return {
    systemConnection: { url: collection, accessToken: ready.accessToken },
    variables: {
      'Build.BuildId': '1234',
      'Build.BuildNumber': '20260301.4',
      'Build.DefinitionName': 'deploy',
      'Build.Repository.Name': 'shop',
      'Build.SourceBranch': 'refs/heads/main',
      'Build.SourceBranchName': 'main',
      'Build.SourceVersion': '0123456789abcdef0123456789abcdef01234567',
      'System.CollectionId': ready.issuers.azureDevOps.split('/').at(-1) ?? '',
      'System.CollectionUri': collection,
      'System.HostType': hub === 'rm' ? 'release' : 'build',
      'System.JobAttempt': '1',
      'System.JobId': jobId,
      'System.OidcRequestUri': ready.oidcRequestUri,
      'System.PlanId': planId,
      'System.TeamFoundationCollectionUri': collection,
      'System.TeamProject': 'shop',
      'System.TeamProjectId': projectId,
    },
  };
}
