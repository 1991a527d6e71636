import { rewriteCondition } from '../fix/edits.ts';
import { advice, type Fix, fixBy } from '../fix/fix.ts';
import { isMultivaluedKey } from '../policy/multivalued-keys.ts';
import { OPERATOR_NAMES, parseOperator } from '../policy/operators.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import {
  eachAllowCondition,
  eachCondition,
  isNeverFilled,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  type Rule,
  type RuleFinding,
  requiresValue,
} from './rule.ts';

/** Rules on the operators and values of conditions with any key. */
export const CONDITION_RULES: readonly Rule[] = [
  {
    id: 'for-all-values-in-allow',
    severity: 'warning',
    about: '`ForAllValues` in an Allow is also true if the key is missing.',
    check: (policy) =>
      eachFilled(policy, (linted, statement) =>
        linted.operator?.set === 'ForAllValues'
          ? [
              {
                path: linted.condition.pointer,
                message: `${linted.condition.operator} is also fulfilled by a token without this claim`,
                fix: forAllValuesFix(linted, statement, policy),
              },
            ]
          : [],
      ),
  },
  {
    id: 'passes-without-key',
    severity: 'warning',
    about: 'A condition on a claim in an Allow passes if the claim is missing: `…IfExists`, or a negated operator.',
    check: (policy) =>
      eachFilled(policy, (linted, statement) => {
        const { condition, operator, claim } = linted;
        if (claim === undefined || operator === undefined || operator.set !== undefined) return [];
        if (!operator.ifExists && !operator.negated) return [];
        // An exception is intended if another condition requires the same claim.
        if (statement.conditions.some((other) => isSameClaim(other, linted) && requiresValue(other))) return [];
        return [
          {
            path: condition.pointer,
            message: `${condition.operator} is also fulfilled by a token without this claim`,
            fix: withoutKeyFix(linted, statement, policy),
          },
        ];
      }),
  },
  {
    id: 'multivalued-without-set',
    severity: 'warning',
    about:
      'A key that can have several values is compared without `ForAnyValue` or `ForAllValues`, e.g. `aws:PrincipalOrgPaths`.',
    check: (policy) =>
      eachCondition(policy, ({ condition, operator, claim }) => {
        const isMultivalued = isMultivaluedKey(claim ?? condition.key);
        if (!isMultivalued || operator === undefined || operator.set !== undefined || operator.base === 'Null')
          return [];
        return [
          {
            path: condition.pointer,
            message: `"${condition.key}" can have several values, and ${condition.operator} does not say whether one or all of them must match`,
            fix: advice(`Write "ForAnyValue:${condition.operator}".`, { widens: true }),
          },
        ];
      }),
  },
  {
    id: 'unknown-operator',
    severity: 'error',
    about: 'IAM has no such condition operator; names are case-sensitive.',
    check: (policy) =>
      eachCondition(policy, (linted, statement) =>
        linted.operator === undefined
          ? [
              {
                path: linted.condition.pointer,
                message: `IAM has no condition operator "${linted.condition.operator}"`,
                fix: operatorFix(linted, statement, policy),
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
          ? [
              {
                path: condition.pointer,
                message: 'the condition lists no value',
                fix: advice('Write at least one value.', { widens: true }),
              },
            ]
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
                  message: `"${value}" still has the placeholder "${placeholder}", which AWS does not fill in`,
                  fix: advice('Write the value itself.', { widens: true }),
                },
              ];
        }),
      ),
  },
];

/** Checks the conditions on keys that AWS can fill, in statements that admit web identities. */
function eachFilled(
  policy: LintedPolicy,
  check: (condition: LintedCondition, statement: LintedStatement) => readonly RuleFinding[],
): RuleFinding[] {
  return eachAllowCondition(policy, (condition, statement) =>
    isNeverFilled(condition) ? [] : check(condition, statement),
  );
}

function isSameClaim({ key: one }: LintedCondition, { key: other }: LintedCondition): boolean {
  return (
    one.kind === 'claim' &&
    other.kind === 'claim' &&
    one.issuer === other.issuer &&
    one.claim.toLowerCase() === other.claim.toLowerCase()
  );
}

const SAY_WHAT_IT_MUST_BE = 'Require a value of the claim, with StringEquals or StringLike.';

/** Drops the set operator if the key has one value and the operator then requires it. */
function forAllValuesFix(linted: LintedCondition, { statement }: LintedStatement, { document }: LintedPolicy): Fix {
  const { condition, operator, claim } = linted;
  const single = condition.operator.replace('ForAllValues:', '').replace(/IfExists$/, '');
  if (isMultivaluedKey(claim ?? condition.key)) {
    return advice(`Add "Null": {"${condition.key}": "false"}, so that the claim must be present.`, { widens: false });
  }
  if (operator?.negated === true) return advice(SAY_WHAT_IT_MUST_BE, { widens: false });
  const edit = rewriteCondition(document, statement, condition, { ...condition, operator: single });
  return edit === undefined
    ? advice(`Say in one condition on "${condition.key}" what both say, with "${single}".`, { widens: false })
    : fixBy(edit, { widens: false });
}

/** Drops IfExists, which makes the claim required. */
function withoutKeyFix(linted: LintedCondition, { statement }: LintedStatement, { document }: LintedPolicy): Fix {
  const { condition, operator } = linted;
  if (operator?.ifExists !== true || operator.negated) return advice(SAY_WHAT_IT_MUST_BE, { widens: false });
  const required = condition.operator.replace(/IfExists$/, '');
  const edit = rewriteCondition(document, statement, condition, { ...condition, operator: required });
  return edit === undefined ? advice(SAY_WHAT_IT_MUST_BE, { widens: false }) : fixBy(edit, { widens: false });
}

/** Writes the operator that differs only in its capital letters. What it then admits is not known here. */
function operatorFix({ condition }: LintedCondition, { statement }: LintedStatement, { document }: LintedPolicy): Fix {
  const operator = correctSpelling(condition.operator);
  const edit = operator && rewriteCondition(document, statement, condition, { ...condition, operator });
  return edit
    ? fixBy(edit, { widens: true })
    : advice('Write StringEquals, StringLike or another documented operator, with the same capital letters.', {
        widens: true,
      });
}

function correctSpelling(operator: string): string | undefined {
  return ['', 'ForAnyValue:', 'ForAllValues:']
    .flatMap((set) => OPERATOR_NAMES.flatMap((name) => [`${set}${name}`, `${set}${name}IfExists`]))
    .find((name) => name.toLowerCase() === operator.toLowerCase() && parseOperator(name) !== undefined);
}
