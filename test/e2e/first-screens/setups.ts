import { ACCOUNT, type AwsSetup, ROLE, type Setup, type Statement } from './scene.ts';

export const REPOSITORY = '{aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee}';
export const STEP = '{1f0c9a2b-1111-4222-8333-444455556666}';
export const ENVIRONMENT = '{77777777-8888-4999-8aaa-bbbbbbbbbbbb}';
export const WORKSPACE_UUID = '11111111-2222-4333-8444-555555555555';
export const ORGANIZATION_ID = '66666666-7777-4888-8999-000000000000';
export const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';

export const BITBUCKET_ISSUER = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
export const BITBUCKET_AUDIENCE = `ari:cloud:bitbucket::workspace/${WORKSPACE_UUID}`;
export const AZURE_ISSUER = `vstoken.dev.azure.com/${ORGANIZATION_ID}`;
export const AZURE_AUDIENCE = 'api://AzureADTokenExchange';

type Conditions = Statement['Condition'];

/** Account whose role trusts a subject of an issuer. */
function account(issuer: string, audience: string, conditions: Conditions): AwsSetup {
  return {
    providers: [{ url: `https://${issuer}`, clientIds: [audience] }],
    statements: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: conditions,
      },
    ],
  };
}

/** Bitbucket setup that works, for steps of the repository. */
export function bitbucket(subject = `${REPOSITORY}:*`, equals: Readonly<Record<string, string>> = {}): Setup {
  return {
    aws: account(BITBUCKET_ISSUER, BITBUCKET_AUDIENCE, {
      StringEquals: { [`${BITBUCKET_ISSUER}:aud`]: BITBUCKET_AUDIENCE, ...equals },
      StringLike: { [`${BITBUCKET_ISSUER}:sub`]: subject },
    }),
    options: { AWS_OIDC_ROLE_ARN: ROLE, AWS_DEFAULT_REGION: 'eu-west-1' },
  };
}

/** Azure DevOps setup that works, for the service connection `aws-deploy`. */
export function azure(subject = 'sc://acme/shop/aws-deploy'): Setup {
  return {
    aws: account(AZURE_ISSUER, AZURE_AUDIENCE, {
      StringEquals: { [`${AZURE_ISSUER}:aud`]: AZURE_AUDIENCE, [`${AZURE_ISSUER}:sub`]: subject },
    }),
    options: { serviceConnection: CONNECTION, roleArn: ROLE, region: 'eu-west-1' },
    connection: 'aws-deploy',
  };
}

export function withOptions(setup: Setup, options: Readonly<Record<string, string>>): Setup {
  return { ...setup, options: { ...setup.options, ...options } };
}

export function withoutOption(setup: Setup, name: string): Setup {
  const { [name]: _, ...options } = setup.options;
  return { ...setup, options };
}

export function withAws(setup: Setup, aws: Partial<AwsSetup>): Setup {
  return { ...setup, aws: { ...setup.aws, ...aws } };
}
