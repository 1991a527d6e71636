import { randomUUID } from 'node:crypto';
import type { Addresses, Paths } from './addresses.ts';
import type { Clock } from './clock.ts';
import type { Configuration } from './config/configuration.ts';
import { defaultAccounts } from './config/default-accounts.ts';
import { issuerNames, type PerIssuer } from './config/issuer-names.ts';
import type { FaultDesk } from './faults/fault-desk.ts';
import type { Site } from './http/site.ts';
import { createIssuers } from './issuers/issuers.ts';
import type { SigningKey } from './issuers/signing-key.ts';
import type { Journal } from './journal.ts';
import type { SecretLedger } from './secret-ledger.ts';
import { createSite } from './site.ts';
import { createIam } from './sts/iam.ts';
import { createSessions } from './sts/sessions.ts';

interface Assembly {
  readonly settings: Configuration;
  readonly paths: Paths;
  readonly keys: PerIssuer<SigningKey>;
  /** Where STS itself finds the issuers played here. */
  readonly addresses: Addresses;
  readonly accessToken: string;
  readonly requestToken: string;
  readonly clock: Clock;
  readonly secrets: SecretLedger;
  readonly journal: Journal;
  readonly faults: FaultDesk;
}

/** Puts STS and the issuers together; what comes out makes the site for each address they are served at. */
export function assembleSite(assembly: Assembly): (base: string) => Site {
  const { settings, paths, keys, addresses, accessToken, requestToken, clock, secrets, journal, faults } = assembly;
  const names = issuerNames(settings, addresses.issuers);
  const issuers = createIssuers(names, keys, secrets);
  const iam = createIam(settings.accounts ?? defaultAccounts(settings, names), randomUUID());
  const sessions = createSessions(clock, secrets);
  const served = new Map([
    [names.bitbucket, addresses.issuers.bitbucket],
    [names.azureDevOps, addresses.issuers.azureDevOps],
    [names.github, addresses.issuers.github],
  ]);
  const parts = {
    paths,
    issuers,
    stsParts: { iam, sessions, clock, fetch, issuerUrl: (issuer: string) => served.get(issuer) ?? issuer },
    azure: { azure: settings.azureDevOps, issuer: issuers.azureDevOps, accessToken, path: paths.azureToken, clock },
    github: { github: settings.github, issuer: issuers.github, requestToken, clock },
    minting: { configuration: settings, issuers, clock },
    controlling: { journal, faults, clock, secrets, sessions },
  };
  return (base) => createSite({ ...parts, base });
}
