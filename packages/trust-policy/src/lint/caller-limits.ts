import { valueBeginning } from '../ci-systems/value-beginning.ts';
import { coversAction } from '../policy/action.ts';
import {
  hasWildcards,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  passesWithoutKey,
} from './rule.ts';

/**
 * Keys that limit the calling account, organization or role, with the beginning of the values that do. The key's own name
 * is in lower case.
 */
const CALLER_KEYS: ReadonlyMap<string, RegExp> = new Map([
  ['aws:principalaccount', /^\d{12}$/],
  ['aws:principalarn', /^arn:[^:]+:[^:]*:[^:]*:\d{12}:/],
  ['aws:principalorgid', /^o-[a-z0-9]+$/],
  ['aws:principalorgpaths', /^o-[a-z0-9]+(?:\/|$)/],
  // The unique id of a user or role, before the session's name.
  ['aws:userid', /^A(?:ROA|IDA)[A-Z0-9]{12,}(?::|$)/],
]);
/** The account in an ARN of which IAM matches each part by itself. */
const ARN_PATTERN = /^arn:[^:]+:[^:]+:[^:]*:\d{12}:/;
const MATCHING_OPERATORS = /^(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;
const EXCLUDING_OPERATORS = /^(?:StringNotEquals|StringNotEqualsIgnoreCase|StringNotLike|ArnNotEquals|ArnNotLike)$/;

/** Whether a statement is about callers from AWS accounts, and a condition or a Deny of all others limits them. */
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
  const form = CALLER_KEYS.get(condition.key.toLowerCase());
  if (form === undefined || condition.values.length === 0) return false;
  const isArn = operator?.base.startsWith('Arn') === true;
  const reading = {
    hasWildcards: isArn || hasWildcards(linted),
    hasVariables: document.version === '2012-10-17',
  };
  return condition.values.every((value) => {
    if (isArn && !value.includes('${') && ARN_PATTERN.test(value)) return true;
    const { text, isWhole, variable } = valueBeginning(value, reading);
    // The account of the role itself is as good as its number.
    const isOwnAccount = variable === undefined && isWhole && /^\$\{aws:ResourceAccount\}$/i.test(value);
    const isOwnOrganization = isWhole && /^\$\{aws:ResourceOrgID\}$/i.test(value);
    return isOwnAccount || isOwnOrganization || (form.test(text) && (isWhole || !form.source.endsWith('$')));
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
