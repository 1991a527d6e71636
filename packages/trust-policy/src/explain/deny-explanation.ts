import { advice, type Fix } from '../fix/fix.ts';
import { lintedPolicy } from '../lint/rule.ts';
import type { StatementTrace } from '../policy/model.ts';
import { alternatives } from '../text/alternatives.ts';
import { pairs } from '../text/pairs.ts';
import { type Candidate, candidateOf } from './candidate.ts';
import { type ExplanationParts, failingCondition, type Question } from './explanation.ts';
import { belongsToAnotherOwner } from './owner-evidence.ts';
import { ANOTHER_OWNER, subjectDifference } from './subject-diagnosis.ts';

/** Explains a Deny that covers the token. A Deny is intentional, so the fix never removes it. */
export function explainDeny(question: Question, deny: StatementTrace): ExplanationParts {
  const because = deny.conditions.map(
    ({ operator, key, expected, observed }) =>
      `${operator} on "${key}" with ${alternatives(expected)} holds for ${observed === undefined ? 'a token without it' : alternatives(observed)}`,
  );
  return {
    verdict: 'denied',
    cause: 'explicit-deny',
    summary: `${deny.path} denies this token${because.length === 0 ? '' : `: ${because.join('; ')}`}. A Deny wins over every Allow.`,
    path: deny.path,
    conditions: deny.conditions.map(failingCondition),
    fix: fixFor(question, deny),
  };
}

function fixFor({ document, claims, job }: Question, deny: StatementTrace): Fix {
  const policy = lintedPolicy(document);
  if (belongsToAnotherOwner(policy, claims, job.identity)) return advice(ANOTHER_OWNER, { widens: false });
  const candidates = pairs(policy.statements, [deny, ...policy.statements.map(() => deny)])
    .filter(([{ statement }]) => statement.path === deny.path)
    .map(([linted]) => candidateOf(linted, deny, job.identity.issuer));
  const differences = candidates.flatMap((candidate) => differencesOf(candidate, { sub: job.identity.sub, claims }));
  const change = differences.find(({ jobChange }) => jobChange !== undefined)?.jobChange;
  if (change !== undefined)
    return advice(`${change.fix} ${deny.path} keeps out other jobs on purpose.`, { widens: false });
  if (differences.length > 0) {
    return advice(
      `The token does not belong to an owner that ${deny.path} admits. Nothing in the policy needs to change.`,
      { widens: false },
    );
  }
  return advice(
    `${deny.path} keeps this job out on purpose. Change the job or the request so that it is not covered. Keep the Deny: without it, the role admits all that it covers and an Allow names.`,
    { widens: false },
  );
}

/** Differences between the token's subject and those that a Deny excepts. */
function differencesOf(candidate: Candidate, token: { readonly sub: string; readonly claims: Question['claims'] }) {
  return candidate.conditions
    .filter(({ linted }) => linted.claim === 'sub' && linted.operator?.negated === true)
    .flatMap(({ linted, trace }) => trace.expected.map((expected) => subjectDifference(linted, expected, token)))
    .filter((difference) => difference !== undefined);
}
