import { type JsonObject, parseObject } from '../json.ts';
import { invalidToken } from './invalid-token.ts';

export interface DecodedToken {
  readonly algorithm: string;
  /** The header's `kid`, if it has one. */
  readonly keyId: string | undefined;
  readonly claims: JsonObject;
  /** Header and payload as signed. */
  readonly signedText: string;
  readonly signature: Buffer;
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/**
 * Decodes a signed JWT. White space at its end is ignored: Atlassian's recipe writes the token into a file with `echo`,
 * SDKs send the file unchanged, and AWS accepts it.
 * @throws StsError InvalidIdentityToken if the text is not a signed JWT of a kind that STS accepts
 */
export function decodeToken(token: string): DecodedToken {
  const [header, payload, signature, ...more] = token.trimEnd().split('.');
  if (header === undefined || payload === undefined || !signature || more.length > 0) throw invalidToken();
  const head = decodePart(header);
  const { alg, kid } = head;
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) throw invalidToken();
  if (kid !== undefined && typeof kid !== 'string') throw invalidToken();
  // A verifier that does not know critical extensions must refuse them (RFC 7515 §4.1.11).
  if ('crit' in head) throw invalidToken();
  return {
    algorithm: alg,
    keyId: kid,
    claims: decodePart(payload),
    signedText: `${header}.${payload}`,
    signature: Buffer.from(base64url(signature), 'base64url'),
  };
}

function decodePart(part: string): JsonObject {
  const value = parseObject(Buffer.from(base64url(part), 'base64url').toString('utf8'));
  if (value === undefined) throw invalidToken();
  return value;
}

function base64url(part: string): string {
  if (!/^[\w-]+$/.test(part)) throw invalidToken();
  return part;
}
