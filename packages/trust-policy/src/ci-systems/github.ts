/** GitHub Actions. */
import { matchesPattern, wildcardPattern } from '../policy/glob.ts';
import { capture } from '../text/capture.ts';
import type {
  CiSystem,
  ContextDifference,
  JobForms,
  LevelForm,
  SubjectComparison,
  SubjectDifference,
  SubjectFlaw,
  SystemFacts,
} from './ci-system.ts';
import { LOOPBACK } from './loopback.ts';
import { exactSubjects } from './subject-condition.ts';
import { refName } from './subject-levels.ts';

export const facts: SystemFacts<'github'> = {
  provider: {
    id: 'github',
    name: 'GitHub Actions',
    issuerForms: [
      'https://token.actions.githubusercontent.com',
      'https://token.actions.githubusercontent.com/<enterprise>',
      'https://token.actions.<enterprise>.ghe.com',
    ],
    subjectForms: [
      'repo:<owner>/<repository>:environment:<environment>',
      'repo:<owner>/<repository>:ref:<ref>',
      'repo:<owner>/<repository>:pull_request',
      'repo:<owner>@<owner id>/<repository>@<repository id>:…',
    ],
    audience: 'sts.amazonaws.com, or the audience that the workflow requests',
    conditionClaims: [
      'actor',
      'actor_id',
      'enterprise_id',
      'environment',
      'job_workflow_ref',
      'ref',
      'repository',
      'repository_id',
      'repository_owner_id',
      'workflow',
    ],
    sharedIssuer: true,
  },
  issuers: [
    /^token\.actions\.githubusercontent\.com(?:\/[^/:]+)?$/,
    /^token\.actions\.[a-zA-Z0-9-]+\.ghe\.com$/,
    new RegExp(`^${LOOPBACK}/github$`),
  ],
  guardedIssuer: 'token.actions.githubusercontent.com',
};

/** Exactly one of environment, branch, tag or pull requests. */
type GitHubContext =
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
    };

/** A GitHub repository and exactly one of environment, branch, tag or pull requests. */
export type GitHubScope = {
  readonly provider: 'github';
  readonly owner: string;
  readonly repository: string;
  /** Both ids or neither: repositories created, renamed or moved since mid-2026 have them in their subjects. */
  readonly ownerId?: string;
  readonly repositoryId?: string;
  /** Default `sts.amazonaws.com`. */
  readonly audience?: string;
} & GitHubContext;

const OWNER = { form: /^[A-Za-z0-9][A-Za-z0-9_-]*$/, is: "the owner's name, as in its URL" };
const REPOSITORY = {
  form: /^(?!\.{1,2}$)[A-Za-z0-9._-]+(?<!\.git)$/,
  is: "only the repository's name, as in its URL",
};

export const jobs: JobForms<GitHubSubject> = {
  parseSubject,
  scopeFields: [
    'owner',
    'repository',
    'ownerId',
    'repositoryId',
    'environment',
    'branch',
    'tag',
    'pullRequest',
    'audience',
  ],
  planTrust(fields) {
    const kind = fields.exactlyOne(['environment', 'branch', 'tag', 'pullRequest']);
    const hasIds = fields.has('ownerId') || fields.has('repositoryId');
    const id = (field: string): string =>
      hasIds ? `@${fields.matching(field, /^[1-9]\d*$/, 'must be a number; give both ids or neither')}` : '';
    const owner = `${fields.formedName('owner', OWNER)}${id('ownerId')}`;
    const repository = `${fields.formedName('repository', REPOSITORY)}${id('repositoryId')}`;
    const context = {
      // GitHub writes a colon inside a context value as %3A.
      environment: () => `environment:${fields.name('environment').replaceAll(':', '%3A')}`,
      branch: () => `ref:refs/heads/${fields.ref('branch')}`,
      tag: () => `ref:refs/tags/${fields.ref('tag')}`,
      pullRequest: () => 'pull_request',
    }[kind]();
    return {
      issuer: 'https://token.actions.githubusercontent.com',
      audience: fields.has('audience') ? fields.name('audience') : 'sts.amazonaws.com',
      subject: exactSubjects(`repo:${owner}/${repository}:${context}`),
      notes: [
        hasIds
          ? 'The subject names owner and repository by id as well, as GitHub does for repositories created, renamed or moved since mid-2026.'
          : 'Repositories created, renamed or moved since mid-2026 have ids in their subject (repo:<owner>@<id>/<repository>@<id>:…). For those give ownerId and repositoryId.',
        ...(kind === 'pullRequest'
          ? ['Any pull request of the repository may assume the role; give it read-only permissions.']
          : []),
      ],
    };
  },
};

export interface GitHubSubject {
  readonly provider: 'github';
  readonly kind: 'environment' | 'ref' | 'pull-request' | 'other';
  readonly owner: string;
  readonly repository: string;
  /** Present in immutable subjects, `repo:<owner>@<id>/<repository>@<id>:…`, the default for repositories since mid-2026. */
  readonly ownerId?: string;
  readonly repositoryId?: string;
  /** The environment's name, the ref, or the text after the repository in a customised subject. */
  readonly context: string;
}

/** Causes of a refusal that only GitHub has, each with one sentence for the documentation. */
export const causes = {
  'github-ref-form': 'The ref lacks the `ref:refs/heads/` or `ref:refs/tags/` that it has in the token.',
} as const;

type Cause = keyof typeof causes;

const LEVELS: LevelForm = {
  contextAtEnd: /:((?:environment|ref):[^*?].*|pull_request)$/s,
  owner: 'owner',
  scope: 'repository',
  parse(subject) {
    const group = capture(/^repo:([^/:]+)(?:\/([^/:]+))?(?::(.+))?$/s, subject);
    if (group === undefined) return undefined;
    return {
      owner: group(1),
      ...(group(2) === '' ? {} : { scope: group(2).replace(/@\d+$/, '') }),
      ...(group(3) === '' ? {} : { context: fullRef(group(3)) }),
    };
  },
  isSameOwner(expected, observed) {
    const [name = '', id] = expected.toLowerCase().split('@');
    const [observedName = '', observedId] = observed.toLowerCase().split('@');
    return id !== undefined && observedId !== undefined ? id === observedId : name === observedName;
  },
  compareContexts,
};

export const system: CiSystem<Cause> = {
  namesScope: (_, literal) =>
    /^(?:repo:[^/:@]+(?:\/[^/:]+:|@\d+\/[^/:@]+[@:])|repository:[^/:]+\/[^/:]+:|repository_id:\d+:)/.test(literal),
  subjectFlaw,
  subjectRules: [
    {
      id: 'github-ref-form',
      about: 'A GitHub subject names a ref without the `ref:refs/heads/` or `ref:refs/tags/` before it.',
    },
  ],
  levels: LEVELS,
  ownerNames: ['repository_owner', 'repository'],
  compareSubjects,
  // Claims that a customised subject can begin with (GitHub docs, "Customizing the token claims"). Claims before the owner
  // may only have values that no job can choose: a workflow's name can contain colons, and so a whole subject.
  ownerSubject:
    /^(?:(?:ref_type|ref_protected|runner_environment|event_name|repository_visibility):[\w-]+:)*(?:(?:repo|repository):[^/:@]+[/@]|(?:repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+:)/,
  // Not job_workflow_ref: everybody may call the reusable workflow of a public repository.
  scopeClaims: { owner: ['repository_owner_id', 'enterprise_id'], scope: ['repository_id'], path: ['repository'] },
  canHoldWildcard: (subject) => parseSubject(subject)?.kind === 'environment',
  renamable: 'owner or repository',
  narrowerJob(sub) {
    const subject = parseSubject(sub);
    if (subject === undefined || subject.kind === 'environment') return undefined;
    return {
      lacks: `This job runs for ${contextName(contextOf(subject))} and names no environment.`,
      fix: 'If the role trusts an environment, add "environment: <name>" to the job. If it trusts another branch, run the job there. Don\'t widen the trust policy.',
    };
  },
  subjectSubstitute: {
    claim: 'job_workflow_ref',
    noun: 'workflows',
    everything: 'every workflow, of every repository whose tokens come from the issuer',
    nameOne: 'Name one workflow, <owner>/<repository>/<path>@<ref>, or add a condition on ":sub".',
    nameInFull:
      'Name the repository of the workflow in full before the first wildcard: <owner>/<repository>/<path>@<ref>.',
    namesScope: (pattern) => /^[^/*?]+\/[^/*?]+\//.test(pattern),
  },
};

const SUBJECT = /^repo:([^/:@]+)(?:@(\d+))?\/([^/:@]+)(?:@(\d+))?:(.+)$/s;

function parseSubject(sub: string): GitHubSubject | undefined {
  const group = capture(SUBJECT, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'github',
    owner: group(1),
    ...(group(2) === '' ? {} : { ownerId: group(2) }),
    repository: group(3),
    ...(group(4) === '' ? {} : { repositoryId: group(4) }),
    ...parseContext(group(5)),
  };
}

function parseContext(text: string): Pick<GitHubSubject, 'kind' | 'context'> {
  if (text === 'pull_request') return { kind: 'pull-request', context: text };
  if (text.startsWith('environment:')) return { kind: 'environment', context: text.slice('environment:'.length) };
  if (text.startsWith('ref:')) return { kind: 'ref', context: text.slice('ref:'.length) };
  return { kind: 'other', context: text };
}

/** A branch without `refs/heads/`, or a ref without `ref:` before it. */
const SHORT_REF = /^(repo:[^:]+:)(?:ref:(?!refs\/|[*?])(.+)|(refs\/.+))$/;

function subjectFlaw(expected: string): SubjectFlaw<Cause> | undefined {
  const parts = capture(SHORT_REF, expected);
  if (parts === undefined) return undefined;
  return {
    id: 'github-ref-form',
    message: `"${expected}" does not name a ref as the token does: ref:refs/heads/<branch> or ref:refs/tags/<tag>`,
    replacement: `${parts(1)}ref:${parts(3) || `refs/heads/${parts(2)}`}`,
  };
}

/** Detects a policy without the ids that GitHub adds to the names in subjects of new, renamed and moved repositories. */
function compareSubjects({ expected, sub }: SubjectComparison): SubjectDifference<Cause> | undefined {
  const { ownerId, repositoryId } = parseSubject(sub) ?? {};
  if (ownerId === undefined || repositoryId === undefined) return undefined;
  const plain = sub.replace(`@${ownerId}/`, '/').replace(`@${repositoryId}:`, ':');
  return matchesPattern(wildcardPattern(expected), plain)
    ? {
        cause: 'other-subject',
        detail: `. The token has the ids of owner and repository behind their names ("@${ownerId}" and "@${repositoryId}"), which the policy lacks.`,
      }
    : undefined;
}

/** Completes a ref that a policy writes short, so that it is compared by its meaning. */
function fullRef(context: string): string {
  const short = capture(/^(?:ref:(?!refs\/|[*?])(.+)|(refs\/.+))$/, context);
  return short === undefined ? context : `ref:${short(2) || `refs/heads/${short(1)}`}`;
}

function compareContexts(expected: string, observed: string): ContextDifference {
  const environment = capture(/^environment:(.+)$/s, expected)?.(1);
  const target = contextName(expected);
  return {
    detail: `The policy wants ${target}, but the job runs for ${contextName(observed)}`,
    jobChange: {
      fix:
        environment === undefined
          ? `Run the job for ${target}.`
          : `Give the job the environment: "environment: ${environment}".`,
      alternative: `admit ${contextName(observed)} as well, without ${target}`,
    },
  };
}

function contextOf({ kind, context }: GitHubSubject): string {
  return kind === 'environment' || kind === 'ref' ? `${kind}:${context}` : context;
}

/** Names what a job runs for, or a pattern for it. */
function contextName(context: string): string {
  const environment = capture(/^environment:(.+)$/s, context)?.(1);
  const ref = capture(/^ref:(.+)$/s, context)?.(1);
  if (environment !== undefined) return `the environment "${environment}"`;
  if (ref !== undefined) return refName(ref);
  return context === 'pull_request' ? 'pull requests' : `"${context}"`;
}
