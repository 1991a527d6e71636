import { findPlaceholder } from '../text/placeholder.ts';
import {
  eachAllowCondition,
  eachCondition,
  isNeverFilled,
  type LintedCondition,
  type LintedPolicy,
  type Rule,
  type RuleFinding,
} from './rule.ts';

/** Rules on the operators and values of conditions, whatever their keys. */
export const CONDITION_RULES: readonly Rule[] = [
  {
    id: 'for-all-values-in-allow',
    severity: 'warning',
    about: '`ForAllValues` in an Allow is also true where the key is missing.',
    check: (policy) =>
      eachFilled(policy, ({ condition, operator }) =>
        operator?.set === 'ForAllValues'
          ? [
              {
                path: condition.pointer,
                message: `${condition.operator} is also fulfilled by a token without this claim`,
                fix: `Write "${condition.operator.replace('ForAllValues:', '')}".`,
              },
            ]
          : [],
      ),
  },
  {
    id: 'passes-without-key',
    severity: 'warning',
    about: 'A condition on a claim in an Allow passes where the claim is missing: `…IfExists`, or a negated operator.',
    check: (policy) =>
      eachFilled(policy, ({ condition, operator, claim }) =>
        claim !== undefined &&
        operator !== undefined &&
        (operator.ifExists || operator.negated) &&
        operator.set === undefined
          ? [
              {
                path: condition.pointer,
                message: `${condition.operator} is also fulfilled by a token without this claim`,
                fix: 'Say what the claim must be, with StringEquals or StringLike.',
              },
            ]
          : [],
      ),
  },
  {
    id: 'unknown-operator',
    severity: 'error',
    about: 'IAM has no such condition operator; names are case-sensitive.',
    check: (policy) =>
      eachCondition(policy, ({ condition, operator }) =>
        operator === undefined
          ? [
              {
                path: condition.pointer,
                message: `IAM has no condition operator "${condition.operator}"`,
                fix: 'Write StringEquals, StringLike or another documented operator, with the same capital letters.',
              },
            ]
          : [],
      ),
  },
  {
    id: 'no-value',
    severity: 'error',
    about: 'A condition lists no value.',
    check: (policy) =>
      eachCondition(policy, ({ condition }) =>
        condition.values.length === 0
          ? [{ path: condition.pointer, message: 'the condition lists no value', fix: 'Write at least one value.' }]
          : [],
      ),
  },
  {
    id: 'placeholder',
    severity: 'error',
    about: 'A value is still a placeholder, e.g. `${BITBUCKET_REPO_UUID}`, `$(Build.Repository)` or `<REPO_UUID>`.',
    check: (policy) =>
      eachCondition(policy, ({ condition }) =>
        condition.values.flatMap((value) => {
          const placeholder = findPlaceholder(value);
          return placeholder === undefined
            ? []
            : [
                {
                  path: condition.pointer,
                  message: `"${value}" still has the placeholder "${placeholder}"; nobody fills it in when AWS evaluates the policy`,
                  fix: 'Write the value itself.',
                },
              ];
        }),
      ),
  },
];

/** Checks the conditions on keys that AWS can fill, in statements that admit web identities. */
function eachFilled(
  policy: LintedPolicy,
  check: (condition: LintedCondition) => readonly RuleFinding[],
): RuleFinding[] {
  return eachAllowCondition(policy, (condition) => (isNeverFilled(condition) ? [] : check(condition)));
}
