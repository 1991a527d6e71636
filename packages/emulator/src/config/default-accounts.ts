import { issuerPath } from '@aws-oidc-assume/trust-policy';
import { mapSystems, type PerSystem, playSystems } from '../ci-systems/index.ts';
import type { Account, Configuration } from './configuration.ts';

const ACCOUNT_ID = '123456789012';

/**
 * The account that exists if the configuration lists none. Its role `deploy` trusts only the jobs that the configuration
 * describes.
 */
export function defaultAccounts(configuration: Configuration, issuers: PerSystem<string>): Record<string, Account> {
  const systems = playSystems(configuration);
  const trusted = Object.values(mapSystems(systems, ({ trust }, key) => ({ ...trust, issuer: issuers[key] }))).filter(
    ({ subjects }) => subjects.length > 0,
  );

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
          allowGetRole: false,
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
