import { text } from '../claims.ts';
import { matchesPattern, wildcardPattern } from '../glob.ts';
import type { Claims, ConditionTrace } from '../model.ts';
import type { Issuer } from '../providers.ts';
import { type BitbucketSubject, parseSubject, type Subject } from '../subject.ts';
import { subjectFlaw } from '../subject-flaws.ts';
import { bareUuid, UUID } from '../uuid.ts';
import { type Diagnosis, expectation, sentence } from './diagnosis.ts';

export interface SubjectQuestion {
  readonly trace: ConditionTrace;
  readonly issuer: Issuer | undefined;
  readonly claims: Claims;
  readonly sub: string;
  /** What to write so that this token is admitted, as part of a sentence. */
  readonly rewrite: string;
}

/** Why a condition on the subject fails. Of several expected values the one that comes nearest is explained. */
export function diagnoseSubject(question: SubjectQuestion): Diagnosis {
  const { trace } = question;
  const diagnoses = trace.expected.map((expected) => diagnoseValue(question, expected));
  return (
    diagnoses.find(({ cause }) => cause !== 'other-subject') ??
    diagnoses[0] ?? {
      cause: 'condition-failed',
      summary: sentence(expectation(trace)),
      fix: sentence(question.rewrite),
    }
  );
}

function diagnoseValue(question: SubjectQuestion, expected: string): Diagnosis {
  const { trace, sub, issuer, rewrite } = question;
  const saying = expectation(trace, `"${expected}"`);
  const fix = sentence(rewrite);
  if (/Equals/.test(trace.operator) && matchesPattern(wildcardPattern(expected), sub)) {
    return {
      cause: 'equals-with-wildcard',
      summary: `${saying}. ${trace.operator} takes "*" and "?" literally; only StringLike reads them as wildcards.`,
      fix,
    };
  }
  if (matchesPattern(wildcardPattern(expected.toLowerCase()), sub.toLowerCase())) {
    return {
      cause: 'case-mismatch',
      summary: `${saying}. They differ only in upper and lower case, which counts.`,
      fix,
    };
  }
  const observed = issuer === undefined ? undefined : parseSubject(issuer.provider.id, sub);
  const compared = observed && compare(observed, question, expected, saying);
  if (compared !== undefined) return compared;
  const flaw = issuer === undefined ? undefined : subjectFlaw(issuer, expected);
  if (flaw !== undefined) return { cause: flaw.id, summary: `${saying}. ${sentence(flaw.message)}`, fix };
  return { cause: 'other-subject', summary: `${saying}.`, fix };
}

function compare(
  observed: Subject,
  question: SubjectQuestion,
  expected: string,
  saying: string,
): Diagnosis | undefined {
  if (observed.provider === 'bitbucket') return compareBitbucket(observed, question, expected, saying);
  if (observed.provider === 'azure-devops') return compareAzure(observed, question, expected, saying);
  return undefined;
}

const WELL_FORMED = new RegExp(`^\\{(${UUID})\\}[*?]*(?::(.*))?$`);

/** Only for a pattern whose parts are UUIDs in braces; what else it may be is a flaw of its own. */
function compareBitbucket(
  observed: BitbucketSubject,
  { claims, rewrite, issuer }: SubjectQuestion,
  expected: string,
  saying: string,
): Diagnosis | undefined {
  const [, repository, rest = ''] = WELL_FORMED.exec(expected) ?? [];
  const flaw = issuer && subjectFlaw(issuer, expected);
  if (
    repository === undefined ||
    (flaw && flaw.id !== 'bitbucket-pinned-step' && flaw.id !== 'bitbucket-step-missing')
  ) {
    return undefined;
  }
  const fix = sentence(rewrite);
  if (repository.toLowerCase() !== observed.repositoryUuid.toLowerCase()) {
    const workspace = bareUuid(text(claims['workspaceUuid']) ?? '');
    const what = repository.toLowerCase() === workspace ? "that is the workspace's UUID" : 'that is another repository';
    return { cause: 'other-subject', summary: `${saying}: ${what}.`, fix };
  }
  const named = bareUuid(rest.split(':')[0] ?? '');
  const environment = observed.deploymentEnvironmentUuid?.toLowerCase();
  const pinned = flaw?.id === 'bitbucket-pinned-step';
  if (flaw?.id === 'bitbucket-step-missing' || (pinned && named === environment && rest === `{${named}}`)) {
    return {
      cause: 'bitbucket-step-missing',
      summary: `${saying}. It ends before the step, whose UUID is new in every run.`,
      fix,
    };
  }
  if (pinned) {
    return {
      cause: 'bitbucket-pinned-step',
      summary: `${saying}. It ends in the UUID of one step of one run; every run has another.`,
      fix,
    };
  }
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

function compareAzure(
  observed: Subject,
  { rewrite }: SubjectQuestion,
  expected: string,
  saying: string,
): Diagnosis | undefined {
  const wanted = parseSubject('azure-devops', expected);
  if (wanted === undefined || wanted.provider !== 'azure-devops' || observed.provider !== 'azure-devops')
    return undefined;
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
  return { cause: 'other-subject', summary: `${saying}: ${differing(wanted, observed)}.`, fix: sentence(rewrite) };
}

/** `the project differs`: the first part of two subjects of one kind that is not the same. */
function differing(wanted: Subject, observed: Subject): string {
  const seen = new Map<string, unknown>(Object.entries(observed));
  const part = Object.entries(wanted).find(([name, value]) => seen.get(name) !== value)?.[0] ?? 'subject';
  return `the ${part.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)} differs`;
}
