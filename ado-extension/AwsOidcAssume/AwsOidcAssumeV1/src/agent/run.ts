import type { RunIdentity } from '@aws-oidc-assume/shared';

/** The run as the job's variables tell it: of a pipeline, or of a Classic release. */
export function runOf(variable: (name: string) => string | undefined): RunIdentity {
  // `Build.SourceBranchName` is the last part alone: `feature/main` would be `main`.
  const [, branch] = /^refs\/heads\/(.+)$/s.exec(variable('Build.SourceBranch') ?? '') ?? [];
  return {
    system: 'azure',
    owner: organizationOf(variable('System.CollectionUri')),
    repository: variable('System.TeamProject') ?? '',
    // A release has the build that it deploys among its variables: its own id comes first.
    build: variable('Release.ReleaseId') ?? variable('Build.BuildId') ?? '',
    step: variable('System.JobId') ?? '',
    ...(branch === undefined ? {} : { branch }),
  };
}

/** `https://dev.azure.com/acme/` and the older `https://acme.visualstudio.com/` name the organization. */
export function organizationOf(collectionUri: string | undefined): string {
  if (collectionUri === undefined || !URL.canParse(collectionUri)) return '';
  const { hostname, pathname } = new URL(collectionUri);
  const [, legacy] = /^([^.]+)\.(?:vsrm\.)?visualstudio\.com$/i.exec(hostname) ?? [];
  return legacy ?? decoded(pathname.split('/').find((part) => part !== '') ?? '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
