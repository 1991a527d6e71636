/** Trust policies to lint. */
const ISSUER = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const AUDIENCE = 'ari:cloud:bitbucket::workspace/00000000-0000-4000-8000-000000000001';

/** Returns the subject of every step of one repository. */
export function subjectOf(repository: number): string {
  return `{${repository.toString(16).padStart(8, '0')}-1111-4222-8333-444455556666}:*`;
}

/** Returns a policy without weaknesses. */
export function policyWith(subjects: readonly string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${ISSUER}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE }, StringLike: { [`${ISSUER}:sub`]: subjects } },
      },
    ],
  });
}
