import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Addresses, addressesAt, type Paths, pathsOf } from './addresses.ts';
import { createClock } from './clock.ts';
import type { Configuration } from './config/configuration.ts';
import { defaultAccounts } from './config/default-accounts.ts';
import { issuerNames, type PerIssuer } from './config/issuer-names.ts';
import { readConfiguration } from './config/read-configuration.ts';
import { createFaultDesk } from './faults/fault-desk.ts';
import type { Incoming } from './http/incoming.ts';
import { createListener } from './http/listener.ts';
import type { TlsIdentity } from './http/tls-identity.ts';
import { azureClaims } from './issuers/azure-devops.ts';
import { bitbucketClaims } from './issuers/bitbucket.ts';
import { githubClaims } from './issuers/github.ts';
import { createIssuer, type Issuer } from './issuers/issuer.ts';
import { createJournal } from './journal.ts';
import { createSecretLedger, type SecretLedger } from './secret-ledger.ts';
import { createSite } from './site.ts';
import { createIam } from './sts/iam.ts';
import { createSessions } from './sts/sessions.ts';

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
  /** Told of defects of the emulator's own. */
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
 * @param configuration as in the configuration file; `{}` for the defaults
 * @throws ShapeError when the configuration is wrong; what `listen` throws when the port cannot be had
 */
export async function startEmulator(configuration: unknown, options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', httpsPort = 0, tlsNames = [], defect = rethrow } = options;
  const settings = readConfiguration(configuration);
  const paths = pathsOf(settings);
  const secrets = createSecretLedger();
  const accessToken = secrets.issued('access-token', randomBytes(48).toString('base64url'));
  const requestToken = secrets.issued('request-token', randomBytes(48).toString('base64url'));
  const tls = options.https ? await tlsIdentity(host, tlsNames) : undefined;

  // Ports come first: without a configuration the issuers' names, and so the trust policy, depend on them.
  const plain = createServer();
  const secured = tls === undefined ? undefined : createTlsServer({ cert: tls.certificate, key: tls.key });
  const base = `http://${authority(host, await listen(plain, port, host))}`;
  const securedBase = secured && `https://${authority(host, await listen(secured, httpsPort, host))}`;

  const addresses = addressesAt(base, paths, requestToken);
  const ready: Ready = {
    ...addresses,
    accessToken,
    ...(securedBase && tls ? { https: addressesAt(securedBase, paths, requestToken), ca: tls.ca } : {}),
  };

  const stopping = new AbortController();
  const baseUrl = ({ secure }: Incoming) => (secure ? (securedBase ?? base) : base);
  const parts = await assemble({ settings, paths, secrets, accessToken, requestToken, addresses, baseUrl });
  for (const server of [plain, secured]) {
    server?.on('request', createListener({ ...parts, stopping: stopping.signal, defect }, server === secured));
  }
  return {
    ready,
    stop: async () => {
      stopping.abort();
      await Promise.all([plain, secured].map(close));
    },
  };
}

interface Assembly {
  readonly settings: Configuration;
  readonly paths: Paths;
  readonly secrets: SecretLedger;
  readonly accessToken: string;
  readonly requestToken: string;
  readonly addresses: Addresses;
  readonly baseUrl: (request: Incoming) => string;
}

async function assemble({ settings, paths, secrets, accessToken, requestToken, addresses, baseUrl }: Assembly) {
  const clock = createClock();
  const names = issuerNames(settings, addresses.issuers);
  const issuers = await createIssuers(settings, names, secrets);
  const iam = createIam(settings.accounts ?? defaultAccounts(settings, names), randomUUID());
  const sessions = createSessions(clock, secrets);
  const journal = createJournal(clock.machineMilliseconds);
  const faults = createFaultDesk(() => performance.now());
  const served = new Map([
    [names.bitbucket, addresses.issuers.bitbucket],
    [names.azureDevOps, addresses.issuers.azureDevOps],
    [names.github, addresses.issuers.github],
  ]);
  const site = createSite({
    paths,
    issuers,
    baseUrl,
    stsParts: { iam, sessions, clock, fetch, issuerUrl: (issuer) => served.get(issuer) ?? issuer },
    azure: { azure: settings.azureDevOps, issuer: issuers.azureDevOps, accessToken, path: paths.azureToken, clock },
    github: { github: settings.github, issuer: issuers.github, requestToken, clock },
    minting: { configuration: settings, issuers, clock },
    controlling: { journal, faults, clock, secrets, sessions },
  });
  return { site, journal, faults };
}

async function createIssuers(
  { bitbucket, azureDevOps, github }: Configuration,
  names: PerIssuer<string>,
  secrets: SecretLedger,
): Promise<PerIssuer<Issuer>> {
  const [ofBitbucket, ofAzure, ofGithub] = await Promise.all([
    createIssuer(names.bitbucket, bitbucket.algorithm, bitbucketClaims, secrets),
    createIssuer(names.azureDevOps, azureDevOps.algorithm, azureClaims, secrets),
    createIssuer(names.github, github.algorithm, githubClaims, secrets),
  ]);
  return { bitbucket: ofBitbucket, azureDevOps: ofAzure, github: ofGithub };
}

/** Loaded only when asked for: the certificate library is large. */
async function tlsIdentity(host: string, names: readonly string[]): Promise<TlsIdentity> {
  const { createTlsIdentity } = await import('./http/tls-identity.ts');
  const local = isWildcard(host) ? Object.values(networkInterfaces()).flatMap((cards) => cards ?? []) : [];
  const own = ['localhost', '127.0.0.1', '::1', 'host.docker.internal', ...(isWildcard(host) ? [] : [host])];
  const addresses = local.map(({ address }) => address.replace(/%.*$/, ''));
  return createTlsIdentity([...new Set([...own, ...addresses, ...names])], Date.now());
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      // A TCP server's address is never a text or null once it listens.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Where clients on this machine find it: a wildcard address is no place to go to. */
function authority(host: string, port: number): string {
  const reachable = isWildcard(host) ? '127.0.0.1' : host;
  return `${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}

function rethrow(error: unknown): never {
  throw error;
}
