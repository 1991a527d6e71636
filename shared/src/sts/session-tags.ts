import type { RunIdentity } from '../identity/run-identity.ts';
import type { ChainTags } from '../options/options.ts';

export interface SessionTags {
  readonly tags: Readonly<Record<string, string>>;
  /** Keys whose values AWS does not accept. */
  readonly leftOut: readonly string[];
}

/** Form of a tag's value: up to 256 of these characters (STS API reference, Tag). */
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/**
 * Returns session tags that identify the run, for conditions such as `aws:PrincipalTag/Repository` (attribute-based access
 * control). Only AssumeRole takes tags. A value that AWS does not accept is left out, not altered: with replaced
 * characters, two branches could look like one.
 */
export function chainTagsOf(run: RunIdentity, { run: withRun, own }: ChainTags): SessionTags {
  const runTags = {
    CiSystem: run.system,
    Owner: run.owner,
    Repository: run.repository,
    Branch: run.branch ?? '',
    Build: run.build,
  };
  const candidates = Object.entries(withRun ? runTags : {}).filter(([key, value]) => value !== '' && !(key in own));
  return {
    tags: { ...Object.fromEntries(candidates.filter(([, value]) => VALUE.test(value))), ...own },
    leftOut: candidates.filter(([, value]) => !VALUE.test(value)).map(([key]) => key),
  };
}
