import { valueBeginning } from '../ci-systems/value-beginning.ts';
import { advice } from '../fix/fix.ts';
import { hasWildcards, type LintedPolicy, type LintedStatement, type Rule, requiresValue } from './rule.ts';

/** Identity providers that IAM knows without an ARN. Each has many customers. */
const BUILTIN =
  /^(?:cognito-identity(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?|www\.amazon\.com|graph\.facebook\.com|accounts\.google\.com)$/;
const SAML = /^arn:[a-z0-9-]+:iam::\d{12}:saml-provider\/[^*?]+$/;

/** Whether a Federated principal is correct without being an OIDC provider of the account. */
export function isOtherFederated(value: string): boolean {
  return BUILTIN.test(value) || SAML.test(value);
}

export const builtinProviderRule: Rule = {
  id: 'builtin-provider-open',
  severity: 'error',
  about:
    'The statement trusts a service with many customers, e.g. Amazon Cognito or Google, and no condition names your application or identity pool, so everybody with an application there may assume the role.',
  check: (policy) =>
    policy.statements
      .filter(({ statement, extendsSessionsOnly }) => statement.effect === 'Allow' && !extendsSessionsOnly)
      .flatMap((statement) =>
        statement.federated
          .filter(({ value }) => BUILTIN.test(value) && !namesApplication(statement, value, policy))
          .map(({ value, pointer }) => ({
            path: pointer,
            message: `all customers share "${value}", and no condition names your application: everybody with an application or identity pool there may assume the role`,
            fix: advice(`Add a condition on "${value}:${applicationKey(value)}" with the id of your application.`, {
              widens: false,
            }),
          })),
      ),
};

/** Claims of built-in providers that name one application, identity pool, organization or person. */
const NAMING_CLAIMS = /^(?:aud|oaud|azp|app_id|sub|id|user_id|email|google\/organization_number)$/;

function namesApplication({ conditions }: LintedStatement, provider: string, { document }: LintedPolicy): boolean {
  const hasVariables = document.version === '2012-10-17';
  return conditions.some((linted) => {
    const key = linted.condition.key.toLowerCase();
    return (
      key.startsWith(`${provider}:`) &&
      NAMING_CLAIMS.test(key.slice(provider.length + 1)) &&
      requiresValue(linted) &&
      linted.condition.values.length > 0 &&
      linted.condition.values.every(
        (value) => valueBeginning(value, { hasWildcards: hasWildcards(linted), hasVariables }).isWhole,
      )
    );
  });
}

function applicationKey(provider: string): string {
  return provider === 'graph.facebook.com' || provider === 'www.amazon.com' ? 'app_id' : 'aud';
}
