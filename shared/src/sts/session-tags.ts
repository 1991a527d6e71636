import type { KnownRun } from '../identity/run-identity.ts';
import type { ChainTags } from '../options/options.ts';

export interface SessionTags {
  readonly tags: Readonly<Record<string, string>>;
  /** Keys whose values AWS does not accept. */
  readonly notAccepted: readonly string[];
  /** Keys whose values are not in the identity token. */
  readonly notSigned: readonly string[];
}

/** Form of a tag's value: up to 256 of these characters (STS API reference, Tag). */
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/**
 * Returns session tags that identify the run, for conditions such as `aws:PrincipalTag/Repository` (attribute-based
 * access control). Only AssumeRole supports tags. Their values come only from the identity token, because any earlier
 * step can change a variable. A value that AWS does not accept is omitted, not altered: with replaced characters, two
 * branches could look equal.
 */
export function chainTagsOf({ identity, signed }: KnownRun, { run: withRun, own }: ChainTags): SessionTags {
  const runTags = {
    CiSystem: identity.system,
    Owner: signed.owner,
    Repository: signed.repository,
    Branch: signed.branch,
    Build: signed.build,
  };
  const candidates = Object.entries(withRun ? runTags : {}).filter(([key]) => !(key in own));
  const tags: Record<string, string> = {};
  const notAccepted: string[] = [];
  const notSigned: string[] = [];
  for (const [key, value] of candidates) {
    if (value === undefined || value === '') notSigned.push(key);
    else if (VALUE.test(value)) tags[key] = value;
    else notAccepted.push(key);
  }
  return { tags: { ...tags, ...own }, notAccepted, notSigned };
}
