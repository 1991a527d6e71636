import type { Configuration } from '../config/configuration.ts';
import type { PerIssuer } from '../config/issuer-names.ts';
import type { SecretLedger } from '../secret-ledger.ts';
import { AZURE_CLAIMS } from './azure-devops.ts';
import { BITBUCKET_CLAIMS } from './bitbucket.ts';
import { GITHUB_CLAIMS } from './github.ts';
import { Issuer } from './issuer.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

export async function createSigningKeys(settings: Configuration): Promise<PerIssuer<SigningKey>> {
  const [bitbucket, azureDevOps, github] = await Promise.all([
    createSigningKey(settings.bitbucket.algorithm),
    createSigningKey(settings.azureDevOps.algorithm),
    createSigningKey(settings.github.algorithm),
  ]);
  return { bitbucket, azureDevOps, github };
}

export function createIssuers(
  names: PerIssuer<string>,
  keys: PerIssuer<SigningKey>,
  secrets: SecretLedger,
): PerIssuer<Issuer> {
  const create = (system: keyof PerIssuer<Issuer>, claimsSupported: readonly string[]) =>
    new Issuer({ name: names[system], key: keys[system], claimsSupported, secrets });
  return {
    bitbucket: create('bitbucket', BITBUCKET_CLAIMS),
    azureDevOps: create('azureDevOps', AZURE_CLAIMS),
    github: create('github', GITHUB_CLAIMS),
  };
}
