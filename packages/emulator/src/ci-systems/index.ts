import * as v from 'valibot';
import { AZURE_DEVOPS, AZURE_MINT, type AzureDevOps, playAzureDevOps } from './azure-devops.ts';
import { BITBUCKET, BITBUCKET_MINT, type Bitbucket, playBitbucket } from './bitbucket.ts';
import type { CiSystem, RequestingCiSystem } from './ci-system.ts';
import { GITHUB, GITHUB_MINT, type GitHub, playGitHub } from './github.ts';

/** Settings of the CI systems, as members of the configuration. */
export interface SystemSettings {
  readonly bitbucket: Bitbucket;
  readonly azureDevOps: AzureDevOps;
  readonly github: GitHub;
}

/** One value for each CI system that the emulator plays. */
export type PerSystem<T> = Readonly<Record<keyof SystemSettings, T>>;

/** Schemas of the settings. */
export const SYSTEM_SETTINGS = {
  bitbucket: v.nullish(BITBUCKET, {}),
  azureDevOps: v.nullish(AZURE_DEVOPS, {}),
  github: v.nullish(GITHUB, {}),
};

/** Values of `provider` in `POST mint`. */
export const PROVIDERS = { bitbucket: 'bitbucket', 'azure-devops': 'azureDevOps', github: 'github' } as const;

/** Members of `POST mint` that one system has. */
export const MINT_OPTIONS = { ...BITBUCKET_MINT, ...AZURE_MINT, ...GITHUB_MINT };

export interface Systems extends PerSystem<CiSystem> {
  readonly azureDevOps: RequestingCiSystem;
  readonly github: RequestingCiSystem;
}

export function playSystems(settings: SystemSettings): Systems {
  return {
    bitbucket: playBitbucket(settings.bitbucket),
    azureDevOps: playAzureDevOps(settings.azureDevOps),
    github: playGitHub(settings.github),
  };
}

/** Members of the ready line about token endpoints, at one listener. */
export interface TokenAddresses {
  /** Value of System.OidcRequestUri in an Azure DevOps job. */
  readonly oidcRequestUri: string;
  /** `requestUrl` already has a query, as on GitHub: clients append `&audience=…`. */
  readonly github: { readonly requestUrl: string; readonly requestToken: string };
}

export function tokenAddresses(
  { azureDevOps, github }: Systems,
  base: string,
  credentials: PerSystem<string>,
): TokenAddresses {
  return {
    oidcRequestUri: base + azureDevOps.tokenEndpoint.path,
    github: {
      requestUrl: `${base + github.tokenEndpoint.path}?api-version=2.0`,
      requestToken: credentials.github,
    },
  };
}

/** Returns a record with one value for each system. */
export function mapSystems<T, Result>(
  systems: PerSystem<T>,
  map: (value: T, key: keyof SystemSettings) => Result,
): PerSystem<Result> {
  return {
    bitbucket: map(systems.bitbucket, 'bitbucket'),
    azureDevOps: map(systems.azureDevOps, 'azureDevOps'),
    github: map(systems.github, 'github'),
  };
}

/** Waits for one value of each system. */
export async function awaitSystems<T>(systems: PerSystem<Promise<T>>): Promise<PerSystem<T>> {
  const [bitbucket, azureDevOps, github] = await Promise.all([systems.bitbucket, systems.azureDevOps, systems.github]);
  return { bitbucket, azureDevOps, github };
}
