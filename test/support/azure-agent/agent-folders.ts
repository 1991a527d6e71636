import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Folders of an agent with one pipeline. */
export interface AgentFolders {
  readonly root: string;
  readonly home: string;
  /** `Agent.TempDirectory`: emptied at the end of each job. */
  readonly temp: string;
  readonly sources: string;
  /** Variables that name the folders. */
  readonly variables: Readonly<Record<string, string>>;
}

/** @param root created if it does not exist; a temporary folder by default */
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
  const buildFolders = {
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
  const releaseFolders = {
    'Agent.ReleaseDirectory': artifacts,
    'System.ArtifactsDirectory': artifacts,
    'System.DefaultWorkingDirectory': artifacts,
  };
  for (const folder of [home, temp, tools, sources, artifacts, binaries]) mkdirSync(folder, { recursive: true });
  return {
    root: base,
    home,
    temp,
    sources,
    variables: { ...common, ...(hub === 'rm' ? releaseFolders : buildFolders) },
  };
}
