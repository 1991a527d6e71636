import type { Issuer } from '../ci-systems/providers.ts';
import {
  type AzureSubject,
  type BitbucketSubject,
  type GitHubSubject,
  parseAzureDevOps,
  parseSubject,
} from '../ci-systems/subject.ts';
import { subjectFlaw } from '../ci-systems/subject-flaws.ts';
import { takesWildcards } from '../lint/rule.ts';
import { literalPattern, matchesPattern, wildcardPattern } from '../policy/glob.ts';
import type { Claims } from '../policy/model.ts';
import { capture } from '../text/capture.ts';
import { pairs } from '../text/pairs.ts';
import { bareUuid, UUID } from '../text/uuid.ts';
import { textList } from '../token/claims.ts';
import type { CauseId } from './causes.ts';
import {
  type ConditionQuestion,
  caseMismatch,
  type Diagnosis,
  equalsWithWildcard,
  expectation,
  rewriting,
  sentence,
} from './diagnosis.ts';

/** One of the values the condition expects. */
interface ValueQuestion extends ConditionQuestion {
  readonly expected: string;
  /** Both sides, without a full stop. */
  readonly saying: string;
  /** What to write so that this token is admitted, as part of a sentence. */
  readonly rewrite: string;
}

/** Why a condition on the subject fails. Of several expected values the one that comes nearest is explained. */
export function diagnoseSubject(question: ConditionQuestion): Diagnosis {
  const { trace, statement } = question;
  const rewrite = rewriting(trace, 'sub', statement);
  const diagnoses = trace.expected.map((expected) => {
    const asked = { ...question, expected, saying: expectation(trace, `"${expected}"`), rewrite };
    const diagnosis = diagnoseValue(asked);
    // What others may be admitted by stays beside what this token needs; what admits nobody does not.
    return OF_OTHERS.has(diagnosis.cause)
      ? diagnosis
      : diagnoseValue({ ...asked, rewrite: rewriting(trace, 'sub', statement, expected) });
  });
  return (
    diagnoses.find(({ cause }) => cause !== 'other-subject') ??
    diagnoses[0] ?? {
      cause: 'condition-failed',
      summary: sentence(expectation(trace)),
      fix: sentence(rewrite),
    }
  );
}

/** Causes by which a value may be right for another job. */
const OF_OTHERS: ReadonlySet<CauseId> = new Set([
  'other-subject',
  'deployment-missing',
  'other-environment',
  'connection-mismatch',
]);

function diagnoseValue(question: ValueQuestion): Diagnosis {
  const { trace, linted, sub, expected, saying, rewrite } = question;
  const { issuer } = linted;
  const fix = sentence(rewrite);
  if (!takesWildcards(linted) && matchesPattern(wildcardPattern(expected), sub)) {
    return equalsWithWildcard(saying, trace.operator, fix);
  }
  if (matchesPattern(wildcardPattern(expected.toLowerCase()), sub.toLowerCase())) {
    return caseMismatch(saying, fix);
  }
  const compared = issuer && compare(question, issuer);
  if (compared !== undefined) return compared;
  const flaw = issuer && subjectFlaw(issuer, expected);
  if (flaw !== undefined) return { cause: flaw.id, summary: `${saying}. ${sentence(flaw.message)}`, fix };
  return { cause: 'other-subject', summary: `${saying}.`, fix };
}

function compare(question: ValueQuestion, issuer: Issuer): Diagnosis | undefined {
  const observed = parseSubject(issuer.provider.id, question.sub);
  if (observed?.provider === 'bitbucket') return compareBitbucket(observed, question, issuer);
  if (observed?.provider === 'azure-devops') return compareAzure(observed, question);
  if (observed?.provider === 'github') return compareGitHub(observed, question);
  return undefined;
}

/** From the claim, and the usual audience. */
function workspacesOf(claims: Claims): (string | undefined)[] {
  const audiences = textList(claims['aud']).map((audience) => audience.replace('ari:cloud:bitbucket::workspace/', ''));
  return [...textList(claims['workspaceUuid']), ...audiences].map(bareUuid);
}

const WELL_FORMED = new RegExp(`^\\{(${UUID})\\}[*?]*(?::(.*))?$`);
const STARTS_WITH_UUID = new RegExp(`^\\{(${UUID})\\}`);

/** Only for a pattern that begins with a UUID in braces; what else may be wrong is a flaw of its own. */
function compareBitbucket(observed: BitbucketSubject, question: ValueQuestion, issuer: Issuer): Diagnosis | undefined {
  const { claims, expected, saying, rewrite } = question;
  const wanted = capture(WELL_FORMED, expected);
  if (wanted === undefined) return undefined;
  const flaw = subjectFlaw(issuer, expected)?.id;
  const fix = sentence(rewrite);
  const repository = wanted(1).toLowerCase();
  if (repository !== observed.repositoryUuid.toLowerCase()) {
    const isWorkspace = workspacesOf(claims).includes(repository);
    const what = isWorkspace
      ? ". The policy begins with the workspace's UUID, the token's subject with the repository's."
      : ': that is another repository.';
    return { cause: 'other-subject', summary: `${saying}${what}`, fix };
  }
  const rest = wanted(2).toLowerCase();
  const environment = observed.deploymentEnvironmentUuid?.toLowerCase();
  if (flaw === 'bitbucket-step-missing' || rest === `{${environment}}`) {
    return {
      cause: 'bitbucket-step-missing',
      summary: `${saying}. It ends before the step, whose UUID is new in every run.`,
      fix,
    };
  }
  if (flaw === 'bitbucket-pinned-step') {
    return {
      cause: 'bitbucket-pinned-step',
      summary: `${saying}. It ends in the UUID of one step of one run; every run has another.`,
      fix,
    };
  }
  const named = capture(STARTS_WITH_UUID, rest)?.(1);
  if (named === undefined) return undefined;
  if (environment === undefined) {
    return {
      cause: 'deployment-missing',
      summary: `${saying}. The policy wants the deployment environment {${named}}, but the step has no "deployment:", so its token names none.`,
      fix: `Give the step a "deployment:" to that environment. Or, to admit every step of the repository, ${rewrite}.`,
    };
  }
  return {
    cause: 'other-environment',
    summary: `${saying}. The policy wants the deployment environment {${named}}, but the step deploys to {${environment}}.`,
    fix: `Deploy to that environment. Or, to admit this one, ${rewrite}.`,
  };
}

function compareAzure(observed: AzureSubject, question: ValueQuestion): Diagnosis | undefined {
  const { linted, expected, saying, rewrite } = question;
  const wanted = parseAzureDevOps(expected);
  if (wanted === undefined) return compareAzureScheme(observed, question);
  if (wanted.kind === 'service-connection' && observed.kind === 'pipeline') {
    return {
      cause: 'connection-mismatch',
      summary: `${saying}. The policy wants the service connection "${wanted.serviceConnection}", but the job uses none, so its token names the pipeline.`,
      fix: `Set the task's service connection to "${wanted.serviceConnection}". Or, to admit the pipeline without one, ${rewrite}.`,
    };
  }
  if (wanted.kind === 'pipeline' && observed.kind === 'service-connection') {
    return {
      cause: 'connection-mismatch',
      summary: `${saying}. The policy wants the pipeline "${wanted.pipeline}", but the job uses the service connection "${observed.serviceConnection}", so its token names that.`,
      fix: `Remove the service connection from the task. Or, to admit the service connection, ${rewrite}.`,
    };
  }
  if (wanted.kind !== observed.kind) return undefined;
  const differing = differingParts(wanted, observed, takesWildcards(linted));
  return { cause: 'other-subject', summary: `${saying}: ${differing}.`, fix: sentence(rewrite) };
}

/** For a pattern that ends before the connection or pipeline, e.g. `p://acme/*`: only its scheme can be compared. */
function compareAzureScheme(
  observed: AzureSubject,
  { expected, saying, rewrite }: ValueQuestion,
): Diagnosis | undefined {
  if (/^sc:\/\/[^/]/.test(expected) && observed.kind === 'pipeline') {
    return {
      cause: 'connection-mismatch',
      summary: `${saying}. The policy wants a service connection, but the job uses none, so its token names the pipeline.`,
      fix: `Set the task's service connection. Or, to admit the pipeline without one, ${rewrite}.`,
    };
  }
  if (/^p:\/\/[^/]/.test(expected) && observed.kind === 'service-connection') {
    return {
      cause: 'connection-mismatch',
      summary: `${saying}. The policy wants a pipeline, but the job uses the service connection "${observed.serviceConnection}", so its token names that.`,
      fix: `Remove the service connection from the task. Or, to admit the service connection, ${rewrite}.`,
    };
  }
  return undefined;
}

/** GitHub writes ids behind the names of owner and repository where the repository is new, renamed or moved. */
function compareGitHub(
  { ownerId, repositoryId }: GitHubSubject,
  { sub, expected, saying, rewrite }: ValueQuestion,
): Diagnosis | undefined {
  if (ownerId === undefined || repositoryId === undefined) return undefined;
  const named = sub.replace(`@${ownerId}/`, '/').replace(`@${repositoryId}:`, ':');
  return matchesPattern(wildcardPattern(expected), named)
    ? {
        cause: 'other-subject',
        summary: `${saying}. The token has the ids of owner and repository behind their names ("@${ownerId}" and "@${repositoryId}"), which the policy lacks.`,
        fix: sentence(rewrite),
      }
    : undefined;
}

/** `the project differs`: the parts of two subjects of one kind that do not fit. */
function differingParts(wanted: AzureSubject, observed: AzureSubject, wildcards: boolean): string {
  const patternOf = wildcards ? wildcardPattern : literalPattern;
  const parts = pairs(Object.entries(wanted), Object.entries(observed))
    .filter(([[, pattern], [, seen]]) => !matchesPattern(patternOf(pattern), seen))
    .map(([[name]]) => name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`));
  return `the ${parts.join(' and the ')} ${parts.length === 1 ? 'differs' : 'differ'}`;
}
