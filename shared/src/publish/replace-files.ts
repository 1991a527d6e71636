import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Failure } from '../core/failure.ts';
import { attempt, cannotPublish, reasonOf } from './cannot-publish.ts';
import type { FileIdentity, Owner } from './descriptors.ts';
import type { OpenFolder } from './open-folder.ts';

/** A new file of the folder. */
export interface NewFile {
  readonly name: string;
  readonly contents: string | Buffer;
}

export interface Replaced {
  /** Names of files that other users can read, because the file system keeps no modes. */
  readonly readableByOthers: readonly string[];
  /** Copies of older files that could not be removed. */
  readonly leftovers: readonly string[];
}

/** Name of a file that a killed run leaves behind. The first group is the name of the final file. */
export const LEFTOVER = /^\.(.+)\.[0-9a-f]{12}\.(?:unfinished|before)$/;

/**
 * Writes all these files or none (0600). Each is written completely under another name and then renamed into place, so
 * that no reader sees a partial file. A copy of each older file stays next to it until all are in place. It is not a
 * hard link, because FAT lacks them.
 *
 * @param groups the files of a group are in place before the next group is written
 * @throws Failure `CannotPublish`; every file is as before, or the failure names those that are not
 */
export async function replaceFiles(
  folder: OpenFolder,
  groups: readonly (readonly NewFile[])[],
  owner: Owner | undefined,
): Promise<Replaced> {
  const all: Replacement[] = [];
  try {
    for (const files of groups) {
      const group = files.map((file) => new Replacement(folder, file, owner));
      all.push(...group);
      for (const one of group) await one.write();
      for (const one of group) await one.keepOld();
      for (const one of group) await one.putInPlace();
    }
    for (const one of all) await one.check();
    if (!(await folder.isInPlace()))
      throw cannotPublish(`${folder.path} was replaced while this program ran`, 'Run the step again.');
  } catch (error) {
    throw withProblems(error, await undoAll(all));
  }
  const leftovers: string[] = [];
  for (const one of all) leftovers.push(...(await one.dropOld()));
  return { leftovers, readableByOthers: all.filter((one) => one.isReadableByOthers).map((one) => one.name) };
}

/**
 * Undoes as much as possible, despite errors.
 *
 * @returns a sentence for each problem
 */
async function undoAll(all: readonly Replacement[]): Promise<string[]> {
  const problems: string[] = [];
  for (const one of all.toReversed()) {
    try {
      await one.undo();
    } catch (error) {
      problems.push(`${one.path} could not be put back: ${reasonOf(error)}.`);
    }
  }
  return problems;
}

/** The original failure stays first; problems of undoing follow it. */
function withProblems(error: unknown, problems: readonly string[]): Failure {
  const failure = Failure.from(error);
  if (problems.length === 0) return failure;
  const { changes = [] } = failure.details;
  return new Failure(
    failure.code,
    [failure.message, ...problems].join(' '),
    {
      ...failure.details,
      changes: [...changes, 'Remove the files that could not be put back: they may hold credentials.'],
    },
    { cause: error },
  );
}

/** One file that is put into place step by step, and can be restored. */
class Replacement {
  readonly name: string;
  readonly path: string;
  readonly #folder: OpenFolder;
  readonly #contents: string | Buffer;
  readonly #owner: Owner | undefined;
  readonly #unfinished: string;
  readonly #before: string;
  writtenFile: (FileIdentity & { readonly mode: number }) | undefined;
  #hasCopy = false;
  #isInPlace = false;

  constructor(folder: OpenFolder, { name, contents }: NewFile, owner: Owner | undefined) {
    this.#folder = folder;
    this.name = name;
    this.path = path.join(folder.path, name);
    this.#contents = contents;
    this.#owner = owner;
    // In containers the process ids of runs are equal.
    const id = randomBytes(6).toString('hex');
    this.#unfinished = `.${name}.${id}.unfinished`;
    this.#before = `.${name}.${id}.before`;
  }

  get isReadableByOthers(): boolean {
    return this.#folder.hasModes && ((this.writtenFile?.mode ?? 0) & 0o077) !== 0;
  }

  async write(): Promise<void> {
    await this.#attempt(async () => {
      this.writtenFile = await this.#folder.create(this.#unfinished, this.#contents, this.#owner);
    });
  }

  async keepOld(): Promise<void> {
    const old = await this.#folder.read(this.name);
    if (old === undefined) return;
    await this.#attempt(() => this.#folder.create(this.#before, old.bytes, old.stats, old.stats.mode & 0o777));
    this.#hasCopy = true;
  }

  async putInPlace(): Promise<void> {
    await this.#attempt(() => this.#folder.rename(this.#unfinished, this.name));
    this.#isInPlace = true;
  }

  /** @throws Failure if another process has replaced this file by its own */
  async check(): Promise<void> {
    if (this.writtenFile !== undefined && (await this.#folder.isFile(this.name, this.writtenFile))) return;
    throw cannotPublish(`${this.path} was replaced while it was written`, 'Run the step again.');
  }

  /** @returns the name of the copy if it could not be removed */
  async dropOld(): Promise<string[]> {
    if (!this.#hasCopy) return [];
    try {
      await this.#folder.remove(this.#before);
      return [];
    } catch {
      return [this.#before];
    }
  }

  async undo(): Promise<void> {
    if (!this.#isInPlace) {
      if (this.writtenFile !== undefined) await this.#folder.remove(this.#unfinished);
      if (this.#hasCopy) await this.#folder.remove(this.#before);
    } else if (this.#hasCopy) {
      await this.#folder.rename(this.#before, this.name);
    } else {
      await this.#folder.remove(this.name);
    }
  }

  #attempt<T>(action: () => Promise<T>): Promise<T> {
    return attempt(`${this.path} cannot be written`, action);
  }
}
