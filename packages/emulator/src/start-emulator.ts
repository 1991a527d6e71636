import { randomBytes } from 'node:crypto';
import { type Addresses, addressesAt } from './addresses.ts';
import { assembleRouter } from './assemble-router.ts';
import { mapSystems, playSystems } from './ci-systems/index.ts';
import { createClock } from './clock.ts';
import { readConfiguration } from './config/read-configuration.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { BrowserGuard } from './http/browser-guard.ts';
import { createListener } from './http/listener.ts';
import { namesOf, OpenServer } from './http/servers.ts';
import type { TlsIdentity } from './http/tls-identity.ts';
import { createSigningKeys } from './issuers/issuers.ts';
import { Journal } from './journal.ts';
import { createSecretLedger } from './secret-ledger.ts';

export interface EmulatorOptions {
  /** Port for HTTP; 0, the default, for any free port. */
  readonly port?: number;
  /** Address to listen on; 127.0.0.1 by default. Anyone who can reach it can mint tokens. */
  readonly host?: string;
  /** Whether to listen with TLS too, with a certificate authority created for this run. */
  readonly https?: boolean;
  /** Port for HTTPS; 0, the default, for any free port. */
  readonly httpsPort?: number;
  /**
   * Further names of the emulator, in addition to this machine's. They go into the TLS certificate and are accepted as
   * `Host`.
   */
  readonly tlsNames?: readonly string[];
  /** Receives the emulator's own bugs. Without it they end the process. */
  readonly defect?: (error: unknown) => void;
}

/** Addresses and secrets of a started emulator. `ca` is the authority's certificate, PEM. */
export interface Ready extends Addresses {
  /** Access token of the Azure DevOps job. */
  readonly accessToken: string;
  readonly https?: Addresses;
  readonly ca?: string;
}

export interface Emulator {
  readonly ready: Ready;
  readonly stop: () => Promise<void>;
}

/**
 * Starts AWS STS and the token issuers of the CI systems.
 * @param configuration content of a configuration file; the defaults by default
 * @throws ShapeError if the configuration is wrong; the error of `listen` if the port is not available
 */
export async function startEmulator(configuration: unknown = {}, options: EmulatorOptions = {}): Promise<Emulator> {
  const { defect = rethrow } = options;
  const settings = readConfiguration(configuration);
  const systems = playSystems(settings);
  const secrets = createSecretLedger();
  const credentials = mapSystems(systems, ({ tokenEndpoint }) =>
    tokenEndpoint === undefined
      ? ''
      : secrets.issued(tokenEndpoint.credentialKind, randomBytes(48).toString('base64url')),
  );
  const keys = await createSigningKeys(systems);
  const hostNames = [...namesOf(options.host ?? LOOPBACK), ...(options.tlsNames ?? [])];

  // The issuers' names and therefore the default trust policy depend on the port, so the servers are opened first.
  const { plain, secured, ca } = await openServers(options, hostNames);
  const addresses = addressesAt(plain.base, systems, credentials);

  const clock = createClock();
  const stopping = new AbortController();
  const journal = new Journal(() => clock.machineMilliseconds());
  const faults = new FaultInjector(() => performance.now());
  const guard = new BrowserGuard(hostNames);
  const issued = { keys, credentials };
  const routerAt = assembleRouter({ settings, systems, addresses, issued, clock, secrets, journal, faults, guard });
  const servers = secured === undefined ? [plain] : [plain, secured];
  for (const server of servers) {
    server.serve(createListener({ router: routerAt(server.base), journal, faults, stopping: stopping.signal, defect }));
  }
  return {
    ready: {
      ...addresses,
      accessToken: credentials.azureDevOps,
      ...(secured && ca ? { https: addressesAt(secured.base, systems, credentials), ca } : {}),
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

const LOOPBACK = '127.0.0.1';

interface Servers {
  readonly plain: OpenServer;
  readonly secured?: OpenServer;
  readonly ca?: string;
}

async function openServers(options: EmulatorOptions, hostNames: readonly string[]): Promise<Servers> {
  const { port = 0, host = LOOPBACK, httpsPort = 0 } = options;
  const tls = options.https ? await tlsIdentity(hostNames) : undefined;
  const plain = await OpenServer.open({ host, port });
  if (tls === undefined) return { plain };
  try {
    return { plain, secured: await OpenServer.open({ host, port: httpsPort, tls }), ca: tls.ca };
  } catch (error) {
    await plain.close();
    throw error;
  }
}

/** Loads the certificate library only if it is needed, because it is large. */
async function tlsIdentity(names: readonly string[]): Promise<TlsIdentity> {
  const { createTlsIdentity } = await import('./http/tls-identity.ts');
  return createTlsIdentity([...new Set(names)], Date.now());
}

function rethrow(error: unknown): never {
  throw error;
}
