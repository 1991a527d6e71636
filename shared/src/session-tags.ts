import type { ChainTags } from './options.ts';
import type { RunIdentity } from './run-identity.ts';

/**
 * Session tags that carry the run, for conditions such as `aws:PrincipalTag/Repository` (attribute-based access
 * control). Only AssumeRole takes tags; a web identity token brings its own or none.
 */
export function chainTagsOf(run: RunIdentity, tags: ChainTags): Record<string, string> {
  const ofRun = {
    CiSystem: run.system,
    Owner: run.owner,
    Repository: run.repository,
    Branch: run.branch ?? '',
    Build: run.build,
  };
  const all = { ...(tags.run ? ofRun : {}), ...tags.own };
  return Object.fromEntries(
    Object.entries(all)
      .map(([key, value]) => [key, tagValue(value)] as const)
      .filter(([, value]) => value !== ''),
  );
}

/** Up to 256 of these characters (STS API reference, Tag); every other becomes `_`. */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256);
}
