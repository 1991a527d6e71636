import type { ConditionTrace } from './model.ts';
import {
  allOf,
  anyOf,
  type ComparisonResult,
  type ConditionOperator,
  compareValue,
  NO,
  parseOperator,
  unknownValue,
  YES,
} from './operators.ts';
import type { Condition } from './policy-document.ts';
import type { RequestContext } from './request-context.ts';

export interface ConditionScope {
  readonly context: RequestContext;
  readonly effect: 'Allow' | 'Deny';
  /** Whether the policy's version knows policy variables. */
  readonly variables: boolean;
}

/** Tests one condition. What has no answer, in IAM's documents or for want of a value, does not match in an Allow and matches in a Deny. */
export function evaluateCondition(condition: Condition, scope: ConditionScope): ConditionTrace {
  const observed = scope.context.values(condition.key);
  const { verdict, note, unknownKey } = judge(condition, observed, scope);
  const matched = verdict === 'unknown' ? scope.effect === 'Deny' : verdict === 'yes';
  return {
    operator: condition.operator,
    key: condition.key,
    expected: condition.values,
    observed,
    matched,
    ...(note === undefined ? {} : { note }),
    ...(unknownKey === undefined ? {} : { unknownKey }),
  };
}

function judge(condition: Condition, observed: readonly string[] | undefined, scope: ConditionScope): ComparisonResult {
  const operator = parseOperator(condition.operator);
  if (operator === undefined) {
    return { verdict: 'unknown', note: `IAM has no condition operator "${condition.operator}"` };
  }
  if (condition.values.length === 0) return { verdict: 'unknown', note: 'the condition lists no value' };
  if (scope.context.isUnknown(condition.key)) return unknownValue(condition.key);
  if (operator.base === 'Null') return judgeNull(condition.values, observed);
  if (observed === undefined) return judgeMissing(operator);
  const results = observed.map((value) =>
    compareValue(operator, condition.values, value, scope.variables ? scope.context : undefined),
  );
  if (operator.set === 'ForAnyValue') return anyOf(results);
  if (operator.set === 'ForAllValues') {
    // IAM guide, "Single-valued vs. multivalued context keys": an empty string is a null data set, and that is true.
    return observed.every((value) => value === '')
      ? holdsByAbsence('an empty value fulfils ForAllValues')
      : allOf(results);
  }
  if (observed.length > 1) {
    return { verdict: 'unknown', note: 'the request has several values, which needs ForAnyValue or ForAllValues' };
  }
  return allOf(results);
}

function judgeNull(expected: readonly string[], observed: readonly string[] | undefined): ComparisonResult {
  const missing = String(observed === undefined);
  return anyOf(
    expected.map((value) => {
      const wanted = value.toLowerCase();
      if (wanted !== 'true' && wanted !== 'false') {
        return { verdict: 'unknown', note: 'Null takes "true" (key missing) or "false" (key present)' };
      }
      return wanted === missing ? YES : NO;
    }),
  );
}

function judgeMissing(operator: ConditionOperator): ComparisonResult {
  if (operator.ifExists) return holdsByAbsence('the request has no such key, and IfExists lets that pass');
  if (operator.set === 'ForAllValues')
    return holdsByAbsence('the request has no such key, and ForAllValues lets that pass');
  if (operator.set === undefined && operator.negated) {
    return holdsByAbsence('the request has no such key, and a negated operator lets that pass');
  }
  return { ...NO, note: 'the request has no such key' };
}

function holdsByAbsence(note: string): ComparisonResult {
  return { ...YES, note };
}
