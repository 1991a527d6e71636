import type { Configuration } from './config/configuration.ts';
import type { PerIssuer } from './config/issuer-names.ts';

/** Paths of everything the emulator serves, percent-encoded. */
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
      // One key set for all organisations, beside the issuers and not below them.
      azureDevOps: { issuer: `/vstoken/${organizationId}`, keys: '/vstoken/.well-known/jwks' },
      github: { issuer: '/github', keys: '/github/.well-known/jwks' },
    },
    azureToken: `/${encodeURIComponent(organization)}/${projectId}/_apis/distributedtask/hubs/${hub}/plans/${planId}/jobs/${jobId}/oidctoken`,
    githubToken: '/github/token',
    mint: '/mint',
    control: '/control',
  };
}

/** Where one listener answers. */
export interface Addresses {
  readonly sts: string;
  readonly issuers: PerIssuer<string>;
  /** What Azure DevOps puts into System.OidcRequestUri. */
  readonly oidcRequestUri: string;
  readonly mint: string;
  readonly control: string;
  /** `requestUrl` has a query already, as GitHub's has: clients append `&audience=…`. */
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
