import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folders of an agent with one pipeline on it. */
export interface AgentFolders {
  readonly root: string;
  readonly home: string;
  /** `Agent.TempDirectory`: emptied at each job's end. */
  readonly temp: string;
  readonly sources: string;
  /** The variables that name them. */
  readonly variables: Readonly<Record<string, string>>;
}

/** @param root made where it is not there; a temporary folder by default */
export function makeFolders(hub: 'build' | 'rm', root?: string): AgentFolders {
  const base = root ?? mkdtempSync(path.join(tmpdir(), 'azure-agent-'));
  const work = path.join(base, '_work');
  const build = path.join(work, hub === 'rm' ? 'r1' : '1');
  const [sources, artifacts, binaries] = ['s', 'a', 'b'].map((name) => path.join(build, name)) as [
    string,
    string,
    string,
  ];
  const home = path.join(base, 'home');
  const temp = path.join(work, '_temp');
  const tools = path.join(work, '_tool');
  const common = {
    'Agent.HomeDirectory': path.join(base, 'agent'),
    'Agent.RootDirectory': work,
    'Agent.TempDirectory': temp,
    'Agent.ToolsDirectory': tools,
    'Agent.WorkFolder': work,
    'System.WorkFolder': work,
  };
  const ofBuild = {
    'Agent.BuildDirectory': build,
    'Build.ArtifactStagingDirectory': artifacts,
    'Build.BinariesDirectory': binaries,
    'Build.SourcesDirectory': sources,
    'Build.StagingDirectory': artifacts,
    'Common.TestResultsDirectory': path.join(build, 'TestResults'),
    'Pipeline.Workspace': build,
    'System.ArtifactsDirectory': artifacts,
    'System.DefaultWorkingDirectory': sources,
  };
  const ofRelease = {
    'Agent.ReleaseDirectory': artifacts,
    'System.ArtifactsDirectory': artifacts,
    'System.DefaultWorkingDirectory': artifacts,
  };
  for (const folder of [home, temp, tools, sources, artifacts, binaries]) mkdirSync(folder, { recursive: true });
  return { root: base, home, temp, sources, variables: { ...common, ...(hub === 'rm' ? ofRelease : ofBuild) } };
}
