import { mapSystems, type PerSystem, type Systems, type TokenAddresses, tokenAddresses } from './ci-systems/index.ts';

/** Percent-encoded paths of the emulator's own interface. */
export const MINT_PATH = '/mint';
export const CONTROL_PATH = '/control';

/** URLs at one listener. */
export interface Addresses extends TokenAddresses {
  readonly sts: string;
  readonly issuers: PerSystem<string>;
  readonly mint: string;
  readonly control: string;
}

export function addressesAt(base: string, systems: Systems, credentials: PerSystem<string>): Addresses {
  return {
    sts: base,
    issuers: mapSystems(systems, ({ paths }) => base + paths.issuer),
    mint: base + MINT_PATH,
    control: base + CONTROL_PATH,
    ...tokenAddresses(systems, base, credentials),
  };
}
