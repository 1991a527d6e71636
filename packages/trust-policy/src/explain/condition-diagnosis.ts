import { hasWildcards, isStringComparison } from '../lint/rule.ts';
import { matchesPattern, wildcardPattern } from '../policy/glob.ts';
import { alternatives } from '../text/alternatives.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import {
  type ConditionQuestion,
  caseMismatch,
  type Diagnosis,
  equalsWithWildcard,
  expectation,
  replacement,
  rewriting,
  sentence,
} from './diagnosis.ts';
import { diagnoseSubject } from './subject-diagnosis.ts';

/** Explains why one condition fails. */
export function diagnoseCondition(question: ConditionQuestion): Diagnosis {
  return diagnoseOperator(question) ?? diagnoseKey(question) ?? diagnoseValue(question);
}

function diagnoseOperator({ trace, linted }: ConditionQuestion): Diagnosis | undefined {
  if (linted.operator !== undefined) return undefined;
  return {
    cause: 'unknown-operator',
    summary: `IAM has no condition operator "${trace.operator}", so the condition on "${trace.key}" is never fulfilled.`,
    fix: 'Write StringEquals, StringLike or another documented operator, with the same capital letters.',
  };
}

function diagnoseKey({ trace, linted, statement }: ConditionQuestion): Diagnosis | undefined {
  const { key } = linted;
  const right = (claim: string): string =>
    sentence(replacement(trace, claim, statement) ?? `write "<issuer>:${claim}" as the key`);
  if (key.kind === 'provider-arn') {
    return {
      cause: 'provider-arn-as-key',
      summary: `the key "${trace.key}" begins with the provider's ARN; AWS fills "${key.issuer}:${key.claim}".`,
      fix: right(key.claim),
    };
  }
  if (key.kind === 'scheme') {
    return {
      cause: 'scheme-in-key',
      summary: `the key "${trace.key}" begins with a scheme; AWS fills "${key.issuer}:${key.claim}".`,
      fix: right(key.claim),
    };
  }
  if (key.kind === 'other-issuer') {
    return {
      cause: 'key-other-issuer',
      summary: `the key "${trace.key}" is about the issuer "${key.issuer}", which is not the token's.`,
      fix: right(key.claim),
    };
  }
  if (key.kind === 'malformed') {
    return {
      cause: 'unsupported-key',
      summary: `"${trace.key}" is not a condition key, so the condition is never fulfilled.`,
      fix: 'Write "<issuer without https://>:sub" or another documented key.',
    };
  }
  if (key.kind === 'claim-not-offered') {
    return {
      cause: 'unsupported-key',
      summary: `AWS does not offer the claim "${key.claim}" of ${key.system.name} as a condition key, so ${trace.operator} on "${trace.key}" is never fulfilled.`,
      fix: 'Remove the condition, and put what it should say in the condition on the subject.',
    };
  }
  return undefined;
}

function diagnoseValue(question: ConditionQuestion): Diagnosis {
  const { trace, linted, statement } = question;
  const { claim } = linted;
  const unfilled = trace.expected.find((value) => findPlaceholder(value) !== undefined);
  const placeholder = unfilled && findPlaceholder(unfilled);
  if (placeholder !== undefined) {
    return {
      cause: 'placeholder',
      summary: `${bothSides(question)}. "${placeholder}" is a placeholder nobody fills in.`,
      fix: sentence((claim && replacement(trace, claim, statement, unfilled)) || 'write the value itself'),
    };
  }
  if (isStringComparison(linted)) {
    if (claim === 'sub') return diagnoseSubject(question);
    if (claim === 'aud' || claim === 'oaud') return diagnoseAudience(question, claim);
  }
  if (trace.key.toLowerCase() === 'sts:roleauthorizedbyidp') {
    return {
      cause: 'roles-claim-required',
      summary: `${bothSides(question)}. It is true only for a token whose "https://aws.amazon.com/roles" claim lists this role, and this token has none.`,
      fix: 'Remove the condition: the CI system does not send that claim.',
    };
  }
  const note = trace.note === undefined ? '' : ` ${sentence(trace.note)}`;
  return {
    cause: 'condition-failed',
    summary: `${bothSides(question)}.${note}`,
    fix: `Let the condition on "${trace.key}" match, or remove it.`,
  };
}

function bothSides({ trace, linted }: ConditionQuestion): string {
  return expectation(trace, undefined, linted.key.kind === 'global' ? 'the request' : 'the token');
}

function diagnoseAudience({ trace, linted, statement }: ConditionQuestion, claim: string): Diagnosis {
  const fix = sentence(rewriting(trace, claim, statement));
  if (claim === 'oaud' && trace.observed === undefined) {
    return {
      cause: 'wrong-audience',
      summary: `${expectation(trace)}. AWS fills that key only for a token with an authorized party (azp), and this one has none.`,
      fix: sentence(rewriting(trace, 'aud', statement)),
    };
  }
  const observed = trace.observed ?? [];
  const like = (expected: string, value: string): boolean => matchesPattern(wildcardPattern(expected), value);
  if (!hasWildcards(linted) && trace.expected.some((expected) => observed.some((value) => like(expected, value)))) {
    return equalsWithWildcard(expectation(trace), trace.operator, fix);
  }
  if (trace.expected.some((expected) => observed.some((value) => like(expected.toLowerCase(), value.toLowerCase())))) {
    return caseMismatch(expectation(trace), fix);
  }
  return {
    cause: 'wrong-audience',
    summary: `${expectation(trace)}.`,
    fix: observed.length === 0 ? fix : `${fix} Register ${alternatives(observed)} with the identity provider as well.`,
  };
}
