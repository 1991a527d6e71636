import { randomBytes } from 'node:crypto';
import { type Addresses, addressesAt, pathsOf } from './addresses.ts';
import { assembleSite } from './assemble-site.ts';
import { createClock } from './clock.ts';
import { readConfiguration } from './config/read-configuration.ts';
import { createFaultDesk } from './faults/fault-desk.ts';
import { createListener } from './http/listener.ts';
import { namesOf, openServer } from './http/servers.ts';
import type { TlsIdentity } from './http/tls-identity.ts';
import { createSigningKeys } from './issuers/issuers.ts';
import { createJournal } from './journal.ts';
import { createSecretLedger } from './secret-ledger.ts';

export interface EmulatorOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** Address to listen on; 127.0.0.1 by default. Whoever can reach it can mint tokens. */
  readonly host?: string;
  /** Listens with TLS too, under a certificate authority made for this run. */
  readonly https?: boolean;
  /** Port of the TLS listener; 0, the default: any free one. */
  readonly httpsPort?: number;
  /** Names the TLS certificate is good for, besides this machine's. */
  readonly tlsNames?: readonly string[];
  /** Told of defects of the emulator's own; without it they end the process. */
  readonly defect?: (error: unknown) => void;
}

/** What the emulator tells when it is ready. `ca` is the authority's certificate, PEM. */
export interface Ready extends Addresses {
  /** What the Azure DevOps job has as its access token. */
  readonly accessToken: string;
  readonly https?: Addresses;
  readonly ca?: string;
}

export interface Emulator {
  readonly ready: Ready;
  readonly stop: () => Promise<void>;
}

/**
 * Starts AWS STS and the three issuers.
 * @param configuration as in the configuration file; the defaults without it
 * @throws ShapeError when the configuration is wrong; what `listen` throws when the port cannot be had
 */
export async function startEmulator(configuration: unknown = {}, options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', httpsPort = 0, tlsNames = [], defect = rethrow } = options;
  const settings = readConfiguration(configuration);
  const paths = pathsOf(settings);
  const secrets = createSecretLedger();
  const accessToken = secrets.issued('access-token', randomBytes(48).toString('base64url'));
  const requestToken = secrets.issued('request-token', randomBytes(48).toString('base64url'));
  const keys = await createSigningKeys(settings);
  const tls = options.https ? await tlsIdentity([...namesOf(host), ...tlsNames]) : undefined;

  // Without a configuration the issuers' names, and so the trust policy, depend on the port.
  const plain = await openServer(host, port);
  const secured =
    tls &&
    (await openServer(host, httpsPort, tls).catch(async (error: unknown) => {
      await plain.close();
      throw error;
    }));
  const addresses = addressesAt(plain.base, paths, requestToken);

  const clock = createClock();
  const stopping = new AbortController();
  const journal = createJournal(clock.machineMilliseconds);
  const faults = createFaultDesk(() => performance.now());
  const site = assembleSite({
    settings,
    paths,
    keys,
    addresses,
    accessToken,
    requestToken,
    clock,
    secrets,
    journal,
    faults,
  });
  for (const server of [plain, ...(secured ? [secured] : [])]) {
    const parts = { site: site(server.base), journal, faults, stopping: stopping.signal, defect };
    server.serve(createListener(parts, server === secured));
  }
  return {
    ready: {
      ...addresses,
      accessToken,
      ...(secured && tls ? { https: addressesAt(secured.base, paths, requestToken), ca: tls.ca } : {}),
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([plain.close(), secured?.close()]);
    },
  };
}

/** Loaded only when asked for: the certificate library is large. */
async function tlsIdentity(names: readonly string[]): Promise<TlsIdentity> {
  const { createTlsIdentity } = await import('./http/tls-identity.ts');
  return createTlsIdentity([...new Set(names)], Date.now());
}

function rethrow(error: unknown): never {
  throw error;
}
