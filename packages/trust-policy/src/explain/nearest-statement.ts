import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { type LintedStatement, lintedPolicy } from '../lint/rule.ts';
import { issuerPath } from '../policy/arn.ts';
import type { StatementTrace } from '../policy/model.ts';
import { whyUnknown } from '../policy/request-context.ts';
import { alternatives } from '../text/alternatives.ts';
import { pairs } from '../text/pairs.ts';
import { addingAction, type Candidate, candidateOf } from './candidate.ts';
import type { CauseId } from './causes.ts';
import { diagnoseCondition } from './condition-diagnosis.ts';
import type { Diagnosis } from './diagnosis.ts';
import { type ExplanationParts, failingCondition, mayHold, type Question } from './explanation.ts';
import { withHeldConditions } from './job-statement.ts';
import { belongsToAnotherOwner } from './owner-evidence.ts';
import { diagnosePrincipal, isAboutOthers } from './principal-diagnosis.ts';
import { fixByStatement, fixFor } from './remedies.ts';
import { ANOTHER_OWNER, nearness } from './subject-diagnosis.ts';

/** Explains why the Allow that comes nearest to admitting the token does not admit it. */
export function explainNearest(question: Question, trace: readonly StatementTrace[]): ExplanationParts {
  const policy = lintedPolicy(question.document);
  const { admitting, identity } = question.job;
  const [nearest] = pairs(policy.statements, trace)
    .map(([linted, traced], index) => ({ index, ...diagnosedStatement(linted, traced, question) }))
    .filter(({ candidate }) => candidate.traced.effect === 'Allow')
    .toSorted((one, other) => distance(one, question) - distance(other, question));
  if (nearest === undefined) {
    return {
      verdict: 'denied',
      cause: 'no-allow',
      summary: 'The policy has no Allow statement, so nobody can assume the role.',
      conditions: [],
      fix: fixByStatement(question, admitting),
      statement: admitting,
    };
  }
  const { candidate, diagnoses, index } = nearest;
  const { path, conditions } = candidate.traced;
  const shared = {
    verdict: 'denied',
    path,
    conditions: conditions.filter(({ matched }) => !matched).map(failingCondition),
  } as const;
  const { cause, summary } = combined(diagnoses, candidate);
  if (belongsToAnotherOwner(policy, question.claims, identity)) {
    const fix = { text: ANOTHER_OWNER, widens: false };
    return { ...shared, cause: 'another-owner', summary: `${summary} The token belongs to another owner.`, fix };
  }
  const isOthers = isAboutOthers(candidate.linted, identity.issuer);
  const statement = isOthers ? admitting : withHeldConditions(admitting, candidate);
  const remedies = diagnoses.map(({ remedy }) => remedy);
  const fix = fixFor({ question, index, remedies, statement });
  const isSomebodyElses = remedies.some(({ kind }) => kind === 'none');
  return {
    ...shared,
    cause,
    summary,
    fix: isOthers ? fix : { ...fix, text: `${fix.text}${keptConditionsText(conditions)}` },
    ...(isSomebodyElses ? {} : { statement }),
  };
}

/** Names the conditions whose result is unknown. Proposals keep them. */
function keptConditionsText(conditions: StatementTrace['conditions']): string {
  return conditions
    .flatMap(({ operator, key, unknownKey }) =>
      unknownKey === undefined ? [] : [` ${operator} on "${key}" stays: ${whyUnknown(unknownKey)}.`],
    )
    .join('');
}

interface DiagnosedStatement {
  readonly candidate: Candidate;
  /** The cause to fix first comes first. */
  readonly diagnoses: readonly Diagnosis[];
}

/** Ranks statements: first those for the right provider, then those that fail by the least. */
function distance({ candidate, diagnoses }: DiagnosedStatement, { job }: Question): number {
  const { linted, traced, conditions } = candidate;
  const { issuer } = job.identity;
  const system = recogniseIssuer(issuer)?.provider.id;
  const rank = traced.principalMatched
    ? 0
    : linted.issuers.includes(issuerPath(issuer))
      ? 1
      : linted.issuers.some((path) => recogniseIssuer(path)?.provider.id === system)
        ? 2
        : 3;
  const misses = conditions.filter(({ trace }) => !mayHold(trace)).length + (traced.actionMatched ? 0 : 1);
  return rank * 1_000_000 + misses * 10 + Math.max(0, ...diagnoses.map(nearness));
}

/** Causes to fix first: conditions that no token can fulfil, then those that only this token fails. */
const FIRST_CAUSES: readonly CauseId[] = [
  'unknown-operator',
  'provider-arn-as-key',
  'scheme-in-key',
  'key-other-issuer',
  'unsupported-key',
  'placeholder',
];

/** Other limits come last: a job that may not assume the role does not need another address. */
function rankOf(cause: CauseId): number {
  const rank = FIRST_CAUSES.indexOf(cause);
  if (rank !== -1) return rank;
  return cause === 'condition-failed' ? FIRST_CAUSES.length + 1 : FIRST_CAUSES.length;
}

/** Finds the reasons why a statement does not admit the token: its principal, its action and its conditions. */
function diagnosedStatement(linted: LintedStatement, traced: StatementTrace, question: Question): DiagnosedStatement {
  const { providerArn, job, claims, document } = question;
  const { identity, admitting } = job;
  const candidate = candidateOf(linted, traced, identity.issuer);
  const principal = traced.principalMatched ? [] : [diagnosePrincipal(linted, identity.issuer, providerArn)];
  if (principal.length > 0 && isAboutOthers(linted, identity.issuer)) return { candidate, diagnoses: principal };
  const hasVariables = document.version === '2012-10-17';
  const failing = candidate.conditions
    .filter(({ trace }) => !mayHold(trace))
    .map(({ linted: condition, trace }) =>
      diagnoseCondition({ trace, linted: condition, claims, identity, admitting, hasVariables }),
    )
    .toSorted((one, other) => rankOf(one.cause) - rankOf(other.cause));
  const action = traced.actionMatched ? [] : [diagnoseAction(candidate)];
  return { candidate, diagnoses: [...principal, ...action, ...failing] };
}

const WEB_IDENTITY = 'sts:AssumeRoleWithWebIdentity';

function diagnoseAction(candidate: Candidate): Diagnosis {
  const { linted, traced } = candidate;
  const { action } = linted.statement;
  const actionText = `${action.negated ? 'everything but ' : ''}${alternatives(action.patterns)}`;
  return {
    cause: 'action-missing',
    summary: `${traced.path} allows ${actionText}, but a web identity token asks for "${WEB_IDENTITY}".`,
    remedy: { kind: 'correct', change: addingAction(candidate, WEB_IDENTITY) },
  };
}

/** Combines the reasons why a statement does not admit the token. The first cause is the one to name. */
function combined(diagnoses: readonly Diagnosis[], { traced }: Candidate): Pick<Diagnosis, 'cause' | 'summary'> {
  const where = traced.principalMatched && traced.actionMatched ? `In ${traced.path}, ` : '';
  const summary = diagnoses.map((one) => one.summary).join(' Then: ');
  // Statements that match completely were explained before, so there is at least one diagnosis.
  const [first] = diagnoses;
  return { cause: first?.cause ?? 'condition-failed', summary: `${where}${summary}` };
}
