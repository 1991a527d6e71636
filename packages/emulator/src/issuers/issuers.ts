import type { Configuration } from '../config/configuration.ts';
import type { PerIssuer } from '../config/issuer-names.ts';
import type { SecretLedger } from '../secret-ledger.ts';
import { azureClaims } from './azure-devops.ts';
import { bitbucketClaims } from './bitbucket.ts';
import { githubClaims } from './github.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

export async function createSigningKeys({
  bitbucket,
  azureDevOps,
  github,
}: Configuration): Promise<PerIssuer<SigningKey>> {
  const [ofBitbucket, ofAzure, ofGithub] = await Promise.all([
    createSigningKey(bitbucket.algorithm),
    createSigningKey(azureDevOps.algorithm),
    createSigningKey(github.algorithm),
  ]);
  return { bitbucket: ofBitbucket, azureDevOps: ofAzure, github: ofGithub };
}

export function createIssuers(
  names: PerIssuer<string>,
  keys: PerIssuer<SigningKey>,
  secrets: SecretLedger,
): PerIssuer<Issuer> {
  return {
    bitbucket: createIssuer(names.bitbucket, keys.bitbucket, bitbucketClaims, secrets),
    azureDevOps: createIssuer(names.azureDevOps, keys.azureDevOps, azureClaims, secrets),
    github: createIssuer(names.github, keys.github, githubClaims, secrets),
  };
}
