import { type Claims, parseProviderArn } from '@aws-oidc-assume/trust-policy';

/** Claim with the roles that a token is for. Such a token needs its own role. */
const ROLES_CLAIM = 'https://aws.amazon.com/roles';

/**
 * Returns the ARN of a role in the account whose identity providers the policy names. It stands for the unknown role of
 * the policy, because a fix needs the account. Returns undefined if the policy names no account, or several.
 */
export function placeholderRoleArn(policy: unknown, claims: Claims): string | undefined {
  if (claims[ROLES_CLAIM] !== undefined) return undefined;
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy ?? null);
  // A search in the text also works in a policy that IAM would refuse.
  const accounts = new Set(
    [...text.matchAll(/"(arn:[^"]*:oidc-provider\/[^"]*)"/g)].flatMap(([, arn]) => {
      const provider = parseProviderArn(arn ?? '');
      return provider === undefined ? [] : [`arn:${provider.partition}:iam::${provider.account}`];
    }),
  );
  const [only, ...others] = accounts;
  return only === undefined || others.length > 0 ? undefined : `${only}:role/any`;
}
