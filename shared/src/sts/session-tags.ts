import type { RunIdentity } from '../identity/run-identity.ts';
import type { ChainTags } from '../options/options.ts';

export interface SessionTags {
  readonly tags: Readonly<Record<string, string>>;
  /** Keys whose value AWS does not take as it is. */
  readonly leftOut: readonly string[];
}

/** Up to 256 of these characters (STS API reference, Tag). */
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/**
 * Session tags that carry the run, for conditions such as `aws:PrincipalTag/Repository` (attribute-based access
 * control). Only AssumeRole takes tags; a web identity token brings its own or none. A value is what it says or is not
 * there: with other characters put in the place of what AWS does not take, two branches could look like one.
 */
export function chainTagsOf(run: RunIdentity, { run: ofRun, own }: ChainTags): SessionTags {
  const known = {
    CiSystem: run.system,
    Owner: run.owner,
    Repository: run.repository,
    Branch: run.branch ?? '',
    Build: run.build,
  };
  const wanted = Object.entries(ofRun ? known : {}).filter(([key, value]) => value !== '' && !(key in own));
  return {
    tags: { ...Object.fromEntries(wanted.filter(([, value]) => VALUE.test(value))), ...own },
    leftOut: wanted.filter(([, value]) => !VALUE.test(value)).map(([key]) => key),
  };
}
