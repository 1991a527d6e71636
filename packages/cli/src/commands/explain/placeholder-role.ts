import { type Claims, parseProviderArn } from '@aws-oidc-assume/trust-policy';

/** Lists the roles a token is for: with it, any role will not do. */
const ROLES_CLAIM = 'https://aws.amazon.com/roles';

/**
 * ARN of a role in the one account whose identity providers a policy names, to stand in for the role the policy is of:
 * what to change can be said only once the account is known. Undefined where the policy does not tell.
 */
export function placeholderRoleArn(policy: unknown, claims: Claims): string | undefined {
  if (claims[ROLES_CLAIM] !== undefined) return undefined;
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy ?? null);
  // In a policy IAM would refuse, what looks like an ARN is as good as in any other.
  const accounts = new Set(
    [...text.matchAll(/"(arn:[^"]*:oidc-provider\/[^"]*)"/g)].flatMap(([, arn]) => {
      const provider = parseProviderArn(arn ?? '');
      return provider === undefined ? [] : [`arn:${provider.partition}:iam::${provider.account}`];
    }),
  );
  const [only, ...others] = accounts;
  return only === undefined || others.length > 0 ? undefined : `${only}:role/any`;
}
