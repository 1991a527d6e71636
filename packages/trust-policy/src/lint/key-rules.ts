import { ciSystem } from '../ci-systems/index.ts';
import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
import { rewriteCondition } from '../fix/edits.ts';
import { advice, type Fix, fixBy } from '../fix/fix.ts';
import { alternatives } from '../text/alternatives.ts';
import type { ConditionKey } from '../token/condition-key.ts';
import {
  admittingStatements,
  eachAllowCondition,
  eachCondition,
  isNeverFilled,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  passesWithoutKey,
  type Rule,
  type RuleFinding,
} from './rule.ts';

/** Rules on the keys of conditions: those that AWS never fills, and those that exclude each other. */
export const KEY_RULES: readonly Rule[] = [
  {
    id: 'provider-arn-as-key',
    severity: 'error',
    about: "A condition key begins with the provider's ARN; it must begin with the issuer.",
    check: (policy) => keysWithPrefix(policy, 'provider-arn', "the provider's ARN"),
  },
  {
    id: 'scheme-in-key',
    severity: 'error',
    about: 'A condition key begins with `https://`; it must begin with the issuer without it.',
    check: (policy) => keysWithPrefix(policy, 'scheme', 'a scheme'),
  },
  {
    id: 'key-other-issuer',
    severity: 'error',
    about: 'A condition is on a claim of another issuer than the one the statement trusts.',
    check: (policy) =>
      admittingStatements(policy)
        // If the issuer has a mistake the key may be right, so the issuer must be fixed first.
        .filter(({ issuers }) => !issuers.some(issuerFlaw))
        .flatMap((statement) =>
          statement.conditions.flatMap((linted) => {
            const { issuers } = statement;
            const { condition, key } = linted;
            return key.kind === 'other-issuer' && !passesWithoutKey(linted)
              ? [
                  {
                    path: condition.pointer,
                    message: `the key is about "${key.issuer}"; the statement trusts ${alternatives(issuers)}, whose tokens never fill it`,
                    fix: otherIssuerFix(linted, statement, policy),
                  },
                ]
              : [];
          }),
        ),
  },
  {
    id: 'unsupported-key',
    severity: 'error',
    about: 'A condition is on a claim AWS never offers as a key, e.g. `branchName` of Bitbucket.',
    check: (policy) =>
      eachAllowCondition(policy, (linted) => {
        const { condition, key } = linted;
        if (passesWithoutKey(linted)) return [];
        if (key.kind === 'malformed') {
          return [
            {
              path: condition.pointer,
              message: `"${condition.key}" is not a condition key`,
              fix: advice('Write "<issuer without https://>:sub" or another documented key.', { widens: true }),
            },
          ];
        }
        if (key.kind !== 'claim-not-offered') return [];
        const { name, conditionClaims } = key.system;
        const offered = ['sub', 'aud', ...conditionClaims].join(', ');
        return [
          {
            path: condition.pointer,
            message: `AWS does not offer the claim "${key.claim}" of ${name} as a condition key, so this never matches; it offers ${offered}`,
            fix: advice(claimNotOfferedFix(key), { widens: true }),
          },
        ];
      }),
  },
  {
    id: 'never-fulfilled',
    severity: 'error',
    about:
      'No web identity can fulfil the conditions together: they ask for claims of two issuers, or for a key it never has, e.g. `sts:ExternalId`.',
    check: (policy) =>
      admittingStatements(policy).flatMap((statement) => [...severalIssuers(statement), ...awsCallerKeys(statement)]),
  },
  {
    id: 'key-always-passes',
    severity: 'warning',
    about:
      'A condition on a key AWS never fills demands nothing, because its operator passes without the key: `ForAllValues`, `…IfExists`, a negated one, or `Null` with `true`.',
    check: (policy) =>
      policy.statements.flatMap((statement) =>
        statement.conditions
          .filter((linted) => isNeverFilled(linted) && passesWithoutKey(linted))
          .filter(({ key }) => statement.admitsWebIdentity || key.kind === 'provider-arn' || key.kind === 'scheme')
          .map((linted) => ({
            path: linted.condition.pointer,
            message: `AWS never fills the key "${linted.condition.key}", and ${linted.condition.operator} passes without it, so the condition demands nothing`,
            fix: neverFilledFix(linted, statement, policy),
          })),
      ),
  },
];

/** Finds keys with text before the issuer. */
function keysWithPrefix(policy: LintedPolicy, kind: 'provider-arn' | 'scheme', beginning: string): RuleFinding[] {
  return eachCondition(policy, (linted, statement) => {
    const { condition, key } = linted;
    if (key.kind !== kind || passesWithoutKey(linted)) return [];
    const right = `${key.issuer}:${key.claim}`;
    return [
      {
        path: condition.pointer,
        message: `the key begins with ${beginning}; AWS fills "${right}", so this one never matches`,
        // No request has the key now. In an Allow the condition therefore refuses everybody, in a Deny nobody.
        fix: keyFix(right, { linted, statement, policy, widens: statement.statement.effect === 'Allow' }),
      },
    ];
  });
}

interface KeyPlace {
  readonly linted: LintedCondition;
  readonly statement: LintedStatement;
  readonly policy: LintedPolicy;
  readonly widens: boolean;
}

/** Writes another key, unless the statement has a condition on it already. */
function keyFix(key: string, { linted: { condition }, statement, policy, widens }: KeyPlace): Fix {
  const edit = rewriteCondition(policy.document, statement.statement, condition, { ...condition, key });
  return edit === undefined
    ? advice(`Write "${key}" as the key, in one condition that combines both.`, {
        widens,
      })
    : fixBy({ ...edit, text: `write "${key}" as the key` }, { widens });
}

function otherIssuerFix(linted: LintedCondition, statement: LintedStatement, policy: LintedPolicy): Fix {
  const { key } = linted;
  const claim = 'claim' in key ? key.claim : '';
  const [only, ...more] = statement.issuers;
  if (only !== undefined && more.length === 0) {
    const fix = keyFix(`${only}:${claim}`, { linted, statement, policy, widens: true });
    return { ...fix, text: `${fix.text} Or trust the other issuer.` };
  }
  const keys = statement.issuers.map((issuer) => `${issuer}:${claim}`);
  return advice(`Write ${alternatives(keys)} as the key, or trust the other issuer.`, { widens: true });
}

/** Keys that only callers with their own AWS credentials have, in lower case. */
const AWS_CALLER_KEYS: ReadonlySet<string> = new Set([
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'sts:externalid',
]);

function awsCallerKeys({ conditions, statement }: LintedStatement): RuleFinding[] {
  const hasCallers = statement.principal.entries.some(({ type }) => type !== 'Federated');
  return conditions
    .filter((linted) => AWS_CALLER_KEYS.has(linted.condition.key.toLowerCase()) && requiresKey(linted))
    .map(({ condition }) => ({
      path: condition.pointer,
      message: `a web identity never has "${condition.key}", so the statement admits none${hasCallers ? ', only the AWS principals' : ''}`,
      fix: hasCallers
        ? advice(
            'Write a separate statement for the identity provider, with conditions on its claims. Leave this condition with the AWS principals, which it limits.',
            { widens: true },
          )
        : advice('Express the limit with conditions on the claims of the token, then remove this condition.', {
            widens: true,
          }),
    }));
}

/** Finds statements that require claims of several issuers. A token has one issuer. */
function severalIssuers({ statement, conditions }: LintedStatement): RuleFinding[] {
  const demanded = new Map(
    conditions
      .filter(requiresKey)
      .flatMap(({ key }) => (key.kind === 'claim' ? [[key.issuer.toLowerCase(), key.issuer] as const] : [])),
  );
  if (demanded.size < 2) return [];
  const issuerList = [...demanded.values()].map((issuer) => `"${issuer}"`).join(' and of ');
  return [
    {
      path: `${statement.pointer}/Condition`,
      message: `the conditions ask for claims of ${issuerList} together; a token has one issuer, so the statement admits none`,
      fix: advice('Write one statement for each identity provider, with the conditions on its own claims.', {
        widens: true,
      }),
    },
  ];
}

function requiresKey(linted: LintedCondition): boolean {
  return linted.operator !== undefined && !passesWithoutKey(linted);
}

/** The condition has no effect now. Another key gives it one, which narrows an Allow. */
function neverFilledFix(linted: LintedCondition, statement: LintedStatement, policy: LintedPolicy): Fix {
  const { key } = linted;
  const widens = statement.statement.effect === 'Deny';
  switch (key.kind) {
    case 'claim-not-offered':
      return advice(claimNotOfferedFix(key), { widens });
    case 'other-issuer': {
      const keys = statement.issuers.map((issuer) => `${issuer}:${key.claim}`);
      return advice(`Write ${alternatives(keys)} as the key, or remove the condition.`, { widens });
    }
    case 'provider-arn':
    case 'scheme':
      return keyFix(`${key.issuer}:${key.claim}`, { linted, statement, policy, widens });
    default:
      return advice('Write "<issuer without https://>:sub" or another documented key.', { widens });
  }
}

function claimNotOfferedFix({ system, claim, issuer }: Extract<ConditionKey, { kind: 'claim-not-offered' }>): string {
  return ciSystem(system.id).claimNotOfferedFix?.(claim, { issuer }) ?? 'Use one of the claims AWS offers instead.';
}
