import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { isObject, type JsonObject } from '../json.ts';
import { invalidToken } from './invalid-token.ts';
import type { DecodedToken } from './jwt.ts';

/** Time that STS waits for an issuer's documents, milliseconds. */
const FETCH_LIMIT_MS = 5000;
/** Most keys of one type in a set. If there are more, AWS uses none of that type. */
const KEY_LIMIT = 100;

export type Fetch = typeof fetch;

/**
 * Fetches the issuer's published keys: discovery document, then key set.
 * @param issuerUrl base URL of the issuer's documents
 * @throws StsError InvalidIdentityToken "Couldn't retrieve verification key…" for every failure, as AWS does
 */
export async function fetchKeys(issuerUrl: string, fetch: Fetch): Promise<readonly JsonWebKey[]> {
  try {
    const signal = AbortSignal.timeout(FETCH_LIMIT_MS);
    const discovery = await fetchJson(`${issuerUrl}/.well-known/openid-configuration`, fetch, signal);
    const { jwks_uri: keysUrl } = discovery;
    if (typeof keysUrl !== 'string') throw new Error('no jwks_uri');
    const { keys } = await fetchJson(keysUrl, fetch, signal);
    if (!Array.isArray(keys)) throw new Error('no keys');
    return keys.filter(isObject);
  } catch {
    throw noKey();
  }
}

async function fetchJson(url: string, fetch: Fetch, signal: AbortSignal): Promise<JsonObject> {
  const response = await fetch(url, { redirect: 'error', signal });
  const value: unknown = await response.json();
  if (!response.ok || !isObject(value)) throw new Error(`status ${response.status}`);
  return value;
}

/**
 * @throws StsError InvalidIdentityToken if no published key fits the token or the signature is wrong
 */
export function verifySignature(token: DecodedToken, keys: readonly JsonWebKey[]): void {
  const key = publicKey(token, chooseKey(token, keys));
  const signed = verify(
    `sha${token.algorithm.slice(2)}`,
    Buffer.from(token.signedText),
    { key, dsaEncoding: 'ieee-p1363' },
    token.signature,
  );
  // AWS's own text for a bad signature is not recorded anywhere.
  if (!signed) throw invalidToken();
}

/** Chooses a key as AWS does. A usable key has a kid, is not for encryption and has no key_ops; the last one with a kid counts. */
function chooseKey({ algorithm, keyId }: DecodedToken, keys: readonly JsonWebKey[]): JsonWebKey {
  const type = algorithm.startsWith('RS') ? 'RSA' : 'EC';
  if (keys.filter(({ kty }) => kty === type).length > KEY_LIMIT) throw noKey();
  const usable = keys.filter(
    ({ kid, use, key_ops: operations }) => typeof kid === 'string' && use !== 'enc' && operations === undefined,
  );
  const byId = new Map(usable.map((key) => [key['kid'], key]));
  const [first] = byId.values();
  const chosen = keyId === undefined ? (byId.size === 1 ? first : undefined) : byId.get(keyId);
  if (chosen?.kty !== type) throw noKey();
  return chosen;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function publicKey({ algorithm }: DecodedToken, jwk: JsonWebKey): KeyObject {
  if (jwk.crv !== CURVES[algorithm]) throw noKey();
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw noKey();
  }
}

function noKey() {
  // The two spaces are AWS's.
  return invalidToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  );
}
