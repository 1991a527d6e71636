import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
import { coversAction } from '../policy/action.ts';
import { parseRoleArn, issuerPath as withoutScheme } from '../policy/arn.ts';
import type { PrincipalElement } from '../policy/policy-document.ts';
import { type LintedPolicy, type LintedStatement, passesWithoutKey, type Rule } from './rule.ts';

/** Federated principals that IAM knows in addition to the account's OIDC providers. */
const OTHER_FEDERATED =
  /^(?:arn:[a-z0-9-]+:iam::\d{12}:saml-provider\/.+|cognito-identity\.amazonaws\.com|www\.amazon\.com|graph\.facebook\.com|accounts\.google\.com)$/;

/** Rules on Principal. */
export const PRINCIPAL_RULES: readonly Rule[] = [
  {
    id: 'principal-everyone',
    severity: 'error',
    about:
      'The principal is `*`, which trusts every AWS account and admits no web identity; for `sts:AssumeRole` a condition on `aws:PrincipalOrgID`, `aws:PrincipalArn` or alike limits it.',
    check: ({ statements, ...policy }) =>
      allowedPrincipals({ ...policy, statements: statements.filter((statement) => !limitsCallers(statement)) })
        .filter(
          ({ everyone, entries }) =>
            everyone || entries.some(({ type, values }) => type === 'AWS' && values.includes('*')),
        )
        .map(({ pointer }) => ({
          path: pointer,
          message: 'the principal "*" trusts every AWS account, and still admits no web identity',
          fix: 'Write "Principal": {"Federated": "<ARN of the identity provider>"}.',
        })),
  },
  {
    id: 'not-principal',
    severity: 'error',
    about: '`NotPrincipal` with Allow; IAM refuses it in a trust policy.',
    check: (policy) =>
      allowedPrincipals(policy)
        .filter(({ negated }) => negated)
        .map(({ pointer }) => ({
          path: pointer,
          message: 'Allow with NotPrincipal would trust everyone else; IAM refuses it',
          fix: 'Write "Principal" with the identity provider\'s ARN.',
        })),
  },
  {
    id: 'principal-form',
    severity: 'error',
    about: "A Federated principal is not an identity provider's ARN, e.g. the issuer URL.",
    check({ statements }) {
      return statements.flatMap(({ federated }) =>
        federated
          .filter(({ value, issuerPath }) => issuerPath === undefined && !OTHER_FEDERATED.test(value))
          .map(({ value, pointer }) => ({
            path: pointer,
            message: `"${value}" is not the ARN of an identity provider`,
            fix: 'Write "arn:aws:iam::<account>:oidc-provider/<issuer without https://>".',
          })),
      );
    },
  },
  {
    id: 'issuer-form',
    severity: 'error',
    about:
      "The provider's ARN does not contain an issuer this CI system has, e.g. a UUID for Bitbucket's workspace slug or a name for the Azure DevOps organization id.",
    check({ statements }) {
      return statements.flatMap(({ federated }) =>
        federated.flatMap(({ issuerPath, pointer }) => {
          const flaw = issuerPath === undefined ? undefined : issuerFlaw(issuerPath);
          return flaw === undefined ? [] : [{ path: pointer, ...flaw }];
        }),
      );
    },
  },
  {
    id: 'principal-other-issuer',
    severity: 'error',
    about: 'No statement trusts the issuer of the tokens (given with `issuer`).',
    check({ statements }, { issuer }) {
      if (issuer === undefined) return [];
      const wanted = withoutScheme(issuer);
      const principals = statements
        .filter(({ admitsWebIdentity }) => admitsWebIdentity)
        .flatMap(({ federated }) => federated);
      if (principals.some(({ issuerPath }) => issuerPath === wanted)) return [];
      return principals.map(({ pointer, issuerPath, value }) => ({
        path: pointer,
        message: `the policy trusts "${issuerPath ?? value}"; the token's issuer is "${wanted}"`,
        fix: `Write the ARN of the provider for "${wanted}".`,
      }));
    },
  },
  {
    id: 'principal-other-account',
    severity: 'error',
    about:
      "The provider lies in another account than the role (given with `roleArn`); AWS only looks in the role's own.",
    check({ statements }, { roleArn }) {
      const role = roleArn && parseRoleArn(roleArn);
      if (!role) return [];
      const { accountId } = role;
      return statements.flatMap(({ federated }) =>
        federated
          .filter((principal) => principal.account !== undefined && principal.account !== accountId)
          .map((principal) => ({
            path: principal.pointer,
            message: `the provider lies in account ${principal.account}; the role lies in ${accountId}, and AWS only looks there`,
            fix: `Write "${principal.value.replace(/::\d{12}:/, `::${accountId}:`)}", and create that provider if it is missing.`,
          })),
      );
    },
  },
];

/** Keys that limit the calling account or role. */
const CALLER_KEYS: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
]);
const MATCHING_OPERATORS = /^(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;

/** Whether a statement is about callers from AWS accounts and a condition limits them. */
function limitsCallers({ statement, conditions }: LintedStatement): boolean {
  return (
    coversAction(statement.action, 'sts:AssumeRole') &&
    conditions.some(
      (linted) =>
        CALLER_KEYS.has(linted.condition.key.toLowerCase()) &&
        MATCHING_OPERATORS.test(linted.operator?.base ?? '') &&
        !passesWithoutKey(linted) &&
        !linted.condition.values.some((value) => /^[*?:]*$/.test(value)),
    )
  );
}

function allowedPrincipals({ statements }: LintedPolicy): readonly PrincipalElement[] {
  return statements.filter(({ statement }) => statement.effect === 'Allow').map(({ statement }) => statement.principal);
}
