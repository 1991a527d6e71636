import { issuerPath } from '@aws-oidc-assume/trust-policy';
import type { Account, Configuration } from './configuration.ts';
import type { PerIssuer } from './issuer-names.ts';

export const azureAudience = 'api://AzureADTokenExchange';
export const awsAudience = 'sts.amazonaws.com';

export function bitbucketAudience(workspaceUuid: string): string {
  return `ari:cloud:bitbucket::workspace/${workspaceUuid}`;
}

const accountId = '123456789012';

/**
 * The account there is without a configuration: its role `deploy` trusts the Bitbucket repository, the Azure DevOps
 * service connections and the GitHub repository of the configuration, and nothing else.
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
      audience: azureAudience,
      subjects: connections.map((name) => `sc://${azureDevOps.organization}/${azureDevOps.project}/${name}`),
    },
    { issuer: issuers.github, audience: awsAudience, subjects: [`repo:${github.repository}:*`] },
  ].filter(({ subjects }) => subjects.length > 0);

  return {
    [accountId]: {
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
    Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${provider}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${provider}:aud`]: audience }, StringLike: { [`${provider}:sub`]: subjects } },
  };
}
