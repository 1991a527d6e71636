import type { CommentMark } from './seal.ts';

/** A file that several calls of one run extend, and that a seal assigns to its run. */
export interface SealedKind {
  readonly name: string;
  readonly comment: CommentMark;
  /** Suffix of the first line. */
  readonly note: string;
  /** Whether this program writes such a text, with or without a seal. Any other text belongs to another program. */
  accepts(body: string): boolean;
  /** Returns the replacement for any text, without its secrets. */
  withoutSecrets(text: string): string;
}

/** Files that each call rewrites. */
export interface PlainKind {
  matches(name: string): boolean;
  /** Whether this program writes such contents. Other contents belong to another program. */
  accepts(contents: Buffer): boolean;
  /** Whether later calls of this run still need the file unchanged. */
  isOfThisRun(contents: Buffer): boolean;
  readonly holdsSecrets: boolean;
}

/** Kinds of files in an output folder. A folder with any other file is not this program's. */
export interface FileKinds {
  readonly sealed: readonly SealedKind[];
  readonly plain: readonly PlainKind[];
}
