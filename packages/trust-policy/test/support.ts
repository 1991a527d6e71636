import type { Claims } from '../src/index.ts';

export const ROLE_ARN = 'arn:aws:iam::123456789012:role/deploy';

export const WORKSPACE = '0f0f0f0f-1111-4222-8333-444444444444';
export const REPOSITORY = 'aaaaaaaa-1111-4222-8333-444444444444';
export const OTHER_REPOSITORY = 'dddddddd-1111-4222-8333-444444444444';
export const ENVIRONMENT = 'bbbbbbbb-1111-4222-8333-444444444444';
export const OTHER_ENVIRONMENT = 'eeeeeeee-1111-4222-8333-444444444444';
export const STEP = 'cccccccc-1111-4222-8333-444444444444';
export const ORGANIZATION = '99999999-1111-4222-8333-444444444444';

export const BITBUCKET = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
export const AZURE = `vstoken.dev.azure.com/${ORGANIZATION}`;
export const GITHUB = 'token.actions.githubusercontent.com';

export function providerArn(issuer: string, account = '123456789012'): string {
  return `arn:aws:iam::${account}:oidc-provider/${issuer}`;
}

export const BITBUCKET_CLAIMS: Claims = {
  iss: `https://${BITBUCKET}`,
  aud: `ari:cloud:bitbucket::workspace/${WORKSPACE}`,
  sub: `{${REPOSITORY}}:{${STEP}}`,
  workspaceUuid: `{${WORKSPACE}}`,
  repositoryUuid: `{${REPOSITORY}}`,
  branchName: 'main',
};

export const BITBUCKET_DEPLOYMENT_CLAIMS: Claims = {
  ...BITBUCKET_CLAIMS,
  sub: `{${REPOSITORY}}:{${ENVIRONMENT}}:{${STEP}}`,
  deploymentEnvironmentUuid: `{${ENVIRONMENT}}`,
};

export const AZURE_CLAIMS: Claims = {
  iss: `https://${AZURE}`,
  aud: 'api://AzureADTokenExchange',
  sub: 'sc://acme/Web Shop/aws-prod',
};

export const AZURE_PIPELINE_CLAIMS: Claims = { ...AZURE_CLAIMS, sub: 'p://acme/Web Shop/Deploy site', def_id: '12' };

export const GITHUB_CLAIMS: Claims = {
  iss: `https://${GITHUB}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:acme/site:ref:refs/heads/main',
  repository: 'acme/site',
  actor_id: 7,
};

/** A trust policy with one statement. */
export function trustPolicy(issuer: string, condition: object, more: object = {}): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn(issuer) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
        ...more,
      },
    ],
  };
}

export const BITBUCKET_AUDIENCE = { [`${BITBUCKET}:aud`]: `ari:cloud:bitbucket::workspace/${WORKSPACE}` };
export const AZURE_AUDIENCE = { [`${AZURE}:aud`]: 'api://AzureADTokenExchange' };
