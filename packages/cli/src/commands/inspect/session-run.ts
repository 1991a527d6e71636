import { type DecodedSessionName, decodeSessionName } from '@aws-oidc-assume/shared';

/** The run behind a role session name. */
export interface SessionRun extends DecodedSessionName {
  /** Where the CI system shows the run. Undefined where the name was cut, or the system is not known. */
  readonly url?: string;
}

/** Undefined for a name this project did not make. */
export function sessionRun(name: string): SessionRun | undefined {
  const decoded = decodeSessionName(name);
  if (decoded === undefined) return undefined;
  const url = urlOf(decoded);
  return { ...decoded, ...(url === undefined ? {} : { url }) };
}

/** A UUID stands for a repository where the name came from a token alone; Bitbucket has no page for that. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function urlOf({ system, owner, repository, build }: DecodedSessionName): string | undefined {
  if ([owner, repository, build].some((part) => part === '' || part.endsWith('…'))) return undefined;
  const path = [owner, repository].map(encodeURIComponent).join('/');
  if (!/^\d+$/.test(build)) return undefined;
  switch (system) {
    case 'bitbucket':
      return UUID.test(repository) ? undefined : `https://bitbucket.org/${path}/pipelines/results/${build}`;
    case 'azure':
      return `https://dev.azure.com/${path}/_build/results?buildId=${build}`;
    case 'github':
      return `https://github.com/${path}/actions/runs/${build}`;
    default:
      return undefined;
  }
}

/** For people. */
export function runRows(run: SessionRun): (readonly [string, string])[] {
  const replaced = `${run.owner}${run.repository}`.includes('_');
  return [
    ['CI system', SYSTEMS[run.system] ?? run.system],
    [run.system === 'bitbucket' ? 'workspace' : run.system === 'azure' ? 'organization' : 'owner', run.owner],
    [run.system === 'azure' ? 'project' : 'repository', run.repository],
    ...(run.build === '' ? [] : [['build', run.build] as const]),
    ...(run.step === undefined ? [] : [[run.system === 'azure' ? 'job' : 'step', `${run.step}…`] as const]),
    ['URL', run.url ?? '(the name was cut, or says too little)'],
    ...(replaced
      ? [['note', 'an "_" may stand for a character that AWS does not take in a session name'] as const]
      : []),
  ];
}

const SYSTEMS: Readonly<Record<string, string>> = {
  bitbucket: 'Bitbucket Pipelines',
  azure: 'Azure Pipelines',
  github: 'GitHub Actions',
};
