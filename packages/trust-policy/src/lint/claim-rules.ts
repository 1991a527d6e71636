import { ciSystem } from '../ci-systems/index.ts';
import { guardedClaim } from '../ci-systems/issuer.ts';
import { subjectSubstitute } from '../ci-systems/owner.ts';
import { alternatives } from '../text/alternatives.ts';
import {
  acceptsAnyValue,
  admittingStatements,
  eachCondition,
  eachSubject,
  eachValue,
  hasWildcards,
  type LintedCondition,
  type Rule,
  requiresValue,
  WILDCARDS_ONLY,
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
    id: 'shared-issuer-guard',
    severity: 'error',
    about: 'All customers of the service share this issuer, and the statement has no condition IAM insists on for it.',
    check: (policy) =>
      admittingStatements(policy).flatMap(({ statement, issuers, conditions }) =>
        issuers.flatMap((issuer) => {
          const claim = guardedClaim(issuer);
          if (claim === undefined || conditions.some((condition) => isScope(condition, claim))) return [];
          return [
            {
              path: `${statement.pointer}/Condition`,
              message: `all customers share the issuer "${issuer}", and the statement has no condition on "${issuer}:${claim}"; IAM refuses to store it`,
              fix: `Add a condition on "${issuer}:${claim}" that names yours.`,
            },
          ];
        }),
      ),
  },
  {
    id: 'subject-missing',
    severity: 'error',
    about: 'The statement has no condition on `sub`: every job of the workspace or organization may assume the role.',
    check: (policy) =>
      admittingStatements(policy)
        .filter(({ issuers }) => issuers.every((issuer) => guardedClaim(issuer) === undefined))
        .filter(({ conditions }) => !conditions.some((condition) => isScope(condition, 'sub')))
        .map(({ statement, issuers }) => ({
          path: `${statement.pointer}/Condition`,
          message: `no condition demands a subject: every job whose token comes from ${alternatives(issuers)} may assume the role`,
          fix: 'Add a condition on the issuer\'s ":sub" that names one repository, connection or pipeline.',
        })),
  },
  {
    id: 'subject-any',
    severity: 'error',
    about: 'The condition on `sub`, or on `job_workflow_ref` in its place, is fulfilled by every job, e.g. `*`.',
    check: (policy) =>
      eachSubject(policy, (value, condition) => {
        if (!hasWildcards(condition) || !value.includes('*') || !WILDCARDS_ONLY.test(value)) return undefined;
        const substitute = subjectSubstitute(condition.claim);
        return substitute === undefined
          ? {
              message: `"${value}" matches every subject the issuer has`,
              fix: 'Name one repository, connection or pipeline.',
            }
          : { message: `"${value}" matches ${substitute.everything}`, fix: substitute.nameOne };
      }),
  },
  {
    id: 'audience-missing',
    severity: 'warning',
    about:
      'The statement has no condition on `aud`, or one that every audience fulfils; only the client ids of the identity provider limit the audience then.',
    check: (policy) =>
      admittingStatements(policy)
        .filter(
          ({ conditions }) =>
            !conditions.some(
              (condition) => (condition.claim === 'aud' || condition.claim === 'oaud') && !acceptsAnyValue(condition),
            ),
        )
        .map(({ statement, federated }) => {
          const known = federated.find(({ issuer }) => issuer !== undefined)?.issuer;
          return {
            path: `${statement.pointer}/Condition`,
            message:
              'no condition demands an audience, so a token meant for another service is accepted as soon as its audience is registered',
            fix: `Add StringEquals on the issuer's ":aud"${known === undefined ? '' : ` with ${known.provider.audience}`}.`,
          };
        }),
  },
  {
    id: 'audience-wrong',
    severity: 'error',
    about: "The audience is one this CI system's tokens never have.",
    check: (policy) =>
      eachValue(policy, 'aud', (value, condition) => {
        const { issuer } = condition;
        if (issuer === undefined) return undefined;
        const { id, name, audience } = issuer.provider;
        const isPossible =
          ciSystem(id).canHaveAudience?.(value, { wildcards: hasWildcards(condition), issuer }) ?? true;
        return isPossible
          ? undefined
          : {
              message: `the policy expects the audience "${value}"; tokens of ${name} have ${audience}`,
              fix: `Write ${audience}, and register the same with the identity provider.`,
            };
      }),
  },
  {
    id: 'equals-with-wildcard',
    severity: 'error',
    about: 'An Equals operator has a value with `*` or `?`, which it takes literally.',
    check: (policy) =>
      eachCondition(policy, ({ condition, operator, claim }) =>
        claim !== undefined && operator !== undefined && LITERAL_OPERATORS.has(operator.base)
          ? condition.values
              .filter((value) => /(?<!\$\{)[*?]/.test(value))
              .map((value) => ({
                path: condition.pointer,
                message: `${condition.operator} takes "${value}" literally: "*" and "?" are wildcards only in StringLike`,
                fix: `Write "${condition.operator.replace(/Equals(IgnoreCase)?/, 'Like')}" instead of "${condition.operator}".`,
              }))
          : [],
      ),
  },
];

/** Whether the condition limits the role to some jobs. Another rule reports a mistake before the claim in its key. */
function isScope(condition: LintedCondition, claim: string): boolean {
  if (!requiresValue(condition)) return false;
  // Another rule reports a subject that has only wildcards.
  if (claim === 'sub') return condition.claim === 'sub' || subjectSubstitute(condition.claim) !== undefined;
  return condition.claim === claim && !acceptsAnyValue(condition);
}
