import { issuerPath } from '@aws-oidc-assume/trust-policy';
import { mapSystems, type PerSystem, playSystems } from '../ci-systems/index.ts';
import type { Configuration } from './configuration.ts';

/**
 * The `iss` of each issuer's tokens. By default it is the URL at which the issuer is served. If the configuration
 * registers a provider of the system's public host, it is the public name: real trust policies work unchanged.
 */
export function issuerNames(configuration: Configuration, servedUrls: PerSystem<string>): PerSystem<string> {
  const registered = new Set(
    Object.values(configuration.accounts ?? {}).flatMap((account) =>
      account.oidcProviders.map(({ url }) => hostOf(url)),
    ),
  );
  return mapSystems(
    playSystems(configuration),
    ({ settings, publicIssuer }, key) =>
      settings.issuer ?? (registered.has(hostOf(publicIssuer)) ? publicIssuer : servedUrls[key]),
  );
}

function hostOf(url: string): string {
  return issuerPath(url).replace(/\/.*$/s, '').toLowerCase();
}
