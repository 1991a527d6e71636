import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { isObject, type JsonObject } from '../json.ts';
import { invalidToken } from './invalid-token.ts';
import type { DecodedToken } from './jwt.ts';

/** How long STS waits for an issuer's documents, in milliseconds. */
const patience = 5000;
/** Keys of one kind in a set; with more, AWS uses none of that kind. */
const keyLimit = 100;

export type Fetch = typeof fetch;

/**
 * The issuer's published keys: discovery document, then key set, over the socket.
 * @param issuerUrl where the issuer is served
 * @throws StsError InvalidIdentityToken "Couldn't retrieve verification key…", whatever went wrong, as AWS does
 */
export async function fetchKeys(issuerUrl: string, fetch: Fetch): Promise<readonly JsonWebKey[]> {
  try {
    const signal = AbortSignal.timeout(patience);
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
 * @throws StsError InvalidIdentityToken when no published key fits the token or the signature is not that key's
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

/** AWS's rules: a usable key has a kid, is not for encryption and has no key_ops; of two with one kid the later counts. */
function chooseKey({ algorithm, keyId }: DecodedToken, keys: readonly JsonWebKey[]): JsonWebKey {
  const kind = algorithm.startsWith('RS') ? 'RSA' : 'EC';
  if (keys.filter(({ kty }) => kty === kind).length > keyLimit) throw noKey();
  const usable = keys.filter(
    ({ kid, use, key_ops: operations }) => typeof kid === 'string' && use !== 'enc' && operations === undefined,
  );
  const byId = new Map(usable.map((key) => [key['kid'], key]));
  const [first] = byId.values();
  const chosen = keyId === undefined ? (byId.size === 1 ? first : undefined) : byId.get(keyId);
  if (chosen?.kty !== kind) throw noKey();
  return chosen;
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function publicKey({ algorithm }: DecodedToken, jwk: JsonWebKey): KeyObject {
  if (jwk.crv !== curves[algorithm]) throw noKey();
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw noKey();
  }
}

function noKey() {
  // AWS's own spacing.
  return invalidToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  );
}
