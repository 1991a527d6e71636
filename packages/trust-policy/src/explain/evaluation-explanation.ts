import type { Evaluation, StatementTrace } from '../policy/model.ts';
import { whyUnknown } from '../policy/request-context.ts';
import { alternatives } from '../text/alternatives.ts';
import { deniedFurtherAction, type FurtherAction } from '../token/web-identity.ts';
import { type ExplanationParts, failingCondition, isUndecided, mayHold, type Question } from './explanation.ts';
import { explainNearest } from './nearest-statement.ts';

/** Explains the evaluation of a policy. */
export function explainEvaluation(question: Question, { trace, decision, note }: Evaluation): ExplanationParts {
  const deny = trace.find((statement) => statement.effect === 'Deny' && statement.matched && isCertain(statement));
  if (deny !== undefined) return explainDeny(deny);
  const allow = trace.find(({ effect, matched }) => effect === 'Allow' && matched);
  if (allow !== undefined && decision === 'allow') return explainAllow(allow);
  const { document, claims, options } = question;
  const further = deniedFurtherAction(document, { claims, ...options });
  // The trace is that of the further action if the evaluation got that far.
  const [open] = trace.filter(mayAdmit);
  if (open === undefined) {
    return further === undefined || note === undefined
      ? explainNearest(question, trace)
      : explainFurtherAction(further);
  }
  return further === undefined || further.evaluation.trace.some(mayAdmit)
    ? explainUnknown(allow ?? open, trace)
    : explainFurtherAction(further);
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
function explainUnknown(allow: StatementTrace, trace: readonly StatementTrace[]): ExplanationParts {
  const kept = allow.conditions.filter(isUndecided);
  const denies = trace.filter(({ effect, matched }) => effect === 'Deny' && matched);
  const open = [...kept, ...denies.flatMap(({ conditions }) => conditions.filter(isUndecided))];
  const keys = [...new Set(open.map(({ unknownKey }) => unknownKey))].filter((key) => key !== undefined);
  const conditions = open.map(
    ({ operator, key, expected }) => `${operator} on "${key}" with ${alternatives(expected)} holds`,
  );
  const denying =
    denies.length === 0
      ? ''
      : ` ${denies.map(({ path }) => path).join(' and ')} would deny it where its conditions hold.`;
  return {
    verdict: 'unknown',
    cause: 'request-unknown',
    summary: `All else in ${allow.path} admits this token. Whether ${conditions.join(', and whether ')} cannot be judged here: ${keys.map(whyUnknown).join('; ')}.${denying}`,
    path: allow.path,
    conditions: open.map(failingCondition),
    fix: `Give the value of ${keys.map((key) => `"${key}"`).join(' and ')} that AWS sees in the request, to have the condition judged. If AWS refused the token, and the role has this very policy, that condition decided so: change what the request has there, or what the policy says of it.`,
    kept,
  };
}

function explainAllow({ path }: StatementTrace): ExplanationParts {
  return {
    verdict: 'allowed',
    cause: 'allowed',
    summary: `${path} admits this token.`,
    path,
    conditions: [],
    fix: 'Nothing in the trust policy needs to change. If AWS still refuses: a change in IAM takes some seconds to work, and a role that does not exist is refused in the same words.',
  };
}

function explainDeny(deny: StatementTrace): ExplanationParts {
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
    fix: `Remove ${deny.path}, or narrow it so that it does not cover this token.`,
  };
}

function explainFurtherAction({ action, why }: FurtherAction): ExplanationParts {
  return {
    verdict: 'denied',
    cause: action === 'sts:TagSession' ? 'tag-session-missing' : 'source-identity-missing',
    summary: `The policy allows sts:AssumeRoleWithWebIdentity, but ${why}, for which it must allow ${action} as well.`,
    conditions: [],
    fix: `Write "Action": ["sts:AssumeRoleWithWebIdentity", "${action}"] in the statement that admits the token.`,
  };
}
