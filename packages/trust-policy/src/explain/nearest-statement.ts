import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { type LintedStatement, lintedCondition, lintedPolicy } from '../lint/rule.ts';
import { issuerPath } from '../policy/arn.ts';
import type { StatementTrace } from '../policy/model.ts';
import { whyUnknown } from '../policy/request-context.ts';
import { alternatives } from '../text/alternatives.ts';
import { pairs } from '../text/pairs.ts';
import type { TokenIdentity } from '../token/statement-for.ts';
import type { CauseId } from './causes.ts';
import { diagnoseCondition } from './condition-diagnosis.ts';
import type { Diagnosis } from './diagnosis.ts';
import { type ExplanationParts, failingCondition, isUndecided, mayHold, type Question } from './explanation.ts';
import { diagnosePrincipal, isAboutOtherSystems } from './principal-diagnosis.ts';

/** Explains why the Allow that comes nearest to admitting the token does not admit it. */
export function explainNearest(question: Question, trace: readonly StatementTrace[]): ExplanationParts {
  const [nearest] = pairs(lintedPolicy(question.document).statements, trace)
    .filter(([, { effect }]) => effect === 'Allow')
    .map(([linted, traced]) => ({ linted, traced }))
    .toSorted((one, other) => distance(one, question.identity) - distance(other, question.identity));
  if (nearest === undefined) {
    return {
      verdict: 'denied',
      cause: 'no-allow',
      summary: 'The policy has no Allow statement, so it admits nobody.',
      conditions: [],
      fix: 'Add a statement that admits this token.',
    };
  }
  const { path, conditions } = nearest.traced;
  return {
    verdict: 'denied',
    ...diagnose(nearest, question),
    path,
    conditions: conditions.filter(({ matched }) => !matched).map(failingCondition),
    kept: conditions.filter(isUndecided),
  };
}

interface Candidate {
  readonly linted: LintedStatement;
  readonly traced: StatementTrace;
}

/** Ranks statements: first those for the right provider, then those with the fewest conditions that certainly fail. */
function distance({ linted, traced }: Candidate, { issuer }: TokenIdentity): number {
  const system = recogniseIssuer(issuer)?.provider.id;
  const rank = traced.principalMatched
    ? 0
    : linted.issuers.includes(issuerPath(issuer))
      ? 1
      : linted.issuers.some((path) => recogniseIssuer(path)?.provider.id === system)
        ? 2
        : 3;
  const misses = traced.conditions.filter((condition) => !mayHold(condition)).length + (traced.actionMatched ? 0 : 1);
  return rank * 1_000_000 + misses;
}

/** Causes to fix first: conditions that no token can fulfil, before those that only this token fails. */
const FIRST_CAUSES: readonly CauseId[] = [
  'unknown-operator',
  'provider-arn-as-key',
  'scheme-in-key',
  'key-other-issuer',
  'unsupported-key',
  'placeholder',
];

/** Explains what keeps the statement from admitting the token: its principal, its action and its conditions. */
function diagnose(candidate: Candidate, question: Question): Diagnosis {
  const { linted, traced } = candidate;
  const { identity, providerArn } = question;
  const principalDiagnosis = () => diagnosePrincipal(linted, identity.issuer, providerArn);
  if (!traced.principalMatched && isAboutOtherSystems(linted, identity.issuer)) return principalDiagnosis();
  // Statements that match completely were handled earlier, so there is at least one diagnosis.
  const diagnosis = [
    ...(traced.principalMatched ? [] : [principalDiagnosis()]),
    ...(traced.actionMatched ? [] : [diagnoseAction(candidate)]),
    ...diagnoseConditions(candidate, question),
  ].reduce(appendFix);
  const open = traced.conditions.flatMap(({ operator, key, unknownKey }) =>
    unknownKey === undefined ? [] : [` ${operator} on "${key}" may hold or not: ${whyUnknown(unknownKey)}.`],
  );
  const where = traced.principalMatched && traced.actionMatched ? `In ${traced.path}, ` : '';
  return { ...diagnosis, summary: `${where}${diagnosis.summary}`, fix: `${diagnosis.fix}${open.join('')}` };
}

function diagnoseAction({ linted, traced }: Candidate): Diagnosis {
  const { action } = linted.statement;
  const written = `${action.negated ? 'everything but ' : ''}${alternatives(action.patterns)}`;
  return {
    cause: 'action-missing',
    summary: `${traced.path} allows ${written}, but a web identity token asks for "sts:AssumeRoleWithWebIdentity".`,
    fix: `Write "Action": "sts:AssumeRoleWithWebIdentity" in ${traced.path}.`,
  };
}

function diagnoseConditions({ linted, traced }: Candidate, { claims, identity, admitting }: Question): Diagnosis[] {
  const issuers = [issuerPath(identity.issuer)];
  return pairs(linted.conditions, traced.conditions)
    .filter(([, trace]) => !mayHold(trace))
    .map(([{ condition }, trace]) =>
      // Keys are read for the token's issuer, because the statement may trust another one.
      diagnoseCondition({
        trace,
        linted: lintedCondition(condition, issuers),
        claims,
        sub: identity.sub,
        statement: admitting,
      }),
    )
    .toSorted((one, other) => rankOf(one.cause) - rankOf(other.cause));
}

/** Keeps the first diagnosis and adds the next one to its fix. */
function appendFix(first: Diagnosis, next: Diagnosis): Diagnosis {
  return { ...first, fix: `${first.fix} Then: ${next.summary}` };
}

function rankOf(cause: CauseId): number {
  const rank = FIRST_CAUSES.indexOf(cause);
  return rank === -1 ? FIRST_CAUSES.length : rank;
}
