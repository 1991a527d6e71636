import { randomUUID } from 'node:crypto';
import type { Addresses } from './addresses.ts';
import { mapSystems, type PerSystem, type Systems } from './ci-systems/index.ts';
import type { Clock } from './clock.ts';
import type { Configuration } from './config/configuration.ts';
import { defaultAccounts } from './config/default-accounts.ts';
import { issuerNames } from './config/issuer-names.ts';
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
  readonly systems: Systems;
  /** Addresses at which STS reaches the emulator's issuers. */
  readonly addresses: Addresses;
  /** Keys and tokens created for this run. */
  readonly issued: {
    readonly keys: PerSystem<SigningKey>;
    readonly credentials: PerSystem<string>;
  };
  readonly clock: Clock;
  readonly secrets: SecretLedger;
  readonly journal: Journal;
  readonly faults: FaultInjector;
  readonly guard: BrowserGuard;
}

/** Connects STS and the issuers. Returns a function that creates the router of each listener. */
export function assembleRouter(assembly: Assembly): (base: string) => Router {
  const { settings, systems, addresses, issued, clock, secrets, journal, faults, guard } = assembly;
  const { keys, credentials } = issued;
  const names = issuerNames(settings, addresses.issuers);
  const issuers = createIssuers(systems, names, keys, secrets);
  const iam = createIam(settings.accounts ?? defaultAccounts(settings, names), randomUUID());
  const sessions = createSessions(clock, secrets);
  const servedAt = new Map(
    Object.values(mapSystems(systems, (_, key) => [names[key], addresses.issuers[key]] as const)),
  );
  const parts = {
    systems,
    issuers,
    credentials,
    clock,
    guard,
    sts: {
      iam,
      sessions,
      clock,
      fetch,
      issuerUrl: (issuer: string) => servedAt.get(issuer) ?? issuer,
      messages: settings.sts.messages,
    },
    mint: { systems, issuers, clock },
    control: { journal, faults, clock, secrets, sessions },
  };
  return (base) => createRouter({ ...parts, base });
}
