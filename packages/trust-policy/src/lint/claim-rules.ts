import { ciSystem } from '../ci-systems/index.ts';
import { valueBeginning, valuePattern } from '../ci-systems/value-beginning.ts';
import { addCondition, rewriteCondition } from '../fix/edits.ts';
import { advice, type Fix, fixBy } from '../fix/fix.ts';
import { ANY_ONE, ANY_RUN } from '../policy/glob.ts';
import { equalsInLike } from '../policy/literal.ts';
import { isOpenPattern } from './openings.ts';
import {
  admittingStatements,
  eachAllowCondition,
  eachCondition,
  hasWildcards,
  isStringComparison,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  type Rule,
} from './rule.ts';

/** Operators that compare `*` and `?` literally. */
const LITERAL_OPERATORS: ReadonlySet<string> = new Set([
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
]);

/** Rules on the values that conditions require of a token's claims. */
export const CLAIM_RULES: readonly Rule[] = [
  {
    id: 'audience-missing',
    severity: 'warning',
    about:
      'The statement has no condition on `aud`, or one that every audience fulfils; only the client ids of the identity provider limit the audience then.',
    check: (policy) =>
      admittingStatements(policy)
        .filter(({ conditions }) => !conditions.some((condition) => requiresAudience(condition, policy)))
        .map((linted) => ({
          path: `${linted.statement.pointer}/Condition`,
          message:
            'no condition demands an audience, so a token meant for another service is accepted as soon as its audience is registered',
          fix: audienceFix(linted, policy),
        })),
  },
  {
    id: 'audience-wrong',
    severity: 'error',
    about: "The audience is one this CI system's tokens never have.",
    check: (policy) =>
      eachAllowCondition(policy, (linted) => {
        const { issuer, claim, condition } = linted;
        if (claim !== 'aud' || issuer === undefined || !isStringComparison(linted)) return [];
        const { id, name, audience } = issuer.provider;
        const canHave = (value: string): boolean =>
          ciSystem(id).canHaveAudience?.(value, { wildcards: hasWildcards(linted), issuer }) ?? true;
        // The values are alternatives, so one right audience is enough.
        if (condition.values.some(canHave)) return [];
        return condition.values.map((value) => ({
          path: condition.pointer,
          message: `the policy expects the audience "${value}"; tokens of ${name} have ${audience}`,
          fix: advice(`Write ${audience}, and register the same with the identity provider.`, { widens: true }),
        }));
      }),
  },
  {
    id: 'equals-with-wildcard',
    severity: 'error',
    about: 'An Equals operator has a value with `*` or `?`, which it takes literally.',
    check: (policy) =>
      eachCondition(policy, (linted, statement) => {
        const { condition, operator, claim } = linted;
        if (claim === undefined || operator === undefined || !LITERAL_OPERATORS.has(operator.base)) return [];
        return condition.values
          .filter((value) => /(?<!\$\{)[*?]/.test(value))
          .map((value) => ({
            path: condition.pointer,
            message: `${condition.operator} takes "${value}" literally: "*" and "?" are wildcards only in StringLike`,
            fix: wildcardFix(value, { policy, statement, linted }),
          }));
      }),
  },
];

/** Whether only some audiences fulfil a condition. Tokens always have an audience, so IfExists and sets change nothing. */
function requiresAudience(condition: LintedCondition, { document }: LintedPolicy): boolean {
  if (!(condition.claim === 'aud' || condition.claim === 'oaud') || !isStringComparison(condition)) return false;
  const reading = { hasWildcards: hasWildcards(condition), hasVariables: document.version === '2012-10-17' };
  return condition.condition.values.every((value) => {
    const pattern = valuePattern(value, reading);
    const isOpen = pattern.includes(ANY_RUN) && pattern.every((token) => token === ANY_RUN || token === ANY_ONE);
    return !isOpen && valueBeginning(value, reading).variable === undefined;
  });
}

function audienceFix({ statement, federated }: LintedStatement, { document }: LintedPolicy): Fix {
  const issuers = federated.flatMap(({ issuer }) => issuer ?? []);
  const [issuer] = issuers;
  const fixed = issuer && ciSystem(issuer.provider.id).fixedAudience?.(issuer);
  if (issuer === undefined || fixed === undefined || federated.length > 1) {
    return advice(
      `Add StringEquals on the issuer's ":aud"${issuer === undefined ? '' : ` with ${issuer.provider.audience}`}.`,
      {
        widens: false,
      },
    );
  }
  const condition = { operator: 'StringEquals', key: `${issuer.path}:aud`, values: [fixed] };
  const edit = addCondition(document, statement, condition);
  return edit === undefined
    ? advice(`Let the condition on "${issuer.path}:aud" require "${fixed}".`, { widens: false })
    : fixBy(edit, { widens: false });
}

interface Place {
  readonly policy: LintedPolicy;
  readonly statement: LintedStatement;
  readonly linted: LintedCondition;
}

/** Names both readings of a wildcard in an Equals operator. The patch is for the reading that the pattern is meant. */
function wildcardFix(value: string, { policy, statement, linted }: Place): Fix {
  const { condition } = linted;
  const literal = `If the name itself contains "${/\*/.test(value) ? '*' : '?'}", write "StringLike" with "${equalsInLike(value)}".`;
  const isRefusal = (statement.statement.effect === 'Deny') !== (linted.operator?.negated === true);
  const widens = !isRefusal || condition.operator.includes('IgnoreCase');
  if (widens && statement.admitsWebIdentity && isOpenPattern(value, linted, { policy, statement })) {
    return advice(
      `If a pattern is meant, name the owner and the scope in full before the first wildcard, and write it with "StringLike": as it stands it would admit jobs of others. ${literal}`,
      { widens: true },
    );
  }
  const edit = rewriteCondition(policy.document, statement.statement, condition, {
    ...condition,
    operator: condition.operator.replace(/Equals(?:IgnoreCase)?/, 'Like'),
  });
  return edit === undefined
    ? advice(
        `Both conditions on "${condition.key}" hold together. Write one pattern that combines both, with StringLike. ${literal}`,
        { widens },
      )
    : fixBy(edit, { widens, more: literal });
}
