import type { CommentMark } from './seal.ts';

/** A file that calls of one run extend, and that knows its run by a seal. */
export interface SealedKind {
  readonly name: string;
  readonly comment: CommentMark;
  /** End of the first line. */
  readonly note: string;
  /** Whether this program writes such a text, seal or not. Anything else belongs to somebody else. */
  accepts(body: string): boolean;
  /** A text in place of any other, without its secrets. */
  withoutSecrets(text: string): string;
}

/** Files that each call writes anew. */
export interface PlainKind {
  matches(name: string): boolean;
  /** Whether this program writes such contents. Anything else belongs to somebody else. */
  accepts(contents: Buffer): boolean;
  /** Whether later calls of this run still need the file as it is. */
  isOfThisRun(contents: Buffer): boolean;
  readonly holdsSecrets: boolean;
}

/** Kinds of files that may lie in an output folder. A folder with any other file is not ours. */
export interface FileKinds {
  readonly sealed: readonly SealedKind[];
  readonly plain: readonly PlainKind[];
}
