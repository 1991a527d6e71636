import { valueBeginning } from '../ci-systems/value-beginning.ts';
import { coversAction } from '../policy/action.ts';
import {
  hasWildcards,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  passesWithoutKey,
} from './rule.ts';

/** Forms of a key's values that name one account, organization or role. */
interface CallerForms {
  readonly whole: RegExp;
  /** Beginning of a pattern that names one in full. Absent if a pattern never does. */
  readonly beginning?: RegExp;
}

const ACCOUNT_IN_ARN = /^arn:[^:]+:[^:]*:[^:]*:\d{12}:/;

/** Keys that limit the caller, in lower case. */
const CALLER_KEYS: ReadonlyMap<string, CallerForms> = new Map([
  ['aws:principalaccount', { whole: /^\d{12}$/ }],
  ['aws:principalarn', { whole: ACCOUNT_IN_ARN, beginning: ACCOUNT_IN_ARN }],
  ['aws:principalorgid', { whole: /^o-[a-z0-9]+$/ }],
  ['aws:principalorgpaths', { whole: /^o-[a-z0-9]+(?:\/|$)/, beginning: /^o-[a-z0-9]+\// }],
  // The unique id of a user or role, before the session's name.
  ['aws:userid', { whole: /^A(?:ROA|IDA)[A-Z0-9]{12,}(?::|$)/, beginning: /^A(?:ROA|IDA)[A-Z0-9]{12,}:/ }],
]);
/** The account in an ARN whose parts IAM matches separately. */
const ARN_PATTERN = /^arn:[^:]+:[^:]+:[^:]*:\d{12}:/;
const MATCHING_OPERATORS = /^(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;
const EXCLUDING_OPERATORS = /^(?:StringNotEquals|StringNotEqualsIgnoreCase|StringNotLike|ArnNotEquals|ArnNotLike)$/;

/** Whether a statement is about callers from AWS accounts and limits them by a condition or by a Deny of all others. */
export function limitsCallers(statement: LintedStatement, policy: LintedPolicy): boolean {
  return (
    coversAction(statement.statement.action, 'sts:AssumeRole') &&
    (statement.conditions.some(
      (linted) =>
        MATCHING_OPERATORS.test(linted.operator?.base ?? '') &&
        !passesWithoutKey(linted) &&
        namesCallers(linted, policy),
    ) ||
      policy.statements.some((other) => deniesOtherCallers(other, policy)))
  );
}

/** Whether every value of the condition names one account, organization or role. */
function namesCallers(linted: LintedCondition, { document }: LintedPolicy): boolean {
  const { condition, operator } = linted;
  const forms = CALLER_KEYS.get(condition.key.toLowerCase());
  if (forms === undefined || condition.values.length === 0) return false;
  const isArn = operator?.base.startsWith('Arn') === true;
  const reading = {
    hasWildcards: isArn || hasWildcards(linted),
    hasVariables: document.version === '2012-10-17',
  };
  return condition.values.every((value) => {
    if (isArn && !value.includes('${') && ARN_PATTERN.test(value)) return true;
    // The role's own account and organization limit the caller as well as their ids do.
    if (/^\$\{aws:Resource(?:Account|OrgID)\}$/i.test(value)) return reading.hasVariables;
    const { text, isWhole } = valueBeginning(value, reading);
    return (isWhole ? forms.whole : forms.beginning)?.test(text) === true;
  });
}

function deniesOtherCallers(deny: LintedStatement, policy: LintedPolicy): boolean {
  const { effect, action, principal } = deny.statement;
  const isForEveryone =
    !principal.negated &&
    (principal.everyone || principal.entries.some(({ type, values }) => type === 'AWS' && values.includes('*')));
  return (
    effect === 'Deny' &&
    isForEveryone &&
    coversAction(action, 'sts:AssumeRole') &&
    deny.conditions.length > 0 &&
    deny.conditions.every(
      (linted) =>
        EXCLUDING_OPERATORS.test(linted.operator?.base ?? '') &&
        linted.operator?.set === undefined &&
        namesCallers(linted, policy),
    )
  );
}
