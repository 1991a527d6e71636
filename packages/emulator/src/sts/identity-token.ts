/** Reading a JWT as STS does: its form and its claims, before provider, key and signature. */
import { isObject, type JsonObject, parseObject } from '../json.ts';
import { StsError } from './sts-error.ts';

export interface DecodedToken {
  readonly algorithm: string;
  /** Undefined when the header has none. */
  readonly keyId: string | undefined;
  readonly claims: JsonObject;
  /** What is signed. */
  readonly signedText: string;
  readonly signature: Buffer;
}

/** The claims STS needs, with their meaning settled. */
export interface TokenIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** `azp` where there is one, the audience otherwise. Decides the provider's client ids and is returned. */
  readonly audience: string;
  readonly audiences: readonly string[];
  readonly sourceIdentity: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** Exact role ARNs of the roles claim; undefined without the claim. */
  readonly roles: readonly string[] | undefined;
}

/** Seconds of tolerance on iat, nbf and exp. */
const leeway = 300;
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

export function invalidToken(message?: string): StsError {
  return message === undefined ? new StsError('InvalidIdentityToken') : new StsError('InvalidIdentityToken', message);
}

/** @throws StsError InvalidIdentityToken when the text is not a signed JWT of a kind STS takes. */
export function decodeToken(token: string): DecodedToken {
  const [header, payload, signature, ...more] = token.split('.');
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

/**
 * The order: required claims, their forms, times, then tags, source identity and roles.
 * @param now seconds since 1970
 * @throws StsError InvalidIdentityToken, ExpiredTokenException, or InternalFailure for a null subject, as AWS does
 */
export function readIdentity(claims: JsonObject, now: number): TokenIdentity {
  for (const name of ['iss', 'sub', 'aud', 'iat', 'exp']) {
    if (!Object.hasOwn(claims, name)) throw invalidToken(`Missing a required claim: ${name}`);
  }
  const { iss, sub } = claims;
  if (typeof iss !== 'string') throw invalidToken();
  if (sub === null) throw new StsError('InternalFailure', 'Unknown error validating third-party token');
  if (typeof sub !== 'string' && typeof sub !== 'number') throw invalidToken();
  const audiences = stringOrList(claims['aud']);
  const audience = authorizedParty(claims, audiences);
  checkTimes(claims, now);
  const { tags, transitiveTagKeys } = sessionTags(claims);
  return {
    issuer: iss,
    subject: String(sub),
    audience,
    audiences,
    sourceIdentity: sourceIdentity(claims),
    tags,
    transitiveTagKeys,
    roles: authorizedRoles(claims),
  };
}

function authorizedParty(claims: JsonObject, audiences: readonly string[]): string {
  const { azp } = claims;
  if (typeof azp === 'string') return azp;
  if (azp !== undefined) throw invalidToken();
  const [only, ...others] = audiences;
  if (only === undefined) throw invalidToken();
  if (others.length > 0) {
    throw invalidToken('Token audience contains more than one audience while authorized party is not present');
  }
  return only;
}

function checkTimes(claims: JsonObject, now: number): void {
  const issuedAt = timestamp(claims['iat']);
  const expires = timestamp(claims['exp']);
  const notBefore = claims['nbf'] === undefined ? undefined : timestamp(claims['nbf']);
  if (now >= expires + leeway) {
    // AWS's own spacing.
    throw new StsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${now} must be before the expiration date/time${expires}`,
    );
  }
  if (issuedAt > now + leeway) throw invalidToken('Token issued in the future.');
  if (notBefore !== undefined && notBefore > now + leeway) {
    throw invalidToken('The web identity token is not yet valid.');
  }
}

/** Whole seconds, as a number or as text. */
function timestamp(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  throw invalidToken('Invalid timestamp in token claims.');
}

function stringOrList(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalidToken();
}

const sourceIdentityClaim = 'https://aws.amazon.com/source_identity';
const rolesClaim = 'https://aws.amazon.com/roles';
const tagsClaim = 'https://aws.amazon.com/tags';

function sourceIdentity(claims: JsonObject): string | undefined {
  const value = claims[sourceIdentityClaim];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[\w+=,.@-]{2,256}$/.test(value)) {
    throw invalidToken('The source identity claim is invalid.');
  }
  return value;
}

/** A list, or one text with the ARNs separated by semicolons. */
function authorizedRoles(claims: JsonObject): readonly string[] | undefined {
  const value = claims[rolesClaim];
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value.split(';') : stringOrList(value);
}

/** Nested (`principal_tags`, `transitive_tag_keys`) or flattened into claim names. */
function sessionTags(claims: JsonObject): Pick<TokenIdentity, 'tags' | 'transitiveTagKeys'> {
  const tags = new Map<string, string>();
  const add = (key: string, value: unknown): void => {
    const taken = [...tags.keys()].some((other) => other.toLowerCase() === key.toLowerCase());
    if (typeof value !== 'string' || taken || !isTag(key, value))
      throw invalidToken('The session tag claim is invalid.');
    tags.set(key, value);
  };
  const nested = claims[tagsClaim];
  let transitive: unknown = claims[`${tagsClaim}/transitive_tag_keys`];
  if (nested !== undefined) {
    if (!isObject(nested)) throw invalidToken('Session tags passed in claim are not in correct format.');
    const { principal_tags: principalTags = {}, transitive_tag_keys: nestedTransitive } = nested;
    transitive ??= nestedTransitive;
    if (!isObject(principalTags)) throw invalidToken('principal_tags passed in claim is not in correct format.');
    for (const [key, values] of Object.entries(principalTags)) {
      if (!Array.isArray(values) || values.length !== 1) {
        throw invalidToken('principal_tags passed in claim is not in correct format.');
      }
      add(key, values[0]);
    }
  }
  const flat = `${tagsClaim}/principal_tags/`;
  for (const [name, value] of Object.entries(claims)) {
    if (name.startsWith(flat)) add(name.slice(flat.length), value);
  }
  const transitiveTagKeys = transitive === undefined ? [] : stringOrList(transitive);
  if (tags.size > 50 || transitiveTagKeys.some((key) => !tags.has(key))) {
    throw invalidToken('The session tag claim is invalid.');
  }
  return { tags: Object.fromEntries(tags), transitiveTagKeys };
}

const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Limits of STS: key 1 to 128 characters, value up to 256; `aws:` is reserved. */
export function isTag(key: string, value: string): boolean {
  return (
    key.length >= 1 &&
    key.length <= 128 &&
    value.length <= 256 &&
    !key.toLowerCase().startsWith('aws:') &&
    tagCharacters.test(key) &&
    tagCharacters.test(value)
  );
}
