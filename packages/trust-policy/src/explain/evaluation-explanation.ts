import { advice } from '../fix/fix.ts';
import { lint } from '../lint/lint.ts';
import type { Evaluation, StatementTrace } from '../policy/model.ts';
import { whyUnknown } from '../policy/request-context.ts';
import { alternatives } from '../text/alternatives.ts';
import { withConditions } from '../token/trust-statement.ts';
import { deniedFurtherAction } from '../token/web-identity.ts';
import { explainDeny } from './deny-explanation.ts';
import { type ExplanationParts, failingCondition, isUndecided, mayHold, type Question } from './explanation.ts';
import { explainFurtherAction } from './further-action.ts';
import { explainNearest } from './nearest-statement.ts';

/** Explains the evaluation of a policy. */
export function explainEvaluation(question: Question, { trace, decision, note }: Evaluation): ExplanationParts {
  const deny = trace.find((statement) => statement.effect === 'Deny' && statement.matched && isCertain(statement));
  if (deny !== undefined) return explainDeny(question, deny);
  const allow = trace.find(({ effect, matched }) => effect === 'Allow' && matched);
  if (allow !== undefined && decision === 'allow') return explainAllow(question, allow);
  const { document, claims, options } = question;
  const further = deniedFurtherAction(document, { claims, ...options });
  // The trace is that of the further action if the evaluation got that far.
  const [open] = trace.filter(mayAdmit);
  if (open === undefined) {
    return further === undefined || note === undefined
      ? explainNearest(question, trace)
      : explainFurtherAction(question, further);
  }
  return further === undefined || further.evaluation.trace.some(mayAdmit)
    ? explainUnknown(question, allow ?? open, trace)
    : explainFurtherAction(question, further);
}

/** Whether the result of the statement is known. */
function isCertain({ conditions }: StatementTrace): boolean {
  return !conditions.some(isUndecided);
}

/** Whether an Allow matches or fails only by conditions whose result is unknown. */
function mayAdmit({ effect, principalMatched, actionMatched, conditions }: StatementTrace): boolean {
  return effect === 'Allow' && principalMatched && actionMatched && conditions.every(mayHold);
}

/** Explains an Allow that may match, or one that matches next to a Deny that may match. */
function explainUnknown({ job }: Question, allow: StatementTrace, trace: readonly StatementTrace[]): ExplanationParts {
  const denies = trace.filter(({ effect, matched }) => effect === 'Deny' && matched);
  const open = [allow, ...denies].flatMap(({ conditions }) => conditions.filter(isUndecided));
  const keys = [...new Set(open.map(({ unknownKey }) => unknownKey))].filter((key) => key !== undefined);
  const conditions = open.map(
    ({ operator, key, expected }) => `${operator} on "${key}" with ${alternatives(expected)} holds`,
  );
  const denying =
    denies.length === 0 ? '' : ` ${denies.map(({ path }) => path).join(' and ')} would deny it if its conditions hold.`;
  const names = keys.map((key) => `"${key}"`).join(' and ');
  return {
    verdict: 'unknown',
    cause: 'request-unknown',
    summary: `Everything else in ${allow.path} admits this token. Whether ${conditions.join(', and whether ')} is open: ${keys.map(whyUnknown).join('; ')}.${denying}`,
    path: allow.path,
    conditions: open.map(failingCondition),
    fix: advice(
      `Give the value of ${names} that AWS sees in the request, to have the condition judged. If AWS refused the token, and the role has this very policy, that condition decided so: change what the request has there. Keep the condition, which limits the role.`,
      { widens: false },
    ),
    statement: withConditions(job.admitting, allow.conditions.filter(isUndecided)),
  };
}

const NOTHING_TO_CHANGE =
  'Nothing needs to change for this token. If AWS still refuses: a change in IAM takes a few seconds to take effect, and a missing role is refused with the same text.';

function explainAllow({ document, job }: Question, { path }: StatementTrace): ExplanationParts {
  const errors = lint(document.json).filter(({ severity }) => severity === 'error');
  const warnings = errors.map(
    ({ id, message }) => ` Beyond that, the policy has an error that lint calls ${id}: ${message}.`,
  );
  return {
    verdict: 'allowed',
    cause: 'allowed',
    summary: `${path} admits this token.`,
    path,
    conditions: [],
    fix: advice(`${NOTHING_TO_CHANGE}${warnings.join('')}`, { widens: false }),
    statement: job.admitting,
  };
}
