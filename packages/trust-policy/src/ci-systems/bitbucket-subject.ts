/** Subjects of Bitbucket Pipelines: `{repository UUID}[:{environment UUID}]:{step UUID}`. */
import { textList } from '../policy/claims.ts';
import type { Claims } from '../policy/model.ts';
import { capture } from '../text/capture.ts';
import { bareUuid, UUID } from '../text/uuid.ts';
import type {
  Flaw,
  SubjectComparison,
  SubjectDifference,
  SubjectFlaw,
  SubjectRule,
  SubjectRuleContext,
} from './ci-system.ts';

/** A Bitbucket step. UUIDs are without the braces that the subject has. */
export interface BitbucketSubject {
  readonly provider: 'bitbucket';
  readonly kind: 'step';
  readonly repositoryUuid: string;
  /** Present only if the step has a `deployment:`. */
  readonly deploymentEnvironmentUuid?: string;
  /** New in every run. */
  readonly stepUuid: string;
}

/** Causes of a refusal that only Bitbucket has, each with one sentence for the documentation. */
export const bitbucketCauses = {
  'bitbucket-braces-missing': 'A UUID lacks the braces it has in the token.',
  'bitbucket-braces-surplus': 'The braces of a UUID are doubled.',
  'bitbucket-slug': 'The repository is named by its slug; the token has its UUID.',
  'bitbucket-environment-name': 'The deployment environment is named; the token has its UUID.',
  'bitbucket-pinned-step': 'The subject ends in the UUID of one step of one run.',
  'bitbucket-step-missing': 'The subject ends before the step that follows in the token.',
  'deployment-missing': 'The policy wants a deployment environment, and the step has no `deployment:`.',
  'other-environment': 'The step deploys to another environment than the policy wants.',
} as const;

export type BitbucketCause = keyof typeof bitbucketCauses;

export const bitbucketRules: readonly SubjectRule[] = [
  {
    id: 'bitbucket-braces-missing',
    about: 'A UUID in a Bitbucket subject has no braces; in the token they are part of it.',
  },
  { id: 'bitbucket-braces-surplus', about: 'The braces of a UUID in a Bitbucket subject are doubled.' },
  {
    id: 'bitbucket-uuid-case',
    about: 'A UUID in a Bitbucket subject has capital letters; the token has small ones, and case counts.',
    check: uuidCaseFlaw,
  },
  { id: 'bitbucket-slug', about: 'A Bitbucket subject names the repository by its slug; the token has its UUID.' },
  {
    id: 'bitbucket-environment-name',
    about: 'A Bitbucket subject names the deployment environment; the token has its UUID.',
  },
  {
    id: 'bitbucket-pinned-step',
    about: 'A Bitbucket subject ends in a UUID: that of a step, which is new in every run.',
  },
  {
    id: 'bitbucket-step-missing',
    about: 'A Bitbucket subject ends after the repository; in the token the step follows.',
  },
  {
    id: 'bitbucket-workspace-subject',
    about: "A Bitbucket subject begins with the workspace's UUID; the token's begins with the repository's.",
    check: workspaceFlaw,
  },
];

const SUBJECT = /* @__PURE__ */ new RegExp(`^\\{(${UUID})\\}(?::\\{(${UUID})\\})?:\\{(${UUID})\\}$`);
const REPOSITORY_ALONE = /* @__PURE__ */ new RegExp(`^\\{${UUID}\\}$`);
const ENDS_IN_UUID = /* @__PURE__ */ new RegExp(`^(.*):(\\{${UUID}\\})$`);
const STARTS_WITH_UUID = /* @__PURE__ */ new RegExp(`^\\{(${UUID})\\}`);
const ANY_REPOSITORY = /* @__PURE__ */ new RegExp(`^[*?]+:\\{(${UUID})\\}:`);
const REPOSITORY_AND_REST = /* @__PURE__ */ new RegExp(`^\\{(${UUID})\\}:?(.*)$`, 's');
const REPOSITORY_PATTERN = /* @__PURE__ */ new RegExp(`^\\{(${UUID})\\}[*?]*(?::(.*))?$`);

export function parseBitbucketSubject(sub: string): BitbucketSubject | undefined {
  const group = capture(SUBJECT, sub);
  if (group === undefined) return undefined;
  return {
    provider: 'bitbucket',
    kind: 'step',
    repositoryUuid: group(1),
    ...(group(2) === '' ? {} : { deploymentEnvironmentUuid: group(2) }),
    stepUuid: group(3),
  };
}

/** Whether a pattern contains the UUID of a repository. */
export function namesRepository(pattern: string): boolean {
  return new RegExp(`\\{${UUID}\\}`).test(pattern);
}

export function bitbucketSubjectFlaw(expected: string): SubjectFlaw<BitbucketCause> | undefined {
  return bracesFlaw(expected) ?? nameFlaw(expected) ?? endFlaw(expected);
}

function bracesFlaw(expected: string): SubjectFlaw<BitbucketCause> | undefined {
  if (/\{\{|\}\}/.test(expected)) {
    return {
      id: 'bitbucket-braces-surplus',
      message: `"${expected}" doubles the braces; the token has each UUID in one pair of braces`,
      replacement: expected.replaceAll(/\{+/g, '{').replaceAll(/\}+/g, '}'),
    };
  }
  const braced = expected.replaceAll(new RegExp(`\\{?(${UUID})\\}?`, 'g'), '{$1}');
  if (braced === expected) return undefined;
  return {
    id: 'bitbucket-braces-missing',
    message: `"${expected}" has a UUID without its braces; in the token's subject the braces are part of it`,
    replacement: braced,
  };
}

function nameFlaw(expected: string): SubjectFlaw<BitbucketCause> | undefined {
  const name = expected.split(':').find(isName);
  if (name === undefined) return undefined;
  if (expected.startsWith(name)) {
    return {
      id: 'bitbucket-slug',
      message: `"${expected}" names the repository by its slug; the token has only UUIDs: {repository UUID}[:{environment UUID}]:{step UUID}`,
      fix: 'Write the repository\'s UUID in braces, then ":*". Repository settings, OpenID Connect, shows it.',
    };
  }
  return {
    id: 'bitbucket-environment-name',
    message: `"${name}" names the deployment environment; the token has the environment's UUID in its place`,
    fix: `Write the environment's UUID in braces instead of "${name}". Repository settings, OpenID Connect, shows it.`,
  };
}

/**
 * Whether a part of a subject has letters or digits outside a UUID. The beginning of a UUID before a wildcard is not a
 * name.
 */
function isName(part: string): boolean {
  if (/[*?]/.test(part) && /^[{}*?0-9a-f-]*$/i.test(part)) return false;
  return /[A-Za-z0-9]/.test(part.replaceAll(new RegExp(`\\{${UUID}\\}`, 'g'), ''));
}

function endFlaw(expected: string): SubjectFlaw<BitbucketCause> | undefined {
  if (REPOSITORY_ALONE.test(expected)) {
    return {
      id: 'bitbucket-step-missing',
      message: `"${expected}" ends after the repository; in the token the step's UUID follows`,
      replacement: `${expected}:*`,
    };
  }
  const end = capture(ENDS_IN_UUID, expected);
  if (end === undefined) return undefined;
  const message = `"${expected}" ends in ${end(2)}; a token's subject ends in the UUID of its step, which is new in every run`;
  // A UUID after the repository may be that of an environment; a UUID after an environment cannot.
  const mayBeEnvironment = REPOSITORY_ALONE.test(end(1));
  return {
    id: 'bitbucket-pinned-step',
    message,
    replacement: mayBeEnvironment ? `${expected}:*` : `${end(1)}:*`,
    ...(mayBeEnvironment
      ? {
          fix: `That is right if ${end(2)} is a deployment environment. If it is a step, write "${end(1)}:*", which admits every step of the repository.`,
        }
      : {}),
  };
}

function uuidCaseFlaw(expected: string, { ignoresCase }: SubjectRuleContext): Flaw | undefined {
  const lower = expected.replaceAll(new RegExp(UUID, 'g'), (uuid) => uuid.toLowerCase());
  if (ignoresCase || lower === expected) return undefined;
  return {
    message: `"${expected}" has a UUID with capital letters; the token's subject has small ones, and case counts`,
    replacement: lower,
  };
}

function workspaceFlaw(expected: string, { audiences }: SubjectRuleContext): Flaw | undefined {
  const parts = capture(REPOSITORY_AND_REST, expected);
  const workspaces = audiences.flatMap((audience) => new RegExp(UUID).exec(audience.toLowerCase())?.[0] ?? []);
  if (parts === undefined || !workspaces.includes(parts(1).toLowerCase())) return undefined;
  const rest = parts(2);
  return {
    message: `"${expected}" begins with the workspace's UUID, as the audience has it; the token's subject begins with the repository's`,
    ...(rest.startsWith('{') ? { replacement: rest } : { fix: 'Write the UUID of the repository in its place.' }),
  };
}

/**
 * Compares patterns that begin with a UUID, or leave the repository open before an environment. Missing and doubled braces
 * are a flaw that matters only if nothing else differs.
 */
export function compareBitbucketSubjects(comparison: SubjectComparison): SubjectDifference<BitbucketCause> | undefined {
  const observed = parseBitbucketSubject(comparison.sub);
  if (observed === undefined) return undefined;
  const expected = withBraces(comparison.expected);
  const anyRepository = capture(ANY_REPOSITORY, expected)?.(1);
  if (anyRepository !== undefined) return compareEnvironments(anyRepository.toLowerCase(), observed);
  const expectedGroup = capture(REPOSITORY_PATTERN, expected);
  if (expectedGroup === undefined) return undefined;
  const repository = expectedGroup(1).toLowerCase();
  if (repository === observed.repositoryUuid.toLowerCase()) {
    const difference = compareAfterRepository(expectedGroup(2).toLowerCase(), observed, comparison.flaw);
    return expected === comparison.expected || difference?.jobChange !== undefined ? difference : undefined;
  }
  return {
    cause: 'other-subject',
    detail: workspacesOf(comparison.claims).includes(repository)
      ? ". The policy begins with the workspace's UUID, the token's subject with the repository's."
      : ': that is another repository.',
  };
}

/** Puts each UUID in one pair of braces. */
function withBraces(expected: string): string {
  return expected.replaceAll(new RegExp(`\\{*(${UUID})\\}*`, 'g'), '{$1}');
}

function compareAfterRepository(
  rest: string,
  observed: BitbucketSubject,
  flaw: string | undefined,
): SubjectDifference<BitbucketCause> | undefined {
  const environment = observed.deploymentEnvironmentUuid?.toLowerCase();
  if (flaw === 'bitbucket-step-missing' || rest === `{${environment}}`) {
    return {
      cause: 'bitbucket-step-missing',
      detail: '. It ends before the step, whose UUID is new in every run.',
    };
  }
  const pinnedUuid = capture(STARTS_WITH_UUID, rest)?.(1);
  if (flaw === 'bitbucket-pinned-step' && (pinnedUuid === environment || rest === `{${pinnedUuid}}`)) {
    return pinnedStep(pinnedUuid ?? '', environment);
  }
  if (pinnedUuid !== undefined) return compareEnvironments(pinnedUuid, observed);
  const isNamed = flaw === 'bitbucket-environment-name' && !/^[*?]/.test(rest);
  return isNamed && environment === undefined ? deploymentMissing(rest) : undefined;
}

/** Explains a subject that ends in a UUID. After a repository, that may be the one of an environment. */
function pinnedStep(pinnedUuid: string, environment: string | undefined): SubjectDifference<BitbucketCause> {
  const difference = {
    cause: 'bitbucket-pinned-step',
    detail: '. It ends in the UUID of one step of one run; every run has another.',
  } as const;
  if (pinnedUuid === environment) return difference;
  return {
    ...difference,
    jobChange: {
      fix: `If {${pinnedUuid}} is a deployment environment, let the step deploy to it, and write ":*" after it in the policy, with StringLike.`,
      mayBeImpossible: true,
      alternative:
        environment === undefined ? 'admit every step of the repository' : `admit the environment {${environment}}`,
    },
  };
}

function compareEnvironments(
  pinnedUuid: string,
  { deploymentEnvironmentUuid }: BitbucketSubject,
): SubjectDifference<BitbucketCause> | undefined {
  const environment = deploymentEnvironmentUuid?.toLowerCase();
  if (environment === undefined) return deploymentMissing(`{${pinnedUuid}}`);
  if (environment === pinnedUuid) return undefined;
  return {
    cause: 'other-environment',
    detail: `. The policy wants the deployment environment {${pinnedUuid}}, but the step deploys to {${environment}}.`,
    jobChange: {
      fix: 'Deploy to that environment: change "deployment: <name>" of this step.',
      alternative: 'admit this one',
    },
  };
}

function deploymentMissing(environment: string): SubjectDifference<BitbucketCause> {
  return {
    cause: 'deployment-missing',
    detail: `. The policy wants the deployment environment ${environment.replace(/:\*$/, '')}, but the step has no "deployment:", so its token names none.`,
    jobChange: {
      fix: 'Add "deployment: <name>" to this step, with the name of that environment.',
      alternative: 'admit every step of the repository',
    },
  };
}

/** Returns the workspace's UUID from its claim and from the default audience. */
function workspacesOf(claims: Claims): (string | undefined)[] {
  const audiences = textList(claims['aud']).map((audience) => audience.replace('ari:cloud:bitbucket::workspace/', ''));
  return [...textList(claims['workspaceUuid']), ...audiences].map(bareUuid);
}
