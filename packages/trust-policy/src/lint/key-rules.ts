import { ciSystem } from '../ci-systems/index.ts';
import type { Provider } from '../ci-systems/issuer.ts';
import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
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
        .flatMap(({ conditions, issuers }) =>
          conditions.flatMap((linted) => {
            const { condition, key } = linted;
            return key.kind === 'other-issuer' && !passesWithoutKey(linted)
              ? [
                  {
                    path: condition.pointer,
                    message: `the key is about "${key.issuer}"; the statement trusts ${alternatives(issuers)}, whose tokens never fill it`,
                    fix: `Write ${alternatives(issuers.map((issuer) => `${issuer}:${key.claim}`))} as the key, or trust the other issuer.`,
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
              fix: 'Write "<issuer without https://>:sub" or another documented key.',
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
            fix: claimNotOfferedFix(key.system, key.claim),
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
      policy.statements.flatMap(({ conditions, issuers, admitsWebIdentity }) =>
        conditions
          .filter((linted) => isNeverFilled(linted) && passesWithoutKey(linted))
          .filter(({ key }) => admitsWebIdentity || key.kind === 'provider-arn' || key.kind === 'scheme')
          .map(({ condition, key }) => ({
            path: condition.pointer,
            message: `AWS never fills the key "${condition.key}", and ${condition.operator} passes without it, so the condition demands nothing`,
            fix: neverFilledFix(key, issuers),
          })),
      ),
  },
];

/** Finds keys with text before the issuer. */
function keysWithPrefix(policy: LintedPolicy, kind: 'provider-arn' | 'scheme', beginning: string): RuleFinding[] {
  return eachCondition(policy, (linted) => {
    const { condition, key } = linted;
    if (key.kind !== kind || passesWithoutKey(linted)) return [];
    const right = `${key.issuer}:${key.claim}`;
    return [
      {
        path: condition.pointer,
        message: `the key begins with ${beginning}; AWS fills "${right}", so this one never matches`,
        fix: `Write "${right}" as the key.`,
      },
    ];
  });
}

/** Keys that only callers with their own AWS credentials have, in lower case. */
const AWS_CALLER_KEYS: ReadonlySet<string> = new Set([
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'sts:externalid',
]);

function awsCallerKeys({ conditions }: LintedStatement): RuleFinding[] {
  return conditions
    .filter((linted) => AWS_CALLER_KEYS.has(linted.condition.key.toLowerCase()) && requiresKey(linted))
    .map(({ condition }) => ({
      path: condition.pointer,
      message: `a web identity never has "${condition.key}", so the statement admits none`,
      fix: 'Remove the condition, or move it to a statement for AWS principals.',
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
  const named = [...demanded.values()].map((issuer) => `"${issuer}"`).join(' and of ');
  return [
    {
      path: `${statement.pointer}/Condition`,
      message: `the conditions ask for claims of ${named} at once; a token is of one issuer, so the statement admits none`,
      fix: 'Write one statement for each identity provider, with the conditions on its own claims.',
    },
  ];
}

function requiresKey(linted: LintedCondition): boolean {
  return linted.operator !== undefined && !passesWithoutKey(linted);
}

function neverFilledFix(key: ConditionKey, issuers: readonly string[]): string {
  switch (key.kind) {
    case 'claim-not-offered':
      return claimNotOfferedFix(key.system, key.claim);
    case 'other-issuer':
      return `Write ${alternatives(issuers.map((issuer) => `${issuer}:${key.claim}`))} as the key, or remove the condition.`;
    case 'provider-arn':
    case 'scheme':
      return `Write "${key.issuer}:${key.claim}" as the key.`;
    default:
      return 'Write "<issuer without https://>:sub" or another documented key.';
  }
}

function claimNotOfferedFix({ id }: Provider, claim: string): string {
  return ciSystem(id).claimNotOfferedFix?.(claim) ?? 'Remove the condition, or use one of the claims AWS offers.';
}
