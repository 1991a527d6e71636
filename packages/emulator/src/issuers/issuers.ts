import { awaitSystems, mapSystems, type PerSystem, type Systems } from '../ci-systems/index.ts';
import type { SecretLedger } from '../secret-ledger.ts';
import { Issuer } from './issuer.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

export function createSigningKeys(systems: Systems): Promise<PerSystem<SigningKey>> {
  return awaitSystems(mapSystems(systems, ({ settings }) => createSigningKey(settings.algorithm)));
}

export function createIssuers(
  systems: Systems,
  names: PerSystem<string>,
  keys: PerSystem<SigningKey>,
  secrets: SecretLedger,
): PerSystem<Issuer> {
  return mapSystems(
    systems,
    ({ claimsSupported }, key) => new Issuer({ name: names[key], key: keys[key], claimsSupported, secrets }),
  );
}
