import { issuerPath } from '../policy/arn.ts';
import type { IssuerParts, ProviderFacts } from './ci-system.ts';
import { FACTS, type ProviderId } from './index.ts';
import { LOOPBACK } from './loopback.ts';
import { sharedIssuer } from './shared-issuers.ts';

/** Documented facts about the identity tokens of a CI system. */
export type Provider = ProviderFacts<ProviderId>;

/** A recognised issuer. */
export interface Issuer extends IssuerParts {
  readonly provider: Provider;
}

const LOCAL = new RegExp(`^${LOOPBACK}`);

const ALL_FACTS = Object.values(FACTS);

/** Known providers. */
export const PROVIDERS: readonly Provider[] = ALL_FACTS.map(({ provider }) => provider);

/** Returns the provider with that id. */
export function provider(id: ProviderId): Provider {
  return FACTS[id].provider;
}

/**
 * Recognises an issuer URL, or the same without its scheme as in a provider ARN. On loopback hosts the emulator's issuers
 * are recognised by their path. Returns undefined for any other issuer.
 */
export function recogniseIssuer(issuer: string): Issuer | undefined {
  const path = issuerPath(issuer);
  for (const { provider, issuers } of ALL_FACTS) {
    for (const form of issuers) {
      const match = form.exec(path);
      if (match !== null) return { provider, path, local: LOCAL.test(path), ...match.groups };
    }
  }
  return undefined;
}

/**
 * Returns the claim on which IAM requires a condition for this issuer, because all customers of a service share it. IAM
 * checks only when the policy is stored (IAM guide, "secure by default" for shared identity providers). The issuer is
 * with or without its scheme.
 */
export function guardedClaim(issuer: string): 'sub' | 'aud' | undefined {
  const path = issuerPath(issuer);
  if (ALL_FACTS.some(({ guardedIssuer }) => guardedIssuer === path)) return 'sub';
  return sharedIssuer(path)?.claim;
}
