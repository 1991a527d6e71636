import { createHash } from 'node:crypto';
import { issuerPath, type RoleArn } from '@aws-oidc-assume/trust-policy';
import type { Account, OidcProvider, Role } from '../config/configuration.ts';

/** A role of the configuration with the ARN of the request. */
export interface KnownRole extends Role {
  readonly name: string;
  readonly arn: string;
  /** `AROA…`. A role keeps its id while the emulator runs. */
  readonly id: string;
  readonly accountId: string;
  readonly partition: string;
}

/** The accounts of the configuration. */
export interface Iam {
  /** Undefined if there is no such account, role or path. */
  role(requested: RoleArn): KnownRole | undefined;
  /** Role with this name in an account, with any path. */
  roleNamed(name: string, account: { readonly accountId: string; readonly partition: string }): KnownRole | undefined;
  /** The provider registered for an issuer in an account. Case and path matter, the scheme does not. */
  provider(accountId: string, issuer: string): OidcProvider | undefined;
}

/** @param idSeed makes role ids differ between runs */
export function createIam(accounts: Readonly<Record<string, Account>>, idSeed: string): Iam {
  return new ConfiguredIam(accounts, idSeed);
}

class ConfiguredIam implements Iam {
  readonly #accounts: Readonly<Record<string, Account>>;
  readonly #idSeed: string;

  constructor(accounts: Readonly<Record<string, Account>>, idSeed: string) {
    this.#accounts = accounts;
    this.#idSeed = idSeed;
  }

  role({ arn, partition, accountId, path, name }: RoleArn): KnownRole | undefined {
    const role = ownValue(ownValue(this.#accounts, accountId)?.roles ?? {}, name);
    if (role === undefined || role.path !== path) return undefined;
    const id = roleId(`${this.#idSeed}/${accountId}${path}${name}`);
    return { ...role, name, arn, id, accountId, partition };
  }

  roleNamed(
    name: string,
    { accountId, partition }: { readonly accountId: string; readonly partition: string },
  ): KnownRole | undefined {
    const path = ownValue(ownValue(this.#accounts, accountId)?.roles ?? {}, name)?.path;
    if (path === undefined) return undefined;
    return this.role({
      arn: `arn:${partition}:iam::${accountId}:role${path}${name}`,
      partition,
      accountId,
      path,
      name,
    });
  }

  provider(accountId: string, issuer: string): OidcProvider | undefined {
    const providers = ownValue(this.#accounts, accountId)?.oidcProviders;
    return providers?.find(({ url }) => issuerPath(url) === issuerPath(issuer));
  }
}

function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function roleId(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return `AROA${base32(digest).slice(0, 17)}`;
}

const BASE32_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Encodes bytes as in IAM's ids: 16 to 21 of these characters follow a prefix for the kind. */
export function base32(bytes: Uint8Array): string {
  return [...bytes].map((byte) => BASE32_ALPHABET.charAt(byte % BASE32_ALPHABET.length)).join('');
}
