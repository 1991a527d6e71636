import type { Violations } from './constraints.ts';
import type { QueryRequest } from './query-request.ts';
import type { Session } from './sessions.ts';
import { StsError } from './sts-error.ts';

export interface ChainedTags {
  /** What the request brings. */
  readonly requested: Readonly<Record<string, string>>;
  /** The new session's: the caller's transitive tags and the requested ones. */
  readonly all: Readonly<Record<string, string>>;
  readonly transitiveKeys: readonly string[];
}

export interface RequestedTags {
  /** @throws StsError when a tag would replace one the caller's session passes on. */
  readonly onTopOf: (caller: Session) => ChainedTags;
}

const characters = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
const key = {
  minimum: 1,
  maximum: 128,
  pattern: { shown: `${characters}+`, test: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
};
const value = { ...key, minimum: 0, maximum: 256, pattern: { ...key.pattern, shown: `${characters}*` } };

/** Reads Tags and TransitiveTagKeys; at most 50 of each. */
export function requestedTags(query: QueryRequest, violations: Violations): RequestedTags {
  const members = query.members('Tags');
  violations.count('Tags', members.length, 50);
  const tags = members.map((member, index) => {
    const tag = { key: member.get('Key') ?? '', value: member.get('Value') ?? '' };
    violations.value(`tags.${index + 1}.member.key`, tag.key, key);
    violations.value(`tags.${index + 1}.member.value`, tag.value, value);
    return tag;
  });
  const transitive = query.members('TransitiveTagKeys').map((member) => member.get('') ?? '');
  violations.count('TransitiveTagKeys', transitive.length, 50);
  return { onTopOf: (caller) => chain(tags, transitive, caller) };
}

/** Tag keys are case-preserving, and two that differ in case only are the same. */
function chain(
  tags: readonly { readonly key: string; readonly value: string }[],
  transitive: readonly string[],
  caller: Session,
): ChainedTags {
  const folded = new Set<string>();
  for (const { key: name } of tags) {
    if (folded.has(name.toLowerCase())) {
      throw new StsError(
        'ValidationError',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      );
    }
    if (name.toLowerCase().startsWith('aws:')) {
      throw new StsError('ValidationError', 'Tag keys that start with aws: are reserved for system use.');
    }
    folded.add(name.toLowerCase());
  }
  const stranger = transitive.find((name) => !folded.has(name.toLowerCase()));
  if (stranger !== undefined) {
    throw new StsError('ValidationError', 'The specified transitive tag key must be included in the requested tags.');
  }
  const inherited = caller.transitiveTagKeys.map((name) => [name, caller.tags[name] ?? ''] as const);
  const replaced = inherited.find(([name]) => folded.has(name.toLowerCase()));
  if (replaced !== undefined) {
    throw new StsError(
      'ValidationError',
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const requested = Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
  return {
    requested,
    all: { ...Object.fromEntries(inherited), ...requested },
    transitiveKeys: [...inherited.map(([name]) => name), ...transitive],
  };
}
