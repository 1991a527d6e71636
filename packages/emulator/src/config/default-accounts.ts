import { issuerPath } from '@aws-oidc-assume/trust-policy';
import type { Account, Configuration } from './configuration.ts';
import type { PerIssuer } from './issuer-names.ts';

export const AZURE_AUDIENCE = 'api://AzureADTokenExchange';
export const AWS_AUDIENCE = 'sts.amazonaws.com';

export function bitbucketAudience(workspaceUuid: string): string {
  return `ari:cloud:bitbucket::workspace/${workspaceUuid}`;
}

const ACCOUNT_ID = '123456789012';

/**
 * The account that exists if the configuration lists none. Its role `deploy` trusts only the configuration's Bitbucket
 * repository, Azure DevOps service connections and GitHub repository.
 */
export function defaultAccounts(configuration: Configuration, issuers: PerIssuer<string>): Record<string, Account> {
  const { bitbucket, azureDevOps, github } = configuration;
  const connections = Object.values(azureDevOps.serviceConnections);
  const trusted = [
    {
      issuer: issuers.bitbucket,
      audience: bitbucketAudience(bitbucket.workspaceUuid),
      subjects: [`{${bitbucket.repositoryUuid}}:*`],
    },
    {
      issuer: issuers.azureDevOps,
      audience: AZURE_AUDIENCE,
      subjects: connections.map((name) => `sc://${azureDevOps.organization}/${azureDevOps.project}/${name}`),
    },
    { issuer: issuers.github, audience: AWS_AUDIENCE, subjects: [`repo:${github.repository}:*`] },
  ].filter(({ subjects }) => subjects.length > 0);

  return {
    [ACCOUNT_ID]: {
      oidcProviders: trusted.map(({ issuer, audience }) => ({ url: issuer, clientIds: [audience] })),
      roles: {
        deploy: {
          trustPolicy: {
            Version: '2012-10-17',
            Statement: trusted.map(({ issuer, audience, subjects }) =>
              trustStatement(issuerPath(issuer), audience, subjects),
            ),
          },
          maxSessionDuration: 3600,
          path: '/',
          allowAssumeRole: false,
        },
      },
    },
  };
}

function trustStatement(provider: string, audience: string, subjects: readonly string[]) {
  return {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${provider}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${provider}:aud`]: audience }, StringLike: { [`${provider}:sub`]: subjects } },
  };
}
