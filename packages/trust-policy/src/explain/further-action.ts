import { lintedPolicy } from '../lint/rule.ts';
import { pairs } from '../text/pairs.ts';
import type { FurtherAction } from '../token/web-identity.ts';
import { addingAction, candidateOf } from './candidate.ts';
import { type ExplanationParts, mayHold, type Question } from './explanation.ts';
import { withHeldConditions } from './job-statement.ts';
import { fixByStatement, fixFor } from './remedies.ts';

/** Explains a token that needs one more action than the policy allows, e.g. because it carries session tags. */
export function explainFurtherAction(
  question: Question,
  { action, reason, evaluation }: FurtherAction,
): ExplanationParts {
  const { document, job } = question;
  const [lacking] = pairs(lintedPolicy(document).statements, evaluation.trace)
    .map(([linted, traced], index) => ({ index, candidate: candidateOf(linted, traced, job.identity.issuer) }))
    .filter(({ candidate: { traced } }) => traced.effect === 'Allow' && traced.principalMatched)
    .filter(({ candidate: { traced } }) => !traced.actionMatched && traced.conditions.every(mayHold));
  const statement = lacking === undefined ? job.admitting : withHeldConditions(job.admitting, lacking.candidate);
  const fix =
    lacking === undefined
      ? fixByStatement(question, statement)
      : fixFor({
          question,
          index: lacking.index,
          remedies: [{ kind: 'correct', change: addingAction(lacking.candidate, action) }],
          statement,
        });
  return {
    verdict: 'denied',
    cause: action === 'sts:TagSession' ? 'tag-session-missing' : 'source-identity-missing',
    summary: `The policy allows sts:AssumeRoleWithWebIdentity, but ${reason}, for which it must allow ${action} as well.`,
    conditions: [],
    fix,
    statement,
  };
}
