/** CircleCI. */
import { literalInLike } from '../policy/literal.ts';
import { capture } from '../text/capture.ts';
import { UUID } from '../text/uuid.ts';
import type {
  CiSystem,
  Flaw,
  JobForms,
  LevelForm,
  SubjectRule,
  SubjectRuleContext,
  SystemFacts,
  TrustPlan,
} from './ci-system.ts';
import type { ScopeFields } from './scope-fields.ts';
import { subjectsLike } from './subject-condition.ts';

export const facts: SystemFacts<'circleci'> = {
  provider: {
    id: 'circleci',
    name: 'CircleCI',
    issuerForms: ['https://oidc.circleci.com/org/<organization id>'],
    subjectForms: ['org/<organization id>/project/<project id>/user/<user id>[/vcs-origin/<origin>/vcs-ref/<ref>]'],
    audience: 'the organization id',
    conditionClaims: ['oidc.circleci.com/project-id'],
    sharedIssuer: false,
  },
  issuers: [new RegExp(`^oidc\\.circleci\\.com/org/(?<organizationId>${UUID})$`)],
};

/** A CircleCI project, or only the builds of its own repository. */
export type CircleCiScope = {
  readonly provider: 'circleci';
  readonly organizationId: string;
  readonly projectId: string;
} & (
  | { readonly vcsOrigin?: undefined; readonly branch?: undefined; readonly tag?: undefined }
  | {
      /** Host and path of the repository, e.g. `github.com/acme/site`. Only tokens of `CIRCLE_OIDC_TOKEN_V2` have it. */
      readonly vcsOrigin: string;
      /** A branch or a tag. If both are absent, every ref. */
      readonly branch?: string;
      readonly tag?: string;
    }
);

const VCS_ORIGIN = {
  form: /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[A-Za-z0-9._-]+)+(?<!\.git)$/,
  is: "the repository's host and path, such as github.com/acme/site",
};

/**
 * Pattern for the id of any user. `*` would also match slashes. A fork may have a branch whose name ends in the origin
 * of the project.
 */
const ANY_USER = '????????-????-????-????-????????????';

export const jobs: JobForms<CircleCiSubject> = {
  parseSubject,
  scopeFields: ['organizationId', 'projectId', 'vcsOrigin', 'branch', 'tag'],
  planTrust(fields) {
    const organization = fields.uuid('organizationId');
    const project = `org/${organization}/project/${fields.uuid('projectId')}`;
    fields.distinct('organizationId', 'projectId');
    return {
      issuer: `https://oidc.circleci.com/org/${organization}`,
      audience: organization,
      ...(fields.has('vcsOrigin') ? planOrigin(fields, project) : planProject(fields, project)),
    };
  },
};

type SubjectPlan = Pick<TrustPlan, 'subject' | 'notes'>;

function planProject(fields: ScopeFields, project: string): SubjectPlan {
  for (const field of ['branch', 'tag']) {
    if (fields.has(field)) fields.problem(field, 'needs vcsOrigin: a branch of a fork can have the same name');
  }
  return {
    subject: subjectsLike(`${project}/user/*`),
    notes: [
      'Every branch and every user of the project may assume the role.',
      'Builds of forks may too, if the project passes secrets to builds from forked pull requests. Keep that setting off, or give vcsOrigin and use the token of CIRCLE_OIDC_TOKEN_V2.',
    ],
  };
}

function planOrigin(fields: ScopeFields, project: string): SubjectPlan {
  const origin = fields.formedName('vcsOrigin', VCS_ORIGIN);
  if (fields.has('branch') && fields.has('tag')) fields.exactlyOne(['branch', 'tag']);
  const ref = fields.has('branch')
    ? `refs/heads/${fields.ref('branch')}`
    : fields.has('tag')
      ? `refs/tags/${fields.ref('tag')}`
      : undefined;
  const beginning = `${project}/user/${ANY_USER}/vcs-origin/${literalInLike(origin)}/vcs-ref/`;
  return {
    subject: subjectsLike(ref === undefined ? `${beginning}*` : `${beginning}${literalInLike(ref)}`),
    notes: ['Only tokens of CIRCLE_OIDC_TOKEN_V2 name the origin of the code: give the job that one.'],
  };
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

const RULES: readonly SubjectRule[] = [
  {
    id: 'circleci-forks',
    severity: 'info',
    about:
      'A CircleCI subject leaves the origin of the code open. Builds of forks are admitted as well if the project passes secrets to them.',
    check: forksFlaw,
  },
];
const LEVELS: LevelForm = {
  contextAtEnd: /\/(vcs-origin\/.+)$/s,
  owner: 'organization',
  scope: 'project',
  // The issuer belongs to one organization.
  isSameOwner: () => true,
  parse(subject) {
    const group = capture(/^org\/([^/]+)(?:\/project\/([^/]+)(?:\/(.+))?)?/s, subject);
    if (group === undefined) return undefined;
    return {
      owner: group(1),
      ...(group(2) === '' ? {} : { scope: group(2) }),
      ...(group(3) === '' ? {} : { context: group(3) }),
    };
  },
  compareContexts: (expected, observed) => ({
    detail: `The policy wants "${expected}", but the job has "${observed}"`,
    jobChange: {
      fix: 'Run the job as that user, or for that repository and ref.',
      alternative: `admit this job as well, without "${expected}"`,
    },
  }),
};

export const system: CiSystem = {
  subjectRules: RULES,
  namesScope: (_, literal) => /^org\/[^/]+\/project\/[^/]+\//.test(literal),
  scopeClaims: { scope: ['oidc.circleci.com/project-id'] },
  openPattern(sub) {
    const subject = parseSubject(sub);
    if (subject === undefined) return undefined;
    const project = `org/${subject.organizationId}/project/${subject.projectId}/user/`;
    const rest = sub.slice(`${project}${subject.userId}`.length);
    return rest === '' ? `${project}*` : `${project}${ANY_USER}${literalInLike(rest)}`;
  },
  openJobs(sub) {
    const subject = parseSubject(sub);
    if (subject === undefined) return undefined;
    const { projectId, vcsOrigin, vcsRef } = subject;
    return vcsRef === undefined
      ? `every user and branch of the project ${projectId}, and builds of forks that get its secrets`
      : `every user of the project ${projectId} on "${vcsRef}" of "${vcsOrigin}"`;
  },
  levels: LEVELS,
};

/** The origin of the code in full, after a user's id or a pattern for one. */
const NAMED_ORIGIN = /^[^*?]*(?:\/user\/\?{8}(?:-\?{4}){3}-\?{12})?\/vcs-origin\/[^*?]+\/vcs-ref\//;

function forksFlaw(expected: string, { isException }: SubjectRuleContext): Flaw | undefined {
  if (isException || NAMED_ORIGIN.test(expected)) return undefined;
  return {
    message: `"${expected}" does not say where the code comes from; builds of forks have it too, if the project has "Pass secrets to builds from forked pull requests" on`,
    fix: `Keep that setting off. Or ask for the V2 token and end the subject in "/user/${ANY_USER}/vcs-origin/<host>/<owner>/<repository>/vcs-ref/<ref>".`,
  };
}

const SUBJECT = /* @__PURE__ */ new RegExp(
  `^org/(${UUID})/project/(${UUID})/user/(${UUID})(?:/vcs-origin/(.+)/vcs-ref/(.+))?$`,
  's',
);

function parseSubject(sub: string): CircleCiSubject | undefined {
  const group = capture(SUBJECT, sub);
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
