import { type JsonObject, parseObject } from '../json.ts';
import { invalidToken } from './invalid-token.ts';

export interface DecodedToken {
  readonly algorithm: string;
  /** Undefined when the header has none. */
  readonly keyId: string | undefined;
  readonly claims: JsonObject;
  /** What is signed. */
  readonly signedText: string;
  readonly signature: Buffer;
}

const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/**
 * White space at the end is passed over: Atlassian's own recipe writes the token into a file with `echo`, SDKs send such a
 * file as it is, and deployments work that way.
 * @throws StsError InvalidIdentityToken when the text is not a signed JWT of a kind STS takes.
 */
export function decodeToken(token: string): DecodedToken {
  const [header, payload, signature, ...more] = token.trimEnd().split('.');
  if (header === undefined || payload === undefined || !signature || more.length > 0) throw invalidToken();
  const head = decodePart(header);
  const { alg, kid } = head;
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw invalidToken();
  if (kid !== undefined && typeof kid !== 'string') throw invalidToken();
  // RFC 7515 §4.1.11: a header that lists critical extensions must be refused by whoever does not know them.
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
