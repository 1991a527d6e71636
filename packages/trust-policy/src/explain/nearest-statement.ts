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
import { type Explained, failing, isOpen, mayHold, type Question } from './explanation.ts';
import { diagnosePrincipal, isAboutOthers } from './principal-diagnosis.ts';

/** Why the Allow that comes nearest to admitting the token does not. */
export function explainNearest(question: Question, trace: readonly StatementTrace[]): Explained {
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
    conditions: conditions.filter(({ matched }) => !matched).map(failing),
    kept: conditions.filter(isOpen),
  };
}

interface Candidate {
  readonly linted: LintedStatement;
  readonly traced: StatementTrace;
}

/** A statement for the right provider is nearer than any other; then the one with the fewest certain misses. */
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

/** What to mend first: a condition that cannot work whatever the token, before one that only this token fails. */
const ORDER: readonly CauseId[] = [
  'unknown-operator',
  'provider-arn-as-key',
  'scheme-in-key',
  'key-other-issuer',
  'unsupported-key',
  'placeholder',
];

/** All that keeps the statement from admitting the token: whom it names, what it allows, and under which conditions. */
function diagnose(candidate: Candidate, question: Question): Diagnosis {
  const { linted, traced } = candidate;
  const { identity, providerArn } = question;
  const ofPrincipal = () => diagnosePrincipal(linted, identity.issuer, providerArn);
  if (!traced.principalMatched && isAboutOthers(linted, identity.issuer)) return ofPrincipal();
  // Of a statement that could match in everything there is none: that is explained before.
  const diagnosis = [
    ...(traced.principalMatched ? [] : [ofPrincipal()]),
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
      // Read for the token's issuer: that which the statement trusts may be another.
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
  const rank = ORDER.indexOf(cause);
  return rank === -1 ? ORDER.length : rank;
}
