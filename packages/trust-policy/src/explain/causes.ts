import { systemCauses } from '../ci-systems/index.ts';

/** Causes of an admission or refusal: stable ids, each with one sentence for the documentation. */
export const CAUSES = {
  allowed: 'The policy admits the token.',
  'no-policy': 'There was no policy to compare the token with.',
  'policy-syntax': 'IAM would refuse the policy itself.',
  'token-incomplete': 'The token lacks `iss`, `sub` or `aud`, all of which AWS requires.',
  'token-many-audiences': 'The token has several audiences and no authorized party, which AWS refuses.',
  'token-unusable': 'No identity provider in IAM can have the issuer of the token, or the token is too long for STS.',
  'role-not-listed': "The token's roles claim does not list this role.",
  'roles-claim-required': 'The policy demands `sts:RoleAuthorizedByIdp`, and the token has no roles claim.',
  'explicit-deny': 'A Deny statement covers the token.',
  'no-allow': 'The policy has no Allow statement.',
  'action-missing': 'The statement does not allow `sts:AssumeRoleWithWebIdentity`.',
  'tag-session-missing': 'The token carries session tags, and the policy does not allow `sts:TagSession`.',
  'source-identity-missing':
    'The token carries a source identity, and the policy does not allow `sts:SetSourceIdentity`.',
  'principal-not-provider': "The principal is not an identity provider's ARN.",
  'principal-other-account': 'The named provider is in another account or partition than the role.',
  'principal-other-issuer': "The provider named is another issuer's.",
  'issuer-form': 'The provider named has an issuer its CI system does not have, e.g. a UUID for the workspace slug.',
  'unknown-operator': 'IAM has no such condition operator.',
  'provider-arn-as-key': "The condition key begins with the provider's ARN instead of the issuer.",
  'scheme-in-key': 'The condition key begins with `https://`.',
  'key-other-issuer': 'The condition key belongs to another issuer.',
  'unsupported-key': 'AWS never offers this claim as a condition key, e.g. `branchName`.',
  placeholder: 'The value is still a placeholder.',
  'wrong-audience': 'The audience is another one.',
  'equals-with-wildcard': 'An Equals operator takes the wildcard literally.',
  'case-mismatch': 'Expected and observed differ only in upper and lower case.',
  ...systemCauses(),
  'another-owner': 'The job belongs to another owner than the role trusts, and the policy is right.',
  'other-subject': 'The subject is of another repository, project, pipeline, connection or ref.',
  'condition-failed': 'Another condition fails, e.g. on `aws:SourceIp`.',
  'request-unknown':
    'Everything else admits the token; whether a condition on the request holds, e.g. on `aws:SourceIp`, cannot be judged without its value.',
} as const;

export type CauseId = keyof typeof CAUSES;
