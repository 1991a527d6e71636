/** CircleCI. */
import { literalInLike } from '../policy/literal.ts';
import { capture } from '../text/capture.ts';
import { UUID } from '../text/uuid.ts';
import type { CiSystem, Flaw, JobForms, SubjectRule, SubjectRuleContext, SystemFacts } from './ci-system.ts';
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
