import { type ProviderId, recogniseIssuer } from '../ci-systems/providers.ts';
import type {
  BitbucketScope,
  BuildkiteScope,
  GenerateRequest,
  GitHubScope,
  HcpTerraformScope,
} from '../ci-systems/trust-scope.ts';
import { issuerPath } from '../policy/arn.ts';
import {
  literalInEquals,
  literalInLike,
  type SubjectCondition,
  type TrustPolicy,
  trustStatement,
} from '../token/trust-statement.ts';
import { ScopeError } from './scope-error.ts';
import { ScopeFields } from './scope-fields.ts';

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
  const fields = new ScopeFields(request, NO_POLICY);
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

function planFor(request: GenerateRequest, fields: ScopeFields): Plan {
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

function bitbucketPlan(request: BitbucketScope, fields: ScopeFields): Plan {
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

function azureDevOpsPlan(fields: ScopeFields): Plan {
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

function gitHubPlan(request: GitHubScope, fields: ScopeFields): Plan {
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

function gitLabPlan(fields: ScopeFields): Plan {
  const kind = fields.exactlyOne(['branch', 'tag']);
  return {
    issuer: 'https://gitlab.com',
    audience: fields.name('audience'),
    subject: equal(`project_path:${fields.name('projectPath', ':')}:ref_type:${kind}:ref:${fields.name(kind)}`),
    notes: ['Protect the branch or tag in GitLab: whoever may push to it may assume the role.'],
  };
}

function circleCiPlan(fields: ScopeFields): Plan {
  const organization = fields.uuid('organizationId');
  return {
    issuer: `https://oidc.circleci.com/org/${organization}`,
    audience: organization,
    subject: like(`org/${organization}/project/${fields.uuid('projectId')}/user/*`),
    notes: ['Every branch and every user of the project may assume the role.'],
  };
}

function buildkitePlan(request: BuildkiteScope, fields: ScopeFields): Plan {
  const pipeline = `organization:${fields.name('organization', ':')}:pipeline:${fields.name('pipeline', ':')}`;
  return {
    issuer: 'https://agent.buildkite.com',
    audience: request.audience === undefined ? 'sts.amazonaws.com' : fields.name('audience'),
    subject: like(`${literalInLike(`${pipeline}:ref:refs/heads/${fields.name('branch', ':')}:`)}*`),
    notes: ['Every commit and step of builds of this branch may assume the role.'],
  };
}

function hcpTerraformPlan(request: HcpTerraformScope, fields: ScopeFields): Plan {
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

function issuerFor(request: GenerateRequest, plan: Plan, fields: ScopeFields): string {
  if (request.issuer === undefined) return plan.issuer;
  const issuer = fields.name('issuer');
  const recognised = recogniseIssuer(issuer);
  // The path is the issuer without its scheme: the same text has none.
  if (recognised?.path === issuer || recognised?.provider.id !== request.provider) {
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
