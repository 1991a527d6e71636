import { type ProviderId, recogniseIssuer } from './providers.ts';
import { UUID } from './uuid.ts';

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

export type Subject =
  | BitbucketSubject
  | AzureServiceConnectionSubject
  | AzurePipelineSubject
  | AzureEntraSubject
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
  const [, repositoryUuid, deploymentEnvironmentUuid, stepUuid] = BITBUCKET.exec(sub) ?? [];
  if (repositoryUuid === undefined || stepUuid === undefined) return undefined;
  return {
    provider: 'bitbucket',
    kind: 'step',
    repositoryUuid,
    ...(deploymentEnvironmentUuid === undefined ? {} : { deploymentEnvironmentUuid }),
    stepUuid,
  };
}

const AZURE = /^(sc|p):\/\/([^/]+)\/([^/]+)\/(.+)$/s;
const AZURE_ENTRA = new RegExp(`^(/eid1/.+)/sc/(${UUID})/(${UUID})$`);

function parseAzureDevOps(sub: string): Subject | undefined {
  const [, prefix, organizationId, serviceConnectionId] = AZURE_ENTRA.exec(sub) ?? [];
  if (prefix !== undefined && organizationId !== undefined && serviceConnectionId !== undefined) {
    return { provider: 'azure-devops', kind: 'entra-service-connection', prefix, organizationId, serviceConnectionId };
  }
  const [, scheme, organization, project, name] = AZURE.exec(sub) ?? [];
  if (organization === undefined || project === undefined || name === undefined) return undefined;
  return scheme === 'sc'
    ? { provider: 'azure-devops', kind: 'service-connection', organization, project, serviceConnection: name }
    : { provider: 'azure-devops', kind: 'pipeline', organization, project, pipeline: name };
}

const GITHUB = /^repo:([^/:@]+)(?:@(\d+))?\/([^/:@]+)(?:@(\d+))?:(.+)$/s;

function parseGitHub(sub: string): GitHubSubject | undefined {
  const [, owner, ownerId, repository, repositoryId, rest] = GITHUB.exec(sub) ?? [];
  if (owner === undefined || repository === undefined || rest === undefined) return undefined;
  return {
    provider: 'github',
    owner,
    repository,
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(repositoryId === undefined ? {} : { repositoryId }),
    ...gitHubContext(rest),
  };
}

function gitHubContext(rest: string): Pick<GitHubSubject, 'kind' | 'context'> {
  if (rest === 'pull_request') return { kind: 'pull-request', context: rest };
  if (rest.startsWith('environment:')) return { kind: 'environment', context: rest.slice('environment:'.length) };
  if (rest.startsWith('ref:')) return { kind: 'ref', context: rest.slice('ref:'.length) };
  return { kind: 'other', context: rest };
}

function parseGitLab(sub: string): GitLabSubject | undefined {
  const [, projectPath, refType, ref] = /^project_path:([^:]+):ref_type:([^:]+):ref:(.+)$/s.exec(sub) ?? [];
  if (projectPath === undefined || refType === undefined || ref === undefined) return undefined;
  return { provider: 'gitlab', kind: 'ref', projectPath, refType, ref };
}

const CIRCLECI = new RegExp(`^org/(${UUID})/project/(${UUID})/user/(${UUID})(?:/vcs-origin/(.+)/vcs-ref/(.+))?$`, 's');

function parseCircleCi(sub: string): CircleCiSubject | undefined {
  const [, organizationId, projectId, userId, vcsOrigin, vcsRef] = CIRCLECI.exec(sub) ?? [];
  if (organizationId === undefined || projectId === undefined || userId === undefined) return undefined;
  return {
    provider: 'circleci',
    kind: 'job',
    organizationId,
    projectId,
    userId,
    ...(vcsOrigin === undefined || vcsRef === undefined ? {} : { vcsOrigin, vcsRef }),
  };
}

const BUILDKITE = /^organization:([^:]+):pipeline:([^:]+):ref:([^:]+):commit:([^:]+):step:(.*)$/s;

function parseBuildkite(sub: string): BuildkiteSubject | undefined {
  const [, organization, pipeline, ref, commit, step] = BUILDKITE.exec(sub) ?? [];
  if (organization === undefined || pipeline === undefined || ref === undefined) return undefined;
  if (commit === undefined || step === undefined) return undefined;
  return { provider: 'buildkite', kind: 'step', organization, pipeline, ref, commit, step };
}

const HCP_TERRAFORM = /^organization:([^:]+):project:([^:]+):workspace:([^:]+):run_phase:([^:]+)$/;

function parseHcpTerraform(sub: string): HcpTerraformSubject | undefined {
  const [, organization, project, workspace, runPhase] = HCP_TERRAFORM.exec(sub) ?? [];
  if (organization === undefined || project === undefined || workspace === undefined || runPhase === undefined) {
    return undefined;
  }
  return { provider: 'hcp-terraform', kind: 'run', organization, project, workspace, runPhase };
}
