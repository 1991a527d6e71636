import type { JsonWebKey } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import type { SecretLedger } from '../secret-ledger.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

export interface TokenOptions {
  /** Members that replace those of the JWT's header. */
  readonly header?: JsonObject;
  /** Signs with a key that is not in the published set, under the published key's id. */
  readonly wrongKey?: boolean;
}

/** One issuer of identity tokens: a name, a key and what it publishes about them. */
export interface Issuer {
  /** The `iss` of its tokens. */
  readonly name: string;
  readonly token: (claims: JsonObject, options?: TokenOptions) => Promise<string>;
  readonly keySet: () => { readonly keys: readonly JsonWebKey[] };
  /** The discovery document, with the address its keys can be fetched from. */
  readonly discovery: (keysUrl: string) => JsonObject;
}

export function createIssuer(
  name: string,
  key: SigningKey,
  claimsSupported: readonly string[],
  secrets: SecretLedger,
): Issuer {
  return {
    name,
    token: async (claims, { header, wrongKey = false } = {}) => {
      const signer = wrongKey ? await createSigningKey(key.algorithm, key.keyId) : key;
      return secrets.issued('identity-token', signer.sign(claims, header));
    },
    keySet: () => ({ keys: [key.publicJwk] }),
    discovery: (keysUrl) => ({
      issuer: name,
      jwks_uri: keysUrl,
      subject_types_supported: ['public'],
      response_types_supported: ['id_token'],
      claims_supported: claimsSupported,
      id_token_signing_alg_values_supported: [key.algorithm],
      scopes_supported: ['openid'],
    }),
  };
}
