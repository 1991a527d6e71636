import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
import { replacePrincipal } from '../fix/edits.ts';
import { advice, type Fix, fixBy } from '../fix/fix.ts';
import { parseRoleArn, issuerPath as withoutScheme } from '../policy/arn.ts';
import type { PolicyDocument, PrincipalElement } from '../policy/policy-document.ts';
import { builtinProviderRule, isOtherFederated } from './builtin-providers.ts';
import { limitsCallers } from './caller-limits.ts';
import type { FederatedPrincipal, LintedPolicy, Rule } from './rule.ts';

/** Rules on Principal. */
export const PRINCIPAL_RULES: readonly Rule[] = [
  {
    id: 'principal-everyone',
    severity: 'error',
    about:
      'The principal is `*`, which trusts every AWS account and admits no web identity; for `sts:AssumeRole` a condition on `aws:PrincipalOrgID`, `aws:PrincipalArn` or alike limits it.',
    check: ({ statements, ...policy }) =>
      allowedPrincipals({
        ...policy,
        statements: statements.filter(
          (statement) => !statement.extendsSessionsOnly && !limitsCallers(statement, { statements, ...policy }),
        ),
      })
        .filter(
          ({ everyone, entries }) =>
            everyone || entries.some(({ type, values }) => type === 'AWS' && values.includes('*')),
        )
        .map(({ pointer }) => ({
          path: pointer,
          message: 'the principal "*" trusts every AWS account, and still admits no web identity',
          fix: advice(
            'Write "Principal": {"Federated": "<ARN of the identity provider>"} for web identities, or name the accounts or the organization of the callers, in full.',
            { widens: true },
          ),
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
          fix: advice('Write "Principal" with the identity provider\'s ARN.', { widens: true }),
        })),
  },
  {
    id: 'principal-form',
    severity: 'error',
    about: "A Federated principal is not an identity provider's ARN, e.g. the issuer URL.",
    check({ statements }) {
      return statements.flatMap(({ federated }) =>
        federated
          .filter(({ value, issuerPath }) => issuerPath === undefined && !isOtherFederated(value))
          .map(({ value, pointer }) => ({
            path: pointer,
            message: `"${value}" is not the ARN of an identity provider${/[*?]/.test(value) ? '; IAM takes no wildcard in a principal' : ''}`,
            fix: advice('Write "arn:aws:iam::<account>:oidc-provider/<issuer without https://>".', { widens: true }),
          })),
      );
    },
  },
  {
    id: 'principal-type',
    severity: 'warning',
    about:
      "IAM would refuse the principal: a type it does not have, an identity provider's ARN as an AWS principal, or a wildcard inside an ARN.",
    check({ statements }) {
      return statements.flatMap(({ statement }) =>
        statement.principal.entries.flatMap(({ type, values, pointer }) => {
          const fix = advice(
            'Write "Federated" with the ARN of an identity provider, or "AWS" with an account, a user or a role in full.',
            { widens: true },
          );
          if (!PRINCIPAL_TYPES.has(type))
            return [{ path: pointer, message: `IAM has no principal type "${type}"`, fix }];
          return values.flatMap((value) => {
            const reason = type === 'AWS' ? callerFlaw(value) : undefined;
            return reason === undefined
              ? []
              : [{ path: pointer, message: `"${value}" ${reason}; IAM refuses it`, fix }];
          });
        }),
      );
    },
  },
  builtinProviderRule,
  {
    id: 'issuer-form',
    severity: 'error',
    about:
      "The provider's ARN does not contain an issuer this CI system has, e.g. a UUID for Bitbucket's workspace slug or a name for the Azure DevOps organization id.",
    check({ statements, document }) {
      return statements.flatMap(({ federated }) =>
        federated.flatMap((principal) => {
          const { issuerPath = '', pointer, value } = principal;
          const flaw = issuerPath === '' ? undefined : issuerFlaw(issuerPath);
          if (flaw === undefined) return [];
          const { message, replacement, fix = '' } = flaw;
          const right = replacement && `${value.slice(0, -issuerPath.length)}${replacement}`;
          return [
            {
              path: pointer,
              message,
              fix: right ? principalFix(document, principal, right) : advice(fix, { widens: true }),
            },
          ];
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
      const expectedIssuer = withoutScheme(issuer);
      const principals = statements
        .filter(({ admitsWebIdentity }) => admitsWebIdentity)
        .flatMap(({ federated }) => federated);
      if (principals.some(({ issuerPath }) => issuerPath === expectedIssuer)) return [];
      return principals.map(({ pointer, issuerPath, value }) => ({
        path: pointer,
        message: `the policy trusts "${issuerPath ?? value}"; the token's issuer is "${expectedIssuer}"`,
        fix: advice(`Write the ARN of the provider for "${expectedIssuer}".`, { widens: true }),
      }));
    },
  },
  {
    id: 'principal-other-account',
    severity: 'error',
    about:
      "The provider is in another account than the role (given with `roleArn`); AWS looks only in the role's account.",
    check({ statements, document }, { roleArn }) {
      const role = roleArn && parseRoleArn(roleArn);
      if (!role) return [];
      const { accountId } = role;
      return statements.flatMap(({ federated }) =>
        federated
          .filter((principal) => principal.account !== undefined && principal.account !== accountId)
          .map((principal) => ({
            path: principal.pointer,
            message: `the provider is in account ${principal.account}; the role is in ${accountId}, and AWS looks only there`,
            fix: principalFix(
              document,
              principal,
              principal.value.replace(/::\d{12}:/, `::${accountId}:`),
              'Create that provider if it is missing.',
            ),
          })),
      );
    },
  },
];

function allowedPrincipals({ statements }: LintedPolicy): readonly PrincipalElement[] {
  return statements.filter(({ statement }) => statement.effect === 'Allow').map(({ statement }) => statement.principal);
}

const PRINCIPAL_TYPES: ReadonlySet<string> = new Set(['AWS', 'Federated', 'Service', 'CanonicalUser']);

/** Explains why IAM refuses an AWS principal. IAM shows unique ids for deleted users and roles. */
function callerFlaw(value: string): string | undefined {
  if (value === '*' || /^(?:\d{12}|A[A-Z0-9]{15,})$/.test(value)) return undefined;
  if (/:(?:oidc|saml)-provider\//.test(value)) return 'is an identity provider and not an AWS principal';
  if (/[*?]/.test(value)) return 'has a wildcard, which a principal allows only as its whole value';
  return value.startsWith('arn:') || value.includes('${') ? undefined : 'is neither an account nor an ARN';
}

/** Writes another ARN for a principal. Tokens of that provider are not admitted now. */
function principalFix(document: PolicyDocument, { value, pointer }: FederatedPrincipal, right: string, more = ''): Fix {
  return fixBy(replacePrincipal(document, pointer, value, right), { widens: true, ...(more === '' ? {} : { more }) });
}
