import { issuerPath } from '@aws-oidc-assume/trust-policy';
import type { Configuration } from './configuration.ts';

/** One value for each issuer that the emulator plays. */
export interface PerIssuer<T> {
  readonly bitbucket: T;
  readonly azureDevOps: T;
  readonly github: T;
}

/**
 * The `iss` of each issuer's tokens. By default it is the URL at which the issuer is served. If the configuration
 * registers a provider of the system's public host, it is the public name: real trust policies work unchanged.
 */
export function issuerNames(configuration: Configuration, served: PerIssuer<string>): PerIssuer<string> {
  const publicNames = publicIssuerNames(configuration);
  const registered = new Set(
    Object.values(configuration.accounts ?? {}).flatMap((account) =>
      account.oidcProviders.map(({ url }) => hostOf(url)),
    ),
  );
  const choose = (system: keyof PerIssuer<string>): string =>
    configuration[system].issuer ??
    (registered.has(hostOf(publicNames[system])) ? publicNames[system] : served[system]);
  return { bitbucket: choose('bitbucket'), azureDevOps: choose('azureDevOps'), github: choose('github') };
}

/** The real issuers' names. */
function publicIssuerNames({ bitbucket, azureDevOps }: Configuration): PerIssuer<string> {
  return {
    bitbucket: `https://api.bitbucket.org/2.0/workspaces/${bitbucket.workspace}/pipelines-config/identity/oidc`,
    azureDevOps: `https://vstoken.dev.azure.com/${azureDevOps.organizationId}`,
    github: 'https://token.actions.githubusercontent.com',
  };
}

function hostOf(url: string): string {
  return issuerPath(url).replace(/\/.*$/s, '').toLowerCase();
}
