import { randomUUID } from 'node:crypto';
import type { Addresses, Paths } from './addresses.ts';
import type { Clock } from './clock.ts';
import type { Configuration } from './config/configuration.ts';
import { defaultAccounts } from './config/default-accounts.ts';
import { issuerNames, type PerIssuer } from './config/issuer-names.ts';
import type { FaultInjector } from './faults/fault-injector.ts';
import type { BrowserGuard } from './http/browser-guard.ts';
import type { Router } from './http/routed-request.ts';
import { createIssuers } from './issuers/issuers.ts';
import type { SigningKey } from './issuers/signing-key.ts';
import type { Journal } from './journal.ts';
import { createRouter } from './router.ts';
import type { SecretLedger } from './secret-ledger.ts';
import { createIam } from './sts/iam.ts';
import { createSessions } from './sts/sessions.ts';

interface Assembly {
  readonly settings: Configuration;
  readonly paths: Paths;
  /** Addresses at which STS reaches the emulator's issuers. */
  readonly addresses: Addresses;
  /** Keys and tokens created for this run. */
  readonly issued: {
    readonly keys: PerIssuer<SigningKey>;
    readonly accessToken: string;
    readonly requestToken: string;
  };
  readonly clock: Clock;
  readonly secrets: SecretLedger;
  readonly journal: Journal;
  readonly faults: FaultInjector;
  readonly guard: BrowserGuard;
}

/** Connects STS and the issuers. Returns a function that creates the router of each listener. */
export function assembleRouter(assembly: Assembly): (base: string) => Router {
  const { settings, paths, addresses, issued, clock, secrets, journal, faults, guard } = assembly;
  const { keys, accessToken, requestToken } = issued;
  const names = issuerNames(settings, addresses.issuers);
  const issuers = createIssuers(names, keys, secrets);
  const iam = createIam(settings.accounts ?? defaultAccounts(settings, names), randomUUID());
  const sessions = createSessions(clock, secrets);
  const servedAt = new Map([
    [names.bitbucket, addresses.issuers.bitbucket],
    [names.azureDevOps, addresses.issuers.azureDevOps],
    [names.github, addresses.issuers.github],
  ]);
  const { azureDevOps, github } = settings;
  const parts = {
    paths,
    issuers,
    guard,
    sts: {
      iam,
      sessions,
      clock,
      fetch,
      issuerUrl: (issuer: string) => servedAt.get(issuer) ?? issuer,
      messages: settings.sts.messages,
    },
    azure: { azure: azureDevOps, issuer: issuers.azureDevOps, accessToken, path: paths.azureToken, clock },
    github: { github, issuer: issuers.github, requestToken, clock },
    mint: { configuration: settings, issuers, clock },
    control: { journal, faults, clock, secrets, sessions },
  };
  return (base) => createRouter({ ...parts, base });
}
