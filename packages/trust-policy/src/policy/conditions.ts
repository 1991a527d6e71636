import type { ConditionTrace } from './model.ts';
import { type ConditionOperator, differenceHint, parseOperator, prepareOperator } from './operators.ts';
import type { Condition } from './policy-document.ts';
import type { RequestContext } from './request-context.ts';
import { isMultivaluedKey } from './unknown-keys.ts';
import { allOf, anyOf, type ComparisonResult, NO, unknown, unknownValue, YES } from './verdict.ts';

export interface ConditionScope {
  readonly context: RequestContext;
  readonly effect: 'Allow' | 'Deny';
  /** Whether the policy's version knows policy variables. */
  readonly variables: boolean;
}

/** Tests one condition. A condition without an answer does not match in an Allow and matches in a Deny. */
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
  if (operator === undefined) return unknown(`IAM has no condition operator "${condition.operator}"`);
  if (condition.values.length === 0) return unknown('the condition lists no value');
  const whyUnknown = scope.context.whyUnknown(condition.key);
  if (whyUnknown !== undefined) return unknownValue(condition.key, whyUnknown);
  if (operator.base === 'Null') return judgeNull(condition.values, observed);
  if (observed === undefined) return judgeMissing(operator, condition.key);
  if (operator.set === undefined && (observed.length > 1 || isMultivaluedKey(condition.key))) return unknown(NO_SET);
  return judgeValues(operator, condition.values, observed, scope.variables ? scope.context : undefined);
}

const NO_SET = 'the request can have several values, which needs ForAnyValue or ForAllValues';

function judgeValues(
  operator: ConditionOperator,
  expected: readonly string[],
  observed: readonly string[],
  variables: RequestContext | undefined,
): ComparisonResult {
  if (operator.set !== undefined && observed.every((value) => value === '')) return judgeEmpty(operator.set);
  const compare = prepareOperator(operator, expected, variables);
  const results = observed.map(compare);
  const result = operator.set === 'ForAnyValue' ? anyOf(results) : allOf(results);
  if (result.verdict !== 'no' || result.note !== undefined) return result;
  return { ...result, note: differenceHint(operator, expected, observed, variables) };
}

/** IAM guide, "Single-valued vs. multivalued context keys": an empty string is an empty data set. */
function judgeEmpty(set: 'ForAnyValue' | 'ForAllValues'): ComparisonResult {
  return set === 'ForAllValues'
    ? holdsByAbsence('an empty value fulfils ForAllValues')
    : { ...NO, note: 'an empty value does not fulfil ForAnyValue' };
}

function judgeNull(expected: readonly string[], observed: readonly string[] | undefined): ComparisonResult {
  const missing = String(observed === undefined);
  return anyOf(
    expected.map((value) => {
      const name = value.toLowerCase();
      if (name !== 'true' && name !== 'false') {
        return unknown('Null takes "true" (key missing) or "false" (key present)');
      }
      return name === missing ? YES : NO;
    }),
  );
}

function judgeMissing(operator: ConditionOperator, key: string): ComparisonResult {
  if (operator.set === 'ForAllValues')
    return holdsByAbsence('the request has no such key, and ForAllValues lets that pass');
  const isNegation = operator.set === undefined && operator.negated;
  if (!operator.ifExists && !isNegation) return { ...NO, note: 'the request has no such key' };
  if (operator.set === undefined && isMultivaluedKey(key)) return unknown(NO_SET);
  return holdsByAbsence(
    operator.ifExists
      ? 'the request has no such key, and IfExists lets that pass'
      : 'the request has no such key, and a negated operator lets that pass',
  );
}

function holdsByAbsence(note: string): ComparisonResult {
  return { ...YES, note };
}
