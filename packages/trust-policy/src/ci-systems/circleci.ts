/** CircleCI. */
import { literalInLike } from '../policy/literal.ts';
import { capture } from '../text/capture.ts';
import { UUID } from '../text/uuid.ts';
import type { CiSystem, Flaw, JobForms, LevelForm, SubjectRule, SubjectRuleContext, SystemFacts } from './ci-system.ts';
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

/** A CircleCI project. */
export interface CircleCiScope {
  readonly provider: 'circleci';
  readonly organizationId: string;
  readonly projectId: string;
}

export const jobs: JobForms<CircleCiSubject> = {
  parseSubject,
  scopeFields: ['organizationId', 'projectId'],
  planTrust(fields) {
    const organization = fields.uuid('organizationId');
    return {
      issuer: `https://oidc.circleci.com/org/${organization}`,
      audience: organization,
      subject: subjectsLike(`org/${organization}/project/${fields.uuid('projectId')}/user/*`),
      notes: ['Every branch and every user of the project may assume the role.'],
    };
  },
};

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
      'A CircleCI subject leaves the origin of the code open. Builds of forks are admitted as well where the project passes secrets to them.',
    check: forksFlaw,
  },
];
const LEVELS: LevelForm = {
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
  compareContexts: (wanted, observed) => ({
    detail: `The policy wants "${wanted}", but the job has "${observed}"`,
    jobChange: {
      fix: 'Run the job as that user, or for that repository and ref.',
      alternative: `admit this job as well, without "${wanted}"`,
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
    return `${project}*${literalInLike(sub.slice(`${project}${subject.userId}`.length))}`;
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

/** Origin and ref of the code, both begun in full before the first wildcard. */
const NAMED_ORIGIN = /^[^*?]*\/vcs-origin\/[^*?]+\/vcs-ref\/|\/user\/\*\/vcs-origin\/[^*?]+\/vcs-ref\//;

function forksFlaw(expected: string, { isException }: SubjectRuleContext): Flaw | undefined {
  if (isException || NAMED_ORIGIN.test(expected)) return undefined;
  return {
    message: `"${expected}" does not say where the code comes from; builds of forks have it too, if the project has "Pass secrets to builds from forked pull requests" on`,
    fix: 'Keep that setting off. Or ask for the V2 token and end the subject in "/vcs-origin/<host>/<owner>/<repository>/vcs-ref/<ref>".',
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
