import type { Configuration } from './config/configuration.ts';
import type { PerIssuer } from './config/issuer-names.ts';

/** Percent-encoded paths of everything that the emulator serves. */
export interface Paths {
  readonly issuers: PerIssuer<{ readonly issuer: string; readonly keys: string }>;
  readonly azureToken: string;
  readonly githubToken: string;
  readonly mint: string;
  readonly control: string;
}

export function pathsOf({ bitbucket, azureDevOps }: Configuration): Paths {
  const bitbucketIssuer = `/2.0/workspaces/${bitbucket.workspace}/pipelines-config/identity/oidc`;
  const { organization, projectId, hub, planId, jobId, organizationId } = azureDevOps;
  return {
    issuers: {
      bitbucket: { issuer: bitbucketIssuer, keys: `${bitbucketIssuer}/keys.json` },
      // One key set serves all organizations. It is not below the issuer paths.
      azureDevOps: { issuer: `/vstoken/${organizationId}`, keys: '/vstoken/.well-known/jwks' },
      github: { issuer: '/github', keys: '/github/.well-known/jwks' },
    },
    azureToken: `/${encodeURIComponent(organization)}/${projectId}/_apis/distributedtask/hubs/${hub}/plans/${planId}/jobs/${jobId}/oidctoken`,
    githubToken: '/github/token',
    mint: '/mint',
    control: '/control',
  };
}

/** URLs at one listener. */
export interface Addresses {
  readonly sts: string;
  readonly issuers: PerIssuer<string>;
  /** Value of System.OidcRequestUri in an Azure DevOps job. */
  readonly oidcRequestUri: string;
  readonly mint: string;
  readonly control: string;
  /** `requestUrl` already has a query, as on GitHub: clients append `&audience=…`. */
  readonly github: { readonly requestUrl: string; readonly requestToken: string };
}

export function addressesAt(base: string, paths: Paths, githubRequestToken: string): Addresses {
  return {
    sts: base,
    issuers: {
      bitbucket: base + paths.issuers.bitbucket.issuer,
      azureDevOps: base + paths.issuers.azureDevOps.issuer,
      github: base + paths.issuers.github.issuer,
    },
    oidcRequestUri: base + paths.azureToken,
    mint: base + paths.mint,
    control: base + paths.control,
    github: { requestUrl: `${base + paths.githubToken}?api-version=2.0`, requestToken: githubRequestToken },
  };
}
