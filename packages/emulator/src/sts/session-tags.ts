import type { Violations } from './constraints.ts';
import type { QueryRequest } from './query-request.ts';
import type { Session } from './sessions.ts';
import { StsError } from './sts-error.ts';

export interface ChainedTags {
  /** Tags of the request. */
  readonly requested: Readonly<Record<string, string>>;
  /** Tags of the new session: the caller's transitive tags and the requested ones. */
  readonly all: Readonly<Record<string, string>>;
  readonly transitiveKeys: readonly string[];
}

const MAX_TAGS = 50;
const CHARACTERS = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
const TEST = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const KEY = { minimum: 1, maximum: 128, pattern: { text: `${CHARACTERS}+`, test: TEST } };
const VALUE = { minimum: 0, maximum: 256, pattern: { text: `${CHARACTERS}*`, test: TEST } };

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** The parameters Tags and TransitiveTagKeys, at most 50 of each. */
export class RequestedTags {
  readonly #tags: readonly Tag[];
  readonly #transitiveKeys: readonly string[];

  constructor(query: QueryRequest, violations: Violations) {
    const members = query.members('Tags');
    violations.count('Tags', members.length, MAX_TAGS);
    this.#tags = members.map((member, index) => {
      const tag = { key: member.get('Key') ?? '', value: member.get('Value') ?? '' };
      violations.value(`tags.${index + 1}.member.key`, tag.key, KEY);
      violations.value(`tags.${index + 1}.member.value`, tag.value, VALUE);
      return tag;
    });
    this.#transitiveKeys = query.members('TransitiveTagKeys').map((member) => member.get('') ?? '');
    violations.count('TransitiveTagKeys', this.#transitiveKeys.length, MAX_TAGS);
  }

  /**
   * Adds the tags to those that the caller's session passes on.
   * @throws StsError ValidationError for a duplicate, reserved or conflicting key
   */
  chainedTo(caller: Session): ChainedTags {
    const keys = this.#foldedKeys();
    if (this.#transitiveKeys.some((name) => !keys.has(name.toLowerCase()))) {
      throw new StsError('ValidationError', 'The specified transitive tag key must be included in the requested tags.');
    }
    const inherited = caller.transitiveTagKeys.map((name) => [name, caller.tags[name] ?? ''] as const);
    if (inherited.some(([name]) => keys.has(name.toLowerCase()))) {
      throw new StsError(
        'ValidationError',
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      );
    }
    const requested = Object.fromEntries(this.#tags.map(({ key, value }) => [key, value]));
    return {
      requested,
      all: { ...Object.fromEntries(inherited), ...requested },
      transitiveKeys: [...inherited.map(([name]) => name), ...this.#transitiveKeys],
    };
  }

  /** Lower-case keys. Keys that differ only in case are duplicates. */
  #foldedKeys(): ReadonlySet<string> {
    const folded = new Set<string>();
    for (const name of this.#tags.map(({ key }) => key.toLowerCase())) {
      if (folded.has(name)) {
        throw new StsError(
          'ValidationError',
          'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
        );
      }
      if (name.startsWith('aws:')) {
        throw new StsError('ValidationError', 'Tag keys that start with aws: are reserved for system use.');
      }
      folded.add(name);
    }
    return folded;
  }
}
