import { issuerPath } from './arn.ts';
import { parseAddressBlock } from './ip-address.ts';
import { type ProviderId, recogniseIssuer } from './providers.ts';
import { ScopeError, type ScopeProblem } from './scope-error.ts';
import {
  literalInEquals,
  literalInLike,
  type SubjectCondition,
  type TrustPolicy,
  trustStatement,
} from './trust-statement.ts';
import { bareUuid } from './uuid.ts';

/** A Bitbucket repository, or only its steps that deploy to certain environments. UUIDs with or without braces. */
export interface BitbucketScope {
  readonly provider: 'bitbucket';
  /** The workspace's slug, as in its URL. */
  readonly workspace: string;
  readonly workspaceUuid: string;
  readonly repositoryUuid: string;
  /** The environment's UUID, not its name: only the UUID is in the token. */
  readonly deploymentEnvironmentUuid?: string;
}

/** An Azure DevOps service connection, or (without one) a pipeline: exactly one of the two. */
export type AzureDevOpsScope = {
  readonly provider: 'azure-devops';
  /** The organization's id (a GUID): the issuer contains it, not the name. */
  readonly organizationId: string;
  /** The organization's name: the subject contains it, not the id. */
  readonly organization: string;
  readonly project: string;
} & (
  | { readonly serviceConnection: string; readonly pipeline?: undefined }
  | { readonly pipeline: string; readonly serviceConnection?: undefined }
);

/** A GitHub repository and exactly one of environment, branch, tag or pull requests. */
export type GitHubScope = {
  readonly provider: 'github';
  readonly owner: string;
  readonly repository: string;
  /** Both or neither: repositories created, renamed or moved since mid-2026 have the ids in their subjects. */
  readonly ownerId?: string;
  readonly repositoryId?: string;
  /** Default `sts.amazonaws.com`. */
  readonly audience?: string;
} & (
  | {
      readonly environment: string;
      readonly branch?: undefined;
      readonly tag?: undefined;
      readonly pullRequest?: undefined;
    }
  | {
      readonly branch: string;
      readonly environment?: undefined;
      readonly tag?: undefined;
      readonly pullRequest?: undefined;
    }
  | {
      readonly tag: string;
      readonly environment?: undefined;
      readonly branch?: undefined;
      readonly pullRequest?: undefined;
    }
  | {
      readonly pullRequest: true;
      readonly environment?: undefined;
      readonly branch?: undefined;
      readonly tag?: undefined;
    }
);

/** A GitLab project and exactly one branch or tag. */
export type GitLabScope = {
  readonly provider: 'gitlab';
  /** With its groups, e.g. `acme/platform/site`. */
  readonly projectPath: string;
  /** What `id_tokens: <name>: aud` asks for. */
  readonly audience: string;
} & ({ readonly branch: string; readonly tag?: undefined } | { readonly tag: string; readonly branch?: undefined });

/** A CircleCI project. */
export interface CircleCiScope {
  readonly provider: 'circleci';
  readonly organizationId: string;
  readonly projectId: string;
}

/** A branch of a Buildkite pipeline. */
export interface BuildkiteScope {
  readonly provider: 'buildkite';
  readonly organization: string;
  readonly pipeline: string;
  readonly branch: string;
  /** Default `sts.amazonaws.com`. */
  readonly audience?: string;
}

/** A workspace of HCP Terraform; without a phase both plan and apply. */
export interface HcpTerraformScope {
  readonly provider: 'hcp-terraform';
  readonly organization: string;
  readonly project: string;
  readonly workspace: string;
  readonly runPhase?: 'plan' | 'apply';
  /** Default `aws.workload.identity`. */
  readonly audience?: string;
}

export type TrustScope =
  | BitbucketScope
  | AzureDevOpsScope
  | GitHubScope
  | GitLabScope
  | CircleCiScope
  | BuildkiteScope
  | HcpTerraformScope;

/** Where the role lives, and what holds for any provider. */
export interface TrustTarget {
  /** Twelve digits. */
  readonly account: string;
  /** Default `aws`. */
  readonly partition?: string;
  /** Another issuer of the same CI system: a local emulator's, or a GitHub enterprise's own. */
  readonly issuer?: string;
  /** CIDR blocks the request must come from. */
  readonly sourceIps?: readonly string[];
  /** Adds sts:TagSession. Only tokens that carry session tags need it; Bitbucket's and Azure DevOps' do not. */
  readonly allowTagSession?: boolean;
}

export type GenerateRequest = TrustScope & TrustTarget;

export interface GeneratedTrust {
  readonly provider: ProviderId;
  /** For IAM's OIDC provider. */
  readonly providerUrl: string;
  /** Audiences to register with IAM's OIDC provider. It needs no thumbprint: AWS trusts these hosts' certificates. */
  readonly clientIds: readonly string[];
  readonly providerArn: string;
  readonly trustPolicy: TrustPolicy;
  /** What to know before using it, one sentence or two each. */
  readonly notes: readonly string[];
}

/**
 * Writes the identity provider and the trust policy for one scope. Every policy has an exact audience and a subject that
 * names at least a repository, project, pipeline or connection; an unscoped one cannot be expressed.
 *
 * @throws ScopeError naming every field that is missing or wrong, also where the caller is not type-checked.
 */
export function generate(request: GenerateRequest): GeneratedTrust {
  const fields = new Fields(request);
  const plan = planFor(request, fields);
  const account = fields.matching('account', /^\d{12}$/, 'must be twelve digits');
  const partition =
    request.partition === undefined
      ? 'aws'
      : fields.matching('partition', /^aws[a-z-]*$/, 'must be a partition such as aws or aws-cn');
  const sourceIps = fields.addressBlocks('sourceIps');
  const issuer = issuerFor(request, plan, fields);
  fields.throwIfAny();
  const providerArn = `arn:${partition}:iam::${account}:oidc-provider/${issuerPath(issuer)}`;
  return {
    provider: request.provider,
    providerUrl: issuer,
    clientIds: [plan.audience],
    providerArn,
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        trustStatement({
          providerArn,
          issuer,
          audience: literalInEquals(plan.audience),
          subject: plan.subject,
          sourceIps,
          tagSession: request.allowTagSession === true,
        }),
      ],
    },
    notes: plan.notes,
  };
}

const NO_POLICY = 'No trust policy can be written';

interface Plan {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: SubjectCondition;
  readonly notes: readonly string[];
}

function planFor(request: GenerateRequest, fields: Fields): Plan {
  switch (request.provider) {
    case 'bitbucket':
      return bitbucketPlan(request, fields);
    case 'azure-devops':
      return azureDevOpsPlan(fields);
    case 'github':
      return gitHubPlan(request, fields);
    case 'gitlab':
      return gitLabPlan(fields);
    case 'circleci':
      return circleCiPlan(fields);
    case 'buildkite':
      return buildkitePlan(request, fields);
    case 'hcp-terraform':
      return hcpTerraformPlan(request, fields);
    default:
      throw new ScopeError(NO_POLICY, [{ field: 'provider', reason: 'is not one this package knows' }]);
  }
}

function bitbucketPlan(request: BitbucketScope, fields: Fields): Plan {
  const workspace = fields.matching('workspace', /^[a-zA-Z0-9_-]+$/, "must be the workspace's slug, as in its URL");
  const repository = fields.uuid('repositoryUuid');
  const environment =
    request.deploymentEnvironmentUuid === undefined ? undefined : fields.uuid('deploymentEnvironmentUuid');
  return {
    issuer: `https://api.bitbucket.org/2.0/workspaces/${workspace}/pipelines-config/identity/oidc`,
    audience: `ari:cloud:bitbucket::workspace/${fields.uuid('workspaceUuid')}`,
    subject: like(environment === undefined ? `{${repository}}:*` : `{${repository}}:{${environment}}:*`),
    notes: [
      environment === undefined
        ? "Every branch of the repository may assume the role, because the token does not say the branch to AWS. To narrow it, give the step a `deployment:` and name that environment's UUID."
        : "Only steps with a `deployment:` to this environment may assume the role. Which branches may deploy there is set in the repository's deployment settings.",
      'The issuer contains the workspace slug: renaming the workspace changes it, and needs a new identity provider.',
    ],
  };
}

function azureDevOpsPlan(fields: Fields): Plan {
  const kind = fields.exactlyOne(['serviceConnection', 'pipeline']);
  const organization = fields.name('organization', '/');
  const project = fields.name('project', '/');
  const scheme = kind === 'pipeline' ? 'p' : 'sc';
  return {
    issuer: `https://vstoken.dev.azure.com/${fields.uuid('organizationId')}`,
    audience: 'api://AzureADTokenExchange',
    subject: equal(`${scheme}://${organization}/${project}/${fields.name(kind)}`),
    notes: [
      'Names are compared letter by letter: renaming the organization, the project or the connection or pipeline changes the subject.',
      kind === 'pipeline'
        ? 'Without a service connection there are no approvals and checks between the pipeline and the role.'
        : 'Anyone who may use this service connection may assume the role; limit it with pipeline permissions, approvals and checks.',
    ],
  };
}

function gitHubPlan(request: GitHubScope, fields: Fields): Plan {
  const kind = fields.exactlyOne(['environment', 'branch', 'tag', 'pullRequest']);
  const immutable = request.ownerId !== undefined || request.repositoryId !== undefined;
  const id = (field: string): string =>
    immutable ? `@${fields.matching(field, /^\d+$/, 'must be a number; give both ids or neither')}` : '';
  const owner = `${fields.name('owner', '/:@')}${id('ownerId')}`;
  const repository = `${fields.name('repository', '/:@')}${id('repositoryId')}`;
  const context = {
    // GitHub writes a colon inside a context value as %3A.
    environment: () => `environment:${fields.name('environment').replaceAll(':', '%3A')}`,
    branch: () => `ref:refs/heads/${fields.name('branch')}`,
    tag: () => `ref:refs/tags/${fields.name('tag')}`,
    pullRequest: () => 'pull_request',
  }[kind]();
  return {
    issuer: 'https://token.actions.githubusercontent.com',
    audience: request.audience === undefined ? 'sts.amazonaws.com' : fields.name('audience'),
    subject: equal(`repo:${owner}/${repository}:${context}`),
    notes: [
      immutable
        ? 'The subject names owner and repository by id as well, as GitHub does for repositories created, renamed or moved since mid-2026.'
        : 'Repositories created, renamed or moved since mid-2026 have ids in their subject (repo:<owner>@<id>/<repository>@<id>:…). For those give ownerId and repositoryId.',
      ...(kind === 'pullRequest'
        ? ['Any pull request of the repository may assume the role; give it read-only permissions.']
        : []),
    ],
  };
}

function gitLabPlan(fields: Fields): Plan {
  const kind = fields.exactlyOne(['branch', 'tag']);
  return {
    issuer: 'https://gitlab.com',
    audience: fields.name('audience'),
    subject: equal(`project_path:${fields.name('projectPath', ':')}:ref_type:${kind}:ref:${fields.name(kind)}`),
    notes: ['Protect the branch or tag in GitLab: whoever may push to it may assume the role.'],
  };
}

function circleCiPlan(fields: Fields): Plan {
  const organization = fields.uuid('organizationId');
  return {
    issuer: `https://oidc.circleci.com/org/${organization}`,
    audience: organization,
    subject: like(`org/${organization}/project/${fields.uuid('projectId')}/user/*`),
    notes: ['Every branch and every user of the project may assume the role.'],
  };
}

function buildkitePlan(request: BuildkiteScope, fields: Fields): Plan {
  const pipeline = `organization:${fields.name('organization', ':')}:pipeline:${fields.name('pipeline', ':')}`;
  return {
    issuer: 'https://agent.buildkite.com',
    audience: request.audience === undefined ? 'sts.amazonaws.com' : fields.name('audience'),
    subject: like(`${literalInLike(`${pipeline}:ref:refs/heads/${fields.name('branch', ':')}:`)}*`),
    notes: ['Every commit and step of builds of this branch may assume the role.'],
  };
}

function hcpTerraformPlan(request: HcpTerraformScope, fields: Fields): Plan {
  const workspace = (['organization', 'project', 'workspace'] as const)
    .map((field) => `${field}:${fields.name(field, ':')}`)
    .join(':');
  const phases =
    request.runPhase === undefined
      ? ['apply', 'plan']
      : [fields.matching('runPhase', /^(?:plan|apply)$/, 'must be plan or apply')];
  return {
    issuer: 'https://app.terraform.io',
    audience: request.audience === undefined ? 'aws.workload.identity' : fields.name('audience'),
    subject: {
      operator: 'StringEquals',
      values: phases.map((phase) => literalInEquals(`${workspace}:run_phase:${phase}`)),
    },
    notes: ['Plans run on every pull request; give plan and apply roles of their own where plans must not write.'],
  };
}

function issuerFor(request: GenerateRequest, plan: Plan, fields: Fields): string {
  if (request.issuer === undefined) return plan.issuer;
  const issuer = fields.name('issuer');
  const recognised = recogniseIssuer(issuer);
  if (!/^https?:\/\//.test(issuer) || recognised?.provider.id !== request.provider) {
    fields.problem('issuer', `is not an issuer URL of ${request.provider}`);
  } else if (issuer.startsWith('http://') && !recognised.local) {
    fields.problem('issuer', 'must begin with https://; http:// is for a local emulator only');
  }
  return issuer;
}

function like(pattern: string): SubjectCondition {
  return { operator: 'StringLike', values: [pattern] };
}

function equal(subject: string): SubjectCondition {
  return { operator: 'StringEquals', values: [literalInEquals(subject)] };
}

/** Reads fields of a request and collects what is wrong with them, so that one error can name everything. */
class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #problems: ScopeProblem[] = [];
  /** Fields a problem already covers. */
  readonly #settled = new Set<string>();

  constructor(request: object) {
    this.#values = new Map(Object.entries(request));
  }

  problem(field: string, reason: string): void {
    if (this.#settled.has(field)) return;
    this.#settled.add(field);
    this.#problems.push({ field, reason });
  }

  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ScopeError(NO_POLICY, this.#problems);
  }

  /** A name to be taken literally: not empty, no wildcard, no control character, none of the separators. */
  name(field: string, separators = ''): string {
    const value = this.#text(field);
    if (/[*?]/.test(value)) this.problem(field, 'must not contain a wildcard: name exactly one');
    else if (/\p{Cc}/u.test(value)) this.problem(field, 'must not contain control characters');
    else if (Array.from(separators).some((separator) => value.includes(separator))) {
      this.problem(field, `must not contain any of ${Array.from(separators).join(' ')}`);
    }
    return value;
  }

  matching(field: string, form: RegExp, reason: string): string {
    const value = this.#text(field);
    if (!form.test(value)) this.problem(field, reason);
    return value;
  }

  uuid(field: string): string {
    const uuid = bareUuid(this.#text(field));
    if (uuid === undefined) this.problem(field, 'must be a UUID, with or without braces');
    return uuid ?? '';
  }

  exactlyOne<T extends string>(names: readonly [T, ...T[]]): T {
    const given = names.filter((name) => this.#values.get(name) !== undefined);
    if (given.length !== 1) {
      const reason = given.length === 0 ? 'is missing: give one of them' : 'are alternatives: give one of them';
      this.problem(names.join(' | '), reason);
      for (const name of names) this.#settled.add(name);
    }
    return given[0] ?? names[0];
  }

  addressBlocks(field: string): string[] {
    const value = this.#values.get(field) ?? [];
    const blocks: readonly unknown[] = Array.isArray(value) ? value : [value];
    return blocks.map((block) => {
      if (typeof block === 'string' && parseAddressBlock(block) !== undefined) return block;
      this.problem(field, 'must be IP addresses or CIDR blocks');
      return '';
    });
  }

  #text(field: string): string {
    const value = this.#values.get(field);
    if (typeof value === 'string' && value !== '') return value;
    this.problem(field, 'is missing');
    return '';
  }
}
