import type { ReadyLine } from '../emulator-process.ts';
import type { AgentOptions } from './agent.ts';

type Job = Required<Pick<AgentOptions, 'hub' | 'variables' | 'readOnlyVariables' | 'systemConnection'>>;

/** A job of the emulator's Azure DevOps, as the server describes it to the agent. */
export function jobOf(ready: ReadyLine): Job {
  const { origin, pathname } = new URL(ready.oidcRequestUri);
  const [organization = '', projectId = '', , , , hub = '', , planId = '', , jobId = ''] = pathname.slice(1).split('/');
  const collection = `${origin}/${organization}/`;
  const system = {
    'System.CollectionId': ready.issuers.azureDevOps.split('/').at(-1) ?? '',
    'System.CollectionUri': collection,
    'System.Culture': 'en-US',
    'System.DefinitionId': '17',
    'System.HostType': hub === 'rm' ? 'release' : 'build',
    'System.JobAttempt': '1',
    'System.JobDisplayName': 'Deploy',
    'System.JobId': jobId,
    'System.JobName': '__default',
    'System.OidcRequestUri': ready.oidcRequestUri,
    'System.PhaseName': 'Deploy',
    'System.PlanId': planId,
    'System.ServerType': 'Hosted',
    'System.StageName': 'Production',
    'System.TaskDefinitionsUri': collection,
    'System.TeamFoundationCollectionUri': collection,
    'System.TeamFoundationServerUri': collection,
    'System.TeamProject': 'shop',
    'System.TeamProjectId': projectId,
    'System.TimelineId': planId,
  };
  const buildVariables = {
    'Build.BuildId': '1234',
    'Build.BuildNumber': '20260301.4',
    'Build.DefinitionName': 'deploy',
    'Build.Reason': 'IndividualCI',
    'Build.Repository.Name': 'shop',
    'Build.Repository.Provider': 'TfsGit',
    'Build.SourceBranch': 'refs/heads/main',
    'Build.SourceBranchName': 'main',
    'Build.SourceVersion': '0123456789abcdef0123456789abcdef01234567',
    'Build.SourceVersionMessage': 'Merge pull request 42',
  };
  const releaseVariables = {
    'Release.AttemptNumber': '1',
    'Release.DefinitionName': 'deploy',
    'Release.EnvironmentName': 'Production',
    'Release.ReleaseId': '1234',
    'Release.ReleaseName': 'Release-4',
  };
  return {
    hub: hub === 'rm' ? 'rm' : 'build',
    systemConnection: { url: collection, accessToken: ready.accessToken },
    variables: { ...system, ...(hub === 'rm' ? releaseVariables : buildVariables) },
    // The variables of `Constants.Variables.ReadOnlyVariables` that are set here.
    readOnlyVariables: [
      ...Object.keys(system).filter((name) => !['System.OidcRequestUri', 'System.TimelineId'].includes(name)),
      ...Object.keys(hub === 'rm' ? releaseVariables : {}),
      ...['Build.DefinitionName', 'Build.SourceBranch', 'Build.SourceVersion', 'Build.SourceVersionMessage'],
    ],
  };
}
