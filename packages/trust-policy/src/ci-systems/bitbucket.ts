/** Bitbucket Pipelines. */
import { issuerPath } from '../policy/arn.ts';
import { UUID } from '../text/uuid.ts';
import {
  type BitbucketCause,
  type BitbucketSubject,
  bitbucketRules,
  bitbucketSubjectFlaw,
  compareBitbucketSubjects,
  namesRepository,
  parseBitbucketSubject,
} from './bitbucket-subject.ts';
import type { AudienceContext, CiSystem, Flaw, IssuerParts, JobForms, SystemFacts } from './ci-system.ts';
import { LOOPBACK } from './loopback.ts';
import { subjectsLike } from './subject-condition.ts';

export { bitbucketCauses as causes } from './bitbucket-subject.ts';

export const facts: SystemFacts<'bitbucket'> = {
  provider: {
    id: 'bitbucket',
    name: 'Bitbucket Pipelines',
    issuerForms: ['https://api.bitbucket.org/2.0/workspaces/<workspace slug>/pipelines-config/identity/oidc'],
    subjectForms: ['{<repository UUID>}[:{<deployment environment UUID>}]:{<step UUID>}'],
    audience: 'ari:cloud:bitbucket::workspace/<workspace UUID without braces>',
    conditionClaims: [],
    sharedIssuer: false,
  },
  issuers: [
    new RegExp(
      `^(?:api\\.bitbucket\\.org|${LOOPBACK})/2\\.0/workspaces/(?<workspace>[^/:{}]+)/pipelines-config/identity/oidc$`,
    ),
  ],
};

/** A Bitbucket repository, or only its steps that deploy to one environment. UUIDs are with or without braces. */
export interface BitbucketScope {
  readonly provider: 'bitbucket';
  /** Slug of the workspace, as in its URL. */
  readonly workspace: string;
  readonly workspaceUuid: string;
  readonly repositoryUuid: string;
  /** UUID of the environment. Its name is not in the token. */
  readonly deploymentEnvironmentUuid?: string;
}

const WORKSPACE_SLUG = { form: /^[a-z0-9_-]+$/, is: "the workspace's slug, as in its URL" };

export const jobs: JobForms<BitbucketSubject> = {
  parseSubject: parseBitbucketSubject,
  scopeFields: ['workspace', 'workspaceUuid', 'repositoryUuid', 'deploymentEnvironmentUuid'],
  planTrust(fields) {
    const workspace = fields.formedName('workspace', WORKSPACE_SLUG);
    if (WORKSPACE_UUID.test(workspace))
      fields.problem('workspace', "is the workspace's UUID: give its slug, as in its URL");
    fields.distinct('workspaceUuid', 'repositoryUuid', 'deploymentEnvironmentUuid');
    const repository = fields.uuid('repositoryUuid');
    const environment = fields.has('deploymentEnvironmentUuid') ? fields.uuid('deploymentEnvironmentUuid') : undefined;
    return {
      issuer: `https://api.bitbucket.org/2.0/workspaces/${workspace}/pipelines-config/identity/oidc`,
      audience: `ari:cloud:bitbucket::workspace/${fields.uuid('workspaceUuid')}`,
      subject: subjectsLike(stepPattern(repository, environment)),
      notes: [
        environment === undefined
          ? "Every branch of the repository may assume the role, because the token's subject does not name the branch. To narrow it, give the step a `deployment:` and name that environment's UUID."
          : "Only steps with a `deployment:` to this environment may assume the role. Which branches may deploy there is set in the repository's deployment settings.",
        'The issuer contains the workspace slug: renaming the workspace changes it, and needs a new identity provider.',
      ],
    };
  },
};

export const system: CiSystem<BitbucketCause> = {
  namesScope: namesRepository,
  unrelatedSubjects: [
    [
      '{01234567-89ab-4cde-8f01-23456789abcd}:{01234567-89ab-4cde-8f01-23456789abcd}',
      '{fedcba98-7654-4321-9edc-ba9876543210}:{fedcba98-7654-4321-9edc-ba9876543210}',
    ],
  ],
  openPattern(sub) {
    const subject = parseBitbucketSubject(sub);
    return subject && stepPattern(subject.repositoryUuid, subject.deploymentEnvironmentUuid);
  },
  openJobs(sub) {
    const subject = parseBitbucketSubject(sub);
    if (subject === undefined) return undefined;
    const { repositoryUuid, deploymentEnvironmentUuid } = subject;
    return deploymentEnvironmentUuid === undefined
      ? `every step of the repository {${repositoryUuid}}, on every branch`
      : `every step of the repository {${repositoryUuid}} that deploys to {${deploymentEnvironmentUuid}}`;
  },
  issuerFlaw,
  canHaveAudience,
  subjectFlaw: bitbucketSubjectFlaw,
  subjectRules: bitbucketRules,
  compareSubjects: compareBitbucketSubjects,
  narrowerJob(sub) {
    const subject = parseBitbucketSubject(sub);
    if (subject === undefined || subject.deploymentEnvironmentUuid !== undefined) return undefined;
    return {
      lacks: 'This step has no "deployment:".',
      fix: 'If the role is limited to a deployment environment, add "deployment: <name>" to this step. Don\'t widen the trust policy.',
    };
  },
  claimNotOfferedFix: (claim, { issuer, sub }) =>
    /branch/i.test(claim)
      ? branchFix(issuer, sub)
      : 'Express the limit in the condition on ":sub", then remove this one.',
  manyAudiencesFix: 'Remove "oidc: audiences:" from this step.',
};

/** Steps that replace a condition on the branch by one on a deployment environment. */
function branchFix(issuer: string, sub = ''): string {
  const repository = parseBitbucketSubject(sub)?.repositoryUuid ?? '<repository UUID>';
  return [
    'To tie the role to branches, first limit a deployment environment to them (Repository settings, Deployments).',
    'Second, add "deployment: <name>" to this step.',
    `Third, in the role's trust policy in AWS, set "StringLike" on "${issuerPath(issuer)}:sub" to "${stepPattern(repository, '<environment UUID>')}", and remove the condition on the branch.`,
    'Repository settings, OpenID Connect, shows the UUID.',
  ].join(' ');
}

/** Pattern for the steps of a repository, or for those that deploy to one environment. */
function stepPattern(repository: string, environment: string | undefined): string {
  return environment === undefined ? `{${repository}}:*` : `{${repository}}:{${environment}}:*`;
}

/** A workspace's UUID, with or without its braces as a URL encodes them. */
const WORKSPACE_UUID = /* @__PURE__ */ new RegExp(`^(?:%7B)?${UUID}(?:%7D)?$`, 'i');

function issuerFlaw(path: string, parts: IssuerParts | undefined): Flaw | undefined {
  if (parts !== undefined) return WORKSPACE_UUID.test(parts.workspace ?? '') ? workspaceUuidFlaw(path) : undefined;
  if (!path.startsWith('api.bitbucket.org')) return undefined;
  if (path.includes('/workspaces/{')) return workspaceUuidFlaw(path);
  return {
    message: `"${path}" is not the issuer of a Bitbucket workspace; that is api.bitbucket.org/2.0/workspaces/<workspace slug>/pipelines-config/identity/oidc`,
    fix: 'Copy the identity provider URL from repository settings, OpenID Connect, without https://.',
  };
}

function workspaceUuidFlaw(path: string): Flaw {
  return {
    message: `"${path}" has the workspace's UUID; the token's issuer has its slug`,
    fix: "Write the workspace's slug, as in its URL, instead of the UUID.",
  };
}

const DEFAULT_AUDIENCE = /* @__PURE__ */ new RegExp(`^ari:cloud:bitbucket::workspace/${UUID}$`);

/** Audiences of other systems, found in policies that were copied from there. */
const FOREIGN_AUDIENCES: readonly string[] = [
  'sts.amazonaws.com',
  'api://AzureADTokenExchange',
  'aws.workload.identity',
];

function canHaveAudience(expected: string, { wildcards }: AudienceContext): boolean {
  if (wildcards && /[*?]/.test(expected)) return true;
  if (expected.startsWith('ari:')) return DEFAULT_AUDIENCE.test(expected);
  // A step can request its own audiences (`oidc: audiences:`), but not the default ones of another system.
  return !FOREIGN_AUDIENCES.includes(expected);
}
