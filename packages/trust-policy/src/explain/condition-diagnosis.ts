import { ciSystem } from '../ci-systems/index.ts';
import { hasWildcards, isStringComparison } from '../lint/rule.ts';
import { matchesPattern, wildcardPattern } from '../policy/glob.ts';
import { parseOperator } from '../policy/operators.ts';
import { alternatives } from '../text/alternatives.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import { diagnoseClaim } from './claim-diagnosis.ts';
import {
  type Change,
  type ConditionQuestion,
  caseMismatch,
  type Diagnosis,
  equalsWithWildcard,
  expectation,
  type Remedy,
} from './diagnosis.ts';
import { diagnoseKey } from './key-diagnosis.ts';
import { admitting, removing } from './rewriting.ts';
import { diagnoseSubject, differenceOf, meaningJob, remedyFor } from './subject-diagnosis.ts';

/** Explains why one condition fails. */
export function diagnoseCondition(question: ConditionQuestion): Diagnosis {
  return diagnoseOperator(question) ?? diagnoseKey(question) ?? diagnoseValue(question);
}

function diagnoseOperator(question: ConditionQuestion): Diagnosis | undefined {
  const { trace, linted } = question;
  if (linted.operator !== undefined) return undefined;
  const summary = `IAM has no condition operator "${trace.operator}", so the condition on "${trace.key}" never matches.`;
  const change = linted.claim === undefined ? undefined : admitting(question, linted.claim);
  return {
    cause: 'unknown-operator',
    summary,
    remedy:
      change === undefined
        ? {
            kind: 'advise',
            text: 'Write StringEquals, StringLike or another documented operator, with the same capital letters.',
            widens: true,
          }
        : { kind: 'correct', change },
  };
}

function diagnoseValue(question: ConditionQuestion): Diagnosis {
  const { trace, linted } = question;
  const { claim } = linted;
  const [unfilled] = trace.expected.flatMap((value) => {
    const placeholder = findPlaceholder(value);
    return placeholder === undefined ? [] : [{ value, placeholder }];
  });
  if (unfilled !== undefined) return diagnosePlaceholder(question, unfilled.placeholder, unfilled.value);
  if (isStringComparison(linted)) {
    if (claim === 'sub') return diagnoseSubject(question);
    if (claim === 'aud' || claim === 'oaud') return diagnoseAudience(question, claim);
  }
  if (trace.key.toLowerCase() === 'sts:roleauthorizedbyidp') {
    return {
      cause: 'roles-claim-required',
      summary: `${bothSides(question)}. It is true only for a token whose "https://aws.amazon.com/roles" claim lists this role, and this token has none.`,
      remedy: {
        kind: 'decide',
        question: 'Have the issuer of the token send that claim. If it cannot',
        change: removing(trace),
      },
    };
  }
  return diagnoseClaim(question, bothSides(question));
}

function bothSides({ trace, linted }: ConditionQuestion): string {
  return expectation(trace, undefined, linted.key.kind === 'global' ? 'the request' : 'the token');
}

function diagnosePlaceholder(question: ConditionQuestion, placeholder: string, unfilled: string): Diagnosis {
  return {
    cause: 'placeholder',
    summary: `${bothSides(question)}. "${placeholder}" is a placeholder that AWS does not fill in.`,
    remedy: placeholderRemedy(question, unfilled),
  };
}

function placeholderRemedy(question: ConditionQuestion, unfilled: string): Remedy {
  const { claim } = question.linted;
  if (claim === 'aud') return { kind: 'correct', change: admitting(question, claim, unfilled) };
  if (claim !== 'sub') return { kind: 'advise', text: 'Write the value itself.', widens: true };
  const open = withWildcards(unfilled);
  const difference = differenceOf({ ...question, linted: { ...question.linted, operator: LIKE } }, open);
  return difference === undefined ? meaningJob(question, unfilled, open) : remedyFor(question, unfilled, difference);
}

const LIKE = parseOperator('StringLike');

/** Replaces each placeholder by a wildcard. */
function withWildcards(value: string): string {
  const placeholder = findPlaceholder(value);
  return placeholder === undefined ? value : withWildcards(value.replace(placeholder, '*'));
}

function diagnoseAudience(question: ConditionQuestion, claim: string): Diagnosis {
  const { trace, linted } = question;
  const both = expectation(trace);
  if (claim === 'oaud' && trace.observed === undefined) {
    return {
      cause: 'wrong-audience',
      summary: `${both}. AWS fills that key only for a token with an authorized party (azp), and this one has none.`,
      remedy: { kind: 'correct', change: audienceChange(question, 'aud') },
    };
  }
  const observed = trace.observed ?? [];
  const isLike = (expected: string, value: string): boolean => matchesPattern(wildcardPattern(expected), value);
  const remedy = { kind: 'correct', change: audienceChange(question, claim) } as const;
  if (!hasWildcards(linted) && trace.expected.some((expected) => observed.some((value) => isLike(expected, value)))) {
    return { ...equalsWithWildcard(both, trace.operator), remedy };
  }
  if (trace.expected.some((one) => observed.some((value) => isLike(one.toLowerCase(), value.toLowerCase())))) {
    return { ...caseMismatch(both), remedy };
  }
  const more = `Register ${alternatives(observed)} with the identity provider as well.`;
  return {
    cause: 'wrong-audience',
    summary: `${both}.`,
    remedy: observed.length === 0 ? remedy : { ...remedy, more },
  };
}

/** Replaces an audience that no token of the issuer can have, and adds to others. */
function audienceChange(question: ConditionQuestion, claim: string): Change | undefined {
  const { trace, linted } = question;
  const { issuer } = linted;
  const [only, ...others] = trace.expected;
  const context = issuer && { wildcards: hasWildcards(linted), issuer };
  const isImpossible =
    only !== undefined &&
    others.length === 0 &&
    context !== undefined &&
    ciSystem(context.issuer.provider.id).canHaveAudience?.(only, context) === false;
  return admitting(question, claim, isImpossible ? only : undefined);
}
