import { alternatives } from '../alternatives.ts';
import { audienceFit } from '../audience.ts';
import type { ConditionKey } from '../condition-key.ts';
import { findPlaceholder } from '../placeholder.ts';
import { guardedClaim } from '../providers.ts';
import {
  admitting,
  demandsValue,
  eachAllowCondition,
  eachSubject,
  eachValue,
  type Found,
  isNeverFilled,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  passesWithoutKey,
  type Rule,
  takesAnyValue,
  takesWildcards,
  WILDCARDS_ONLY,
} from './rule.ts';

/** Operators to which `*` and `?` are characters like any other. */
const LITERAL_OPERATORS: ReadonlySet<string> = new Set([
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
]);

/** Rules on conditions that hold for every provider. */
export const CONDITION_RULES: readonly Rule[] = [
  {
    id: 'shared-issuer-guard',
    severity: 'error',
    about: 'All customers of the service share this issuer, and the statement has no condition IAM insists on for it.',
    check: (policy) =>
      admitting(policy).flatMap(({ statement, issuers, conditions }) =>
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
      admitting(policy)
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
        if (!takesWildcards(condition) || !value.includes('*') || !WILDCARDS_ONLY.test(value)) return undefined;
        return condition.claim === 'sub'
          ? {
              message: `"${value}" matches every subject the issuer has`,
              fix: 'Name one repository, connection or pipeline.',
            }
          : {
              message: `"${value}" matches every workflow, of every repository whose tokens come from the issuer`,
              fix: 'Name one workflow, <owner>/<repository>/<path>@<ref>, or add a condition on ":sub".',
            };
      }),
  },
  {
    id: 'audience-missing',
    severity: 'warning',
    about:
      'The statement has no condition on `aud`, or one that every audience fulfils; only the client ids of the identity provider limit the audience then.',
    check: (policy) =>
      admitting(policy)
        .filter(
          ({ conditions }) =>
            !conditions.some(
              (condition) => (condition.claim === 'aud' || condition.claim === 'oaud') && !takesAnyValue(condition),
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
        if (condition.issuer === undefined) return undefined;
        const fit = audienceFit(condition.issuer, value, takesWildcards(condition));
        return fit.possible
          ? undefined
          : {
              message: `the policy expects the audience "${value}"; tokens of ${condition.issuer.provider.name} have ${fit.usual}`,
              fix: `Write ${fit.usual}, and register the same with the identity provider.`,
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
  {
    id: 'provider-arn-as-key',
    severity: 'error',
    about: "A condition key begins with the provider's ARN; it must begin with the issuer.",
    check: (policy) =>
      eachCondition(policy, (linted) => {
        const { condition, key } = linted;
        return key.kind === 'provider-arn' && !passesWithoutKey(linted)
          ? [
              {
                path: condition.pointer,
                message: `the key begins with the provider's ARN; AWS fills "${key.issuer}:${key.claim}", so this one never matches`,
                fix: `Write "${key.issuer}:${key.claim}" as the key.`,
              },
            ]
          : [];
      }),
  },
  {
    id: 'scheme-in-key',
    severity: 'error',
    about: 'A condition key begins with `https://`; it must begin with the issuer without it.',
    check: (policy) =>
      eachCondition(policy, (linted) => {
        const { condition, key } = linted;
        return key.kind === 'scheme' && !passesWithoutKey(linted)
          ? [
              {
                path: condition.pointer,
                message: `the key begins with a scheme; AWS fills "${key.issuer}:${key.claim}", so this one never matches`,
                fix: `Write "${key.issuer}:${key.claim}" as the key.`,
              },
            ]
          : [];
      }),
  },
  {
    id: 'key-other-issuer',
    severity: 'error',
    about: 'A condition is on a claim of another issuer than the one the statement trusts.',
    check: (policy) =>
      admitting(policy).flatMap(({ conditions, issuers }) =>
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
      admitting(policy).flatMap(({ conditions }) =>
        conditions.flatMap((linted) => {
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
          const { id, name, conditionClaims } = key.system;
          const offered = ['sub', 'aud', ...conditionClaims].join(', ');
          return [
            {
              path: condition.pointer,
              message: `AWS does not offer the claim "${key.claim}" of ${name} as a condition key, so this never matches; it offers ${offered}`,
              fix: unsupportedKeyFix(id, key.claim),
            },
          ];
        }),
      ),
  },
  {
    id: 'never-fulfilled',
    severity: 'error',
    about:
      'No web identity can fulfil the conditions together: they ask for claims of two issuers, or for a key it never has, e.g. `sts:ExternalId`.',
    check: (policy) =>
      admitting(policy).flatMap((statement) => [...issuersAtOnce(statement), ...keysOfOthers(statement)]),
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

/** Keys that only callers with AWS credentials of their own can have, in lower case. */
const OF_AWS_CALLERS: ReadonlySet<string> = new Set([
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'sts:externalid',
]);

function keysOfOthers({ conditions }: LintedStatement): Found[] {
  return conditions
    .filter((linted) => OF_AWS_CALLERS.has(linted.condition.key.toLowerCase()) && demandsKey(linted))
    .map(({ condition }) => ({
      path: condition.pointer,
      message: `a web identity never has "${condition.key}", so the statement admits none`,
      fix: 'Remove the condition, or move it to a statement for AWS principals.',
    }));
}

/** All conditions of a statement must hold, and a token is of one issuer. */
function issuersAtOnce({ statement, conditions }: LintedStatement): Found[] {
  const demanded = new Map(
    conditions
      .filter(demandsKey)
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

function demandsKey(linted: LintedCondition): boolean {
  return linted.operator !== undefined && !passesWithoutKey(linted);
}

/** The conditions of statements that let web identities in, on keys AWS can fill. */
function eachFilled(policy: LintedPolicy, check: (condition: LintedCondition) => readonly Found[]): Found[] {
  return eachAllowCondition(policy, (condition) => (isNeverFilled(condition) ? [] : check(condition)));
}

function neverFilledFix(key: ConditionKey, issuers: readonly string[]): string {
  switch (key.kind) {
    case 'claim-not-offered':
      return unsupportedKeyFix(key.system.id, key.claim);
    case 'other-issuer':
      return `Write ${alternatives(issuers.map((issuer) => `${issuer}:${key.claim}`))} as the key, or remove the condition.`;
    case 'provider-arn':
    case 'scheme':
      return `Write "${key.issuer}:${key.claim}" as the key.`;
    default:
      return 'Write "<issuer without https://>:sub" or another documented key.';
  }
}

function unsupportedKeyFix(provider: string, claim: string): string {
  if (provider === 'bitbucket') {
    return /branch/i.test(claim)
      ? 'Remove the condition. To tie the role to branches, deploy through a deployment environment limited to them, and put its UUID in the subject.'
      : 'Remove the condition, and put what it should say in the condition on ":sub".';
  }
  if (provider === 'azure-devops') {
    return 'Remove the condition, and put what it should say in the condition on ":sub". Branches can be limited with checks on the service connection.';
  }
  return 'Remove the condition, or use one of the claims AWS offers.';
}

function eachCondition(policy: LintedPolicy, check: (condition: LintedCondition) => readonly Found[]): Found[] {
  return policy.statements.flatMap(({ conditions }) => conditions.flatMap((condition) => check(condition)));
}

/** Whether the condition limits the role to some; a key with a mistake before the claim is another rule's finding. */
function isScope(condition: LintedCondition, claim: string): boolean {
  if (!demandsValue(condition)) return false;
  // A subject of wildcards alone is a finding of its own.
  if (claim === 'sub') return condition.claim === 'sub' || condition.claim === 'job_workflow_ref';
  return condition.claim === claim && !takesAnyValue(condition);
}
