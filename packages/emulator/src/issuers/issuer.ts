import { type JsonWebKey, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { SecretLedger } from '../secret-ledger.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

export interface TokenOptions {
  /** Members that replace those of the JWT's header. */
  readonly header?: JsonObject;
  /** The published key by default. `unpublished` is another key with the same id. */
  readonly signer?: 'published' | 'unpublished';
}

/** Values that differ for each token. */
export interface Issuance {
  /** The `iss` claim. */
  readonly issuer: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly jti: string;
}

interface IssuerParts {
  /** The `iss` of its tokens. */
  readonly name: string;
  readonly key: SigningKey;
  readonly claimsSupported: readonly string[];
  readonly secrets: SecretLedger;
}

/** An issuer of identity tokens, with the documents that it publishes. */
export class Issuer {
  readonly #parts: IssuerParts;

  constructor(parts: IssuerParts) {
    this.#parts = parts;
  }

  issuance(clock: Clock): Issuance {
    return { issuer: this.#parts.name, now: clock.now(), jti: randomUUID() };
  }

  /** Signs a token and records it as a secret. */
  async token(claims: JsonObject, { header, signer = 'published' }: TokenOptions = {}): Promise<string> {
    const { key, secrets } = this.#parts;
    const signingKey = signer === 'published' ? key : await createSigningKey(key.algorithm, key.keyId);
    return secrets.issued('identity-token', signingKey.sign(claims, header));
  }

  keySet(): { readonly keys: readonly JsonWebKey[] } {
    return { keys: [this.#parts.key.publicJwk] };
  }

  /** The discovery document, with the URL of the key set. */
  discovery(keysUrl: string): JsonObject {
    const { name, key, claimsSupported } = this.#parts;
    return {
      issuer: name,
      jwks_uri: keysUrl,
      subject_types_supported: ['public'],
      response_types_supported: ['id_token'],
      claims_supported: claimsSupported,
      id_token_signing_alg_values_supported: [key.algorithm],
      scopes_supported: ['openid'],
    };
  }
}
