import { createPublicKey, type JsonWebKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { isObject, type JsonObject } from '../json.ts';
import { invalidToken } from './invalid-token.ts';
import type { DecodedToken } from './jwt.ts';
import { TOKEN_MESSAGES, type TokenMessages } from './token-messages.ts';

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
 * Verifies the token's signature with the published key that it names.
 * @throws StsError InvalidIdentityToken if no published key fits the token or the signature is wrong
 */
export function verifySignature(
  token: DecodedToken,
  keys: readonly JsonWebKey[],
  messages: TokenMessages = TOKEN_MESSAGES.current,
): void {
  const jwk = chooseKey(token, keys);
  // Recorded: AWS does not accept a key with key_ops, not even ["verify"], and answers as for a wrong signature.
  if (hasOperations(jwk)) throw invalidToken(messages.badSignature);
  const key = publicKey(token, jwk);
  const isSigned = verify(
    `sha${token.algorithm.slice(2)}`,
    Buffer.from(token.signedText),
    { key, dsaEncoding: 'ieee-p1363' },
    token.signature,
  );
  if (!isSigned) throw invalidToken(messages.badSignature);
}

/** Chooses a key as AWS does. A usable key has a kid and is not for encryption; the last one with a kid counts. */
function chooseKey({ algorithm, keyId }: DecodedToken, keys: readonly JsonWebKey[]): JsonWebKey {
  const type = algorithm.startsWith('RS') ? 'RSA' : 'EC';
  if (keys.filter(({ kty }) => kty === type).length > KEY_LIMIT) throw noKey();
  const usable = keys.filter(({ kid, use }) => typeof kid === 'string' && use !== 'enc');
  const byId = new Map(usable.map((key) => [key['kid'], key]));
  const [first] = byId.values();
  const chosen = keyId === undefined ? (byId.size === 1 ? first : undefined) : byId.get(keyId);
  if (chosen?.kty !== type) throw noKey();
  return chosen;
}

function hasOperations({ key_ops: operations }: JsonWebKey): boolean {
  return Array.isArray(operations) ? operations.length > 0 : operations !== undefined;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function publicKey({ algorithm }: DecodedToken, jwk: JsonWebKey): KeyObject {
  if (jwk.crv !== CURVES[algorithm]) throw noKey();
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    if (certificateAgrees(jwk, key)) return key;
  } catch {
    // An invalid key or certificate.
  }
  throw noKey();
}

/** Whether the first certificate of `x5c`, if there is one, has the same key. Recorded: AWS uses no other key. */
function certificateAgrees({ x5c: chain }: JsonWebKey, key: KeyObject): boolean {
  if (chain === undefined || (Array.isArray(chain) && chain.length === 0)) return true;
  const certificate: unknown = Array.isArray(chain) ? chain[0] : undefined;
  if (typeof certificate !== 'string') return false;
  return new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.equals(key);
}

function noKey() {
  // The two spaces are AWS's.
  return invalidToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  );
}
