import { createHash } from 'node:crypto';
import { issuerPath, type RoleArn } from '@aws-oidc-assume/trust-policy';
import type { Account, OidcProvider, Role } from '../config/configuration.ts';

/** A role of the configuration, under the ARN it was asked for by. */
export interface KnownRole extends Role {
  readonly name: string;
  readonly arn: string;
  /** `AROA…`, the same for a role as long as the emulator runs. */
  readonly id: string;
  readonly accountId: string;
  readonly partition: string;
}

/** The accounts of the configuration. */
export interface Iam {
  /** Undefined when there is no such account, role or path. */
  readonly role: (requested: RoleArn) => KnownRole | undefined;
  /** The provider registered for an issuer in an account. Case and path count, the scheme does not. */
  readonly provider: (accountId: string, issuer: string) => OidcProvider | undefined;
}

export function createIam(accounts: Readonly<Record<string, Account>>, idSeed: string): Iam {
  return {
    role: ({ arn, partition, accountId, path, name }) => {
      const role = own(own(accounts, accountId)?.roles ?? {}, name);
      if (role === undefined || role.path !== path) return undefined;
      return { ...role, name, arn, id: roleId(`${idSeed}/${accountId}${path}${name}`), accountId, partition };
    },
    provider: (accountId, issuer) =>
      own(accounts, accountId)?.oidcProviders.find(({ url }) => issuerPath(url) === issuerPath(issuer)),
  };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function roleId(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return `AROA${base32(digest).slice(0, 17)}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** IAM's ids are 16 to 21 characters of this alphabet behind a prefix that names the kind. */
export function base32(bytes: Uint8Array): string {
  return [...bytes].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
