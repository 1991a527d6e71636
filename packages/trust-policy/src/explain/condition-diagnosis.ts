import { text } from '../claims.ts';
import { matchesPattern, wildcardPattern } from '../glob.ts';
import { type LintedCondition, takesWildcards } from '../lint/rule.ts';
import type { Claims, ConditionTrace } from '../model.ts';
import { findPlaceholder } from '../placeholder.ts';
import type { TrustStatement } from '../trust-statement.ts';
import { alternatives, type Diagnosis, expectation, replacement, sentence } from './diagnosis.ts';
import { diagnoseSubject } from './subject-diagnosis.ts';

export interface ConditionQuestion {
  readonly trace: ConditionTrace;
  readonly linted: LintedCondition;
  readonly claims: Claims;
  /** The statement that would admit the token, where one can. */
  readonly statement: TrustStatement | undefined;
}

/** Why one condition fails. */
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
  const { key, issuer } = linted;
  const right = (claim: string): string =>
    sentence(replacement(trace, claim, statement) ?? `write "<issuer>:${claim}" as the key`);
  switch (key.kind) {
    case 'provider-arn':
      return {
        cause: 'provider-arn-as-key',
        summary: `The key "${trace.key}" begins with the provider's ARN; AWS fills "${key.issuer}:${key.claim}".`,
        fix: right(key.claim),
      };
    case 'scheme':
      return {
        cause: 'scheme-in-key',
        summary: `The key "${trace.key}" begins with a scheme; AWS fills "${key.issuer}:${key.claim}".`,
        fix: right(key.claim),
      };
    case 'other-issuer':
      return {
        cause: 'key-other-issuer',
        summary: `The key "${trace.key}" is about the issuer "${key.issuer}", which is not the token's.`,
        fix: right(key.claim),
      };
    case 'malformed':
      return {
        cause: 'unsupported-key',
        summary: `"${trace.key}" is not a condition key, so the condition is never fulfilled.`,
        fix: 'Write "<issuer without https://>:sub" or another documented key.',
      };
    case 'claim':
      if (key.filled || issuer === undefined) return undefined;
      return {
        cause: 'unsupported-key',
        summary: `AWS does not offer the claim "${key.claim}" of ${issuer.provider.name} as a condition key, so ${trace.operator} on "${trace.key}" is never fulfilled.`,
        fix: 'Remove the condition, and put what it should say in the condition on the subject.',
      };
    case 'global':
      return undefined;
  }
}

function diagnoseValue(question: ConditionQuestion): Diagnosis {
  const { trace, linted, claims, statement } = question;
  const { claim } = linted;
  const placeholder = trace.expected.map(findPlaceholder).find((found) => found !== undefined);
  if (claim !== undefined && placeholder !== undefined) {
    return {
      cause: 'placeholder',
      summary: `${expectation(trace)}. "${placeholder}" is a placeholder nobody fills in.`,
      fix: sentence(replacement(trace, claim, statement) ?? 'write the value itself'),
    };
  }
  const sub = text(claims['sub']);
  if (claim === 'sub' && sub !== undefined) {
    const rewrite = replacement(trace, 'sub', statement) ?? `let the condition match "${sub}"`;
    return diagnoseSubject({ trace, issuer: linted.issuer, claims, sub, rewrite });
  }
  if (claim === 'aud' || claim === 'oaud') return diagnoseAudience(question, claim);
  if (linted.key.kind === 'global' && trace.key.toLowerCase() === 'sts:roleauthorizedbyidp') {
    return {
      cause: 'roles-claim-required',
      summary: `${expectation(trace)}. It is true only for a token whose "https://aws.amazon.com/roles" claim lists this role, and this token has none.`,
      fix: 'Remove the condition: the CI system does not send that claim.',
    };
  }
  const note = trace.note === undefined ? '' : ` ${sentence(trace.note)}`;
  return {
    cause: 'condition-failed',
    summary: `${globally(linted) ? unmet(trace) : expectation(trace)}.${note}`,
    fix: `Let the condition on "${trace.key}" match, or remove it.`,
  };
}

function diagnoseAudience({ trace, linted, statement }: ConditionQuestion, claim: string): Diagnosis {
  const fix = sentence(replacement(trace, claim, statement) ?? 'let the condition match the audience of the token');
  const observed = trace.observed ?? [];
  const like = (expected: string, value: string): boolean => matchesPattern(wildcardPattern(expected), value);
  if (!takesWildcards(linted) && trace.expected.some((expected) => observed.some((value) => like(expected, value)))) {
    return {
      cause: 'equals-with-wildcard',
      summary: `${expectation(trace)}. ${trace.operator} takes "*" and "?" literally; only StringLike reads them as wildcards.`,
      fix,
    };
  }
  if (trace.expected.some((expected) => observed.some((value) => like(expected.toLowerCase(), value.toLowerCase())))) {
    return {
      cause: 'case-mismatch',
      summary: `${expectation(trace)}. They differ only in upper and lower case, which counts.`,
      fix,
    };
  }
  return {
    cause: 'wrong-audience',
    summary: `${expectation(trace)}.`,
    fix: observed.length === 0 ? fix : `${fix} Register ${alternatives(observed)} with the identity provider as well.`,
  };
}

function globally({ key }: LintedCondition): boolean {
  return key.kind === 'global';
}

function unmet(trace: ConditionTrace): string {
  const observed =
    trace.observed === undefined ? 'the request has no such key' : `the request has ${alternatives(trace.observed)}`;
  return `${trace.operator} on "${trace.key}" expects ${alternatives(trace.expected)}, but ${observed}`;
}
