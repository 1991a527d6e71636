import { capture } from '../text/capture.ts';
import { UUID } from '../text/uuid.ts';
import { type ProviderId, recogniseIssuer } from './providers.ts';

/** A Bitbucket step. UUIDs are given without the braces the subject has. */
export interface BitbucketSubject {
  readonly provider: 'bitbucket';
  readonly kind: 'step';
  readonly repositoryUuid: string;
  /** Present only where the step has a `deployment:`. */
  readonly deploymentEnvironmentUuid?: string;
  /** New in every run. */
  readonly stepUuid: string;
}

/** An Azure DevOps job that uses a service connection. Names are literal: case and spaces count. */
export interface AzureServiceConnectionSubject {
  readonly provider: 'azure-devops';
  readonly kind: 'service-connection';
  readonly organization: string;
  readonly project: string;
  readonly serviceConnection: string;
}

/** An Azure DevOps job without a service connection. */
export interface AzurePipelineSubject {
  readonly provider: 'azure-devops';
  readonly kind: 'pipeline';
  readonly organization: string;
  readonly project: string;
  readonly pipeline: string;
}

/** A service connection on the Microsoft Entra issuer. */
export interface AzureEntraSubject {
  readonly provider: 'azure-devops';
  readonly kind: 'entra-service-connection';
  /** Everything before `/sc/`, e.g. `/eid1/c/pub/t/<tenant>/a/<application>`. */
  readonly prefix: string;
  readonly organizationId: string;
  readonly serviceConnectionId: string;
}

export interface GitHubSubject {
  readonly provider: 'github';
  readonly kind: 'environment' | 'ref' | 'pull-request' | 'other';
  readonly owner: string;
  readonly repository: string;
  /** Present in immutable subjects, `repo:<owner>@<id>/<repository>@<id>:…`, the default for repositories since mid-2026. */
  readonly ownerId?: string;
  readonly repositoryId?: string;
  /** The environment's name, the ref, or what follows the repository in a customised subject. */
  readonly context: string;
}

export interface GitLabSubject {
  readonly provider: 'gitlab';
  readonly kind: 'ref';
  readonly projectPath: string;
  readonly refType: string;
  readonly ref: string;
}

export interface CircleCiSubject {
  readonly provider: 'circleci';
  readonly kind: 'job';
  readonly organizationId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly vcsOrigin?: string;
  readonly vcsRef?: string;
}

export interface BuildkiteSubject {
  readonly provider: 'buildkite';
  readonly kind: 'step';
  readonly organization: string;
  readonly pipeline: string;
  readonly ref: string;
  readonly commit: string;
  readonly step: string;
}

export interface HcpTerraformSubject {
  readonly provider: 'hcp-terraform';
  readonly kind: 'run';
  readonly organization: string;
  readonly project: string;
  readonly workspace: string;
  readonly runPhase: string;
}

export type AzureSubject = AzureServiceConnectionSubject | AzurePipelineSubject | AzureEntraSubject;

export type Subject =
  | BitbucketSubject
  | AzureSubject
  | GitHubSubject
  | GitLabSubject
  | CircleCiSubject
  | BuildkiteSubject
  | HcpTerraformSubject;

type Parser = (sub: string) => Subject | undefined;

const PARSERS: Readonly<Record<ProviderId, Parser>> = {
  bitbucket: parseBitbucket,
  'azure-devops': parseAzureDevOps,
  github: parseGitHub,
  gitlab: parseGitLab,
  circleci: parseCircleCi,
  buildkite: parseBuildkite,
  'hcp-terraform': parseHcpTerraform,
};

/**
 * Takes a `sub` claim apart.
 *
 * @param system a provider's id, or the token's issuer.
 * @returns undefined where the issuer is unknown or the subject has another form; some systems let users customise it.
 */
export function parseSubject(system: string, sub: string): Subject | undefined {
  const id = isProviderId(system) ? system : recogniseIssuer(system)?.provider.id;
  return id === undefined ? undefined : PARSERS[id](sub);
}

function isProviderId(text: string): text is ProviderId {
  return Object.hasOwn(PARSERS, text);
}

const BITBUCKET = new RegExp(`^\\{(${UUID})\\}(?::\\{(${UUID})\\})?:\\{(${UUID})\\}$`);

function parseBitbucket(sub: string): BitbucketSubject | undefined {
  const group = capture(BITBUCKET, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'bitbucket',
    kind: 'step',
    repositoryUuid: group(1),
    ...(group(2) === '' ? {} : { deploymentEnvironmentUuid: group(2) }),
    stepUuid: group(3),
  };
}

const AZURE = /^(sc|p):\/\/([^/]+)\/([^/]+)\/(.+)$/s;
const AZURE_ENTRA = new RegExp(`^(/eid1/.+)/sc/(${UUID})/(${UUID})$`);

/** A subject of Azure DevOps, or undefined; also used for what a policy expects. */
export function parseAzureDevOps(sub: string): AzureSubject | undefined {
  const entra = capture(AZURE_ENTRA, sub);
  if (entra !== undefined) {
    return {
      provider: 'azure-devops',
      kind: 'entra-service-connection',
      prefix: entra(1),
      organizationId: entra(2),
      serviceConnectionId: entra(3),
    };
  }
  const group = capture(AZURE, sub);
  if (group === undefined) return undefined;
  const scope = { provider: 'azure-devops', organization: group(2), project: group(3) } as const;
  return group(1) === 'sc'
    ? { ...scope, kind: 'service-connection', serviceConnection: group(4) }
    : { ...scope, kind: 'pipeline', pipeline: group(4) };
}

const GITHUB = /^repo:([^/:@]+)(?:@(\d+))?\/([^/:@]+)(?:@(\d+))?:(.+)$/s;

function parseGitHub(sub: string): GitHubSubject | undefined {
  const group = capture(GITHUB, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'github',
    owner: group(1),
    ...(group(2) === '' ? {} : { ownerId: group(2) }),
    repository: group(3),
    ...(group(4) === '' ? {} : { repositoryId: group(4) }),
    ...gitHubContext(group(5)),
  };
}

function gitHubContext(rest: string): Pick<GitHubSubject, 'kind' | 'context'> {
  if (rest === 'pull_request') return { kind: 'pull-request', context: rest };
  if (rest.startsWith('environment:')) return { kind: 'environment', context: rest.slice('environment:'.length) };
  if (rest.startsWith('ref:')) return { kind: 'ref', context: rest.slice('ref:'.length) };
  return { kind: 'other', context: rest };
}

const GITLAB = /^project_path:([^:]+):ref_type:([^:]+):ref:(.+)$/s;

function parseGitLab(sub: string): GitLabSubject | undefined {
  const group = capture(GITLAB, sub);
  return group && { provider: 'gitlab', kind: 'ref', projectPath: group(1), refType: group(2), ref: group(3) };
}

const CIRCLECI = new RegExp(`^org/(${UUID})/project/(${UUID})/user/(${UUID})(?:/vcs-origin/(.+)/vcs-ref/(.+))?$`, 's');

function parseCircleCi(sub: string): CircleCiSubject | undefined {
  const group = capture(CIRCLECI, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'circleci',
    kind: 'job',
    organizationId: group(1),
    projectId: group(2),
    userId: group(3),
    ...(group(4) === '' ? {} : { vcsOrigin: group(4), vcsRef: group(5) }),
  };
}

const BUILDKITE = /^organization:([^:]+):pipeline:([^:]+):ref:([^:]+):commit:([^:]+):step:(.*)$/s;

function parseBuildkite(sub: string): BuildkiteSubject | undefined {
  const group = capture(BUILDKITE, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'buildkite',
    kind: 'step',
    organization: group(1),
    pipeline: group(2),
    ref: group(3),
    commit: group(4),
    step: group(5),
  };
}

const HCP_TERRAFORM = /^organization:([^:]+):project:([^:]+):workspace:([^:]+):run_phase:([^:]+)$/;

function parseHcpTerraform(sub: string): HcpTerraformSubject | undefined {
  const group = capture(HCP_TERRAFORM, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'hcp-terraform',
    kind: 'run',
    organization: group(1),
    project: group(2),
    workspace: group(3),
    runPhase: group(4),
  };
}
