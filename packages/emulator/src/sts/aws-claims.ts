/** Claims that AWS defines: source identity and session tags. */
import { isObject, type JsonObject } from '../json.ts';
import { stringOrList } from './claim-values.ts';
import { invalidToken } from './invalid-token.ts';

export interface SessionTags {
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
}

const SOURCE_IDENTITY_CLAIM = 'https://aws.amazon.com/source_identity';
const TAGS_CLAIM = 'https://aws.amazon.com/tags';

export function sourceIdentity(claims: JsonObject): string | undefined {
  const value = claims[SOURCE_IDENTITY_CLAIM];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[\w+=,.@-]{2,256}$/.test(value)) {
    throw invalidToken('The source identity claim is invalid.');
  }
  return value;
}

/** Session tags, nested (`principal_tags`, `transitive_tag_keys`) or flattened into claim names. */
export function sessionTags(claims: JsonObject): SessionTags {
  const tags = new Map<string, string>();
  const add = (key: string, value: unknown): void => {
    const isDuplicate = [...tags.keys()].some((other) => other.toLowerCase() === key.toLowerCase());
    if (typeof value !== 'string' || isDuplicate || !isTag(key, value))
      throw invalidToken('The session tag claim is invalid.');
    tags.set(key, value);
  };
  const nested = claims[TAGS_CLAIM];
  let transitive: unknown = claims[`${TAGS_CLAIM}/transitive_tag_keys`];
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
  const flat = `${TAGS_CLAIM}/principal_tags/`;
  for (const [name, value] of Object.entries(claims)) {
    if (name.startsWith(flat)) add(name.slice(flat.length), value);
  }
  const transitiveTagKeys = transitive === undefined ? [] : stringOrList(transitive);
  if (tags.size > 50 || transitiveTagKeys.some((key) => !tags.has(key))) {
    throw invalidToken('The session tag claim is invalid.');
  }
  return { tags: Object.fromEntries(tags), transitiveTagKeys };
}

const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Limits of STS: key 1 to 128 characters, value up to 256; `aws:` is reserved. */
function isTag(key: string, value: string): boolean {
  return (
    key.length >= 1 &&
    key.length <= 128 &&
    value.length <= 256 &&
    !key.toLowerCase().startsWith('aws:') &&
    TAG_CHARACTERS.test(key) &&
    TAG_CHARACTERS.test(value)
  );
}
