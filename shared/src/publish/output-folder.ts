import path from 'node:path';
import { cannotPublish, foreignFile, reasonOf } from './cannot-publish.ts';
import type { FileKinds, SealedKind } from './file-kinds.ts';
import { OpenFolder } from './open-folder.ts';
import { type FolderRequest, openPrivateFolder } from './private-folder.ts';
import { LEFTOVER, type NewFile, replaceFiles } from './replace-files.ts';
import type { Seal } from './seal.ts';

/** A file to publish. */
export interface OutputFile {
  readonly name: string;
  /** @param existingText text of an earlier call of the same run; undefined if there is none */
  contents(kept: string | undefined): string | Buffer;
}

export interface Publication {
  readonly files: readonly OutputFile[];
  /** Files that must be in place before others are written, such as a `.gitignore`. */
  readonly first?: readonly OutputFile[];
  /** Whether a file of an earlier call is obsolete after these new texts. */
  isObsolete?(name: string, texts: ReadonlyMap<string, string | Buffer>): boolean;
}

export interface PublishReport {
  /** Names of another run's files that were removed or replaced. */
  readonly stale: readonly string[];
  /** Whether only the owner can read the files. */
  readonly isPrivate: boolean;
  readonly warnings: readonly string[];
}

interface FolderContents {
  readonly name: string;
  /** Text that later calls of this run may extend. */
  readonly text?: string;
  readonly isOfThisRun: boolean;
}

/**
 * The folder in which later steps find this program's files. Every file there is data. It has the exact syntax that
 * this program writes; otherwise the folder is refused. It belongs to this run; otherwise it is dropped.
 */
export class OutputFolder {
  readonly path: string;
  readonly #request: FolderRequest;
  readonly #kinds: FileKinds;
  readonly #seal: Seal;

  constructor(request: FolderRequest, kinds: FileKinds, seal: Seal) {
    this.#request = request;
    this.#kinds = kinds;
    this.#seal = seal;
    this.path = request.path;
  }

  /**
   * Publishes all these files or none (0600, in a folder of 0700).
   *
   * @throws Failure `CannotPublish`; folder and files are then as before
   */
  async publish(publication: Publication): Promise<PublishReport> {
    const { folder, owner, undo, close } = await openPrivateFolder(this.#request);
    try {
      const contents = await this.#inspect(folder);
      const keepsModes = await folder.makePrivate();
      const warnings = await sweep(folder, contents.leftovers);
      const existingTexts = new Map(
        contents.files.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text]])),
      );
      const groups = [publication.first ?? [], publication.files].map((files) =>
        files.map((file) => this.#newFile(file, existingTexts.get(file.name))),
      );
      const { leftovers, readableByOthers } = await replaceFiles(folder, groups, owner);
      const texts = new Map(groups.flat().map(({ name, contents }) => [name, contents]));
      const dropped = contents.files
        .filter(({ name, isOfThisRun }) => !texts.has(name) && !(isOfThisRun && !publication.isObsolete?.(name, texts)))
        .map(({ name }) => name);
      warnings.push(...(await sweep(folder, [...dropped, ...leftovers])));
      const isPrivate = keepsModes && readableByOthers.length === 0;
      if (!isPrivate) warnings.push(readableWarning(this.path));
      return { stale: contents.files.filter((one) => !one.isOfThisRun).map(({ name }) => name), isPrivate, warnings };
    } catch (error) {
      await undo();
      throw error;
    } finally {
      await close();
    }
  }

  /**
   * Removes the secrets from all files in the folder, from any run. Names of profiles stay, because a variable may
   * select one, and a missing profile looks like a mistake in the pipeline.
   *
   * @returns whether there were any files
   * @throws Failure `CannotPublish` after it removed as much as possible
   */
  async clearSecrets(): Promise<boolean> {
    const folder = await existing(this.#request);
    if (folder === undefined) return false;
    try {
      const problems: string[] = [];
      const names = await folder.names();
      for (const name of names) {
        try {
          await this.#withdrawFile(folder, name);
        } catch (error) {
          problems.push(`${path.join(this.path, name)}: ${reasonOf(error)}`);
        }
      }
      if (problems.length > 0) {
        throw cannotPublish(`Credentials may still lie in ${problems.join('; ')}`, 'Remove these files.');
      }
      return names.length > 0;
    } finally {
      await folder.close();
    }
  }

  async #withdrawFile(folder: OpenFolder, name: string): Promise<void> {
    const kind = this.#kinds.sealed.find((one) => one.name === name);
    const isSecret = this.#kinds.plain.some((one) => one.holdsSecrets && one.matches(name));
    if (isSecret || this.#isLeftover(name)) return folder.remove(name);
    if (kind === undefined) return;
    if ((await folder.kindOf(name)) !== 'file') return folder.remove(name);
    const text = (await folder.read(name))?.bytes.toString('utf8') ?? '';
    const contents = this.#sealed(kind, kind.withoutSecrets(text));
    try {
      await replaceFiles(folder, [[{ name, contents }]], undefined);
    } catch {
      // Another program has it open and prevents its replacement, but may still allow writing.
      await folder.overwrite(name, contents);
    }
  }

  /** @throws Failure for a folder with foreign files */
  async #inspect(folder: OpenFolder): Promise<{ files: FolderContents[]; leftovers: string[] }> {
    const names = await folder.names();
    const leftovers = names.filter((name) => this.#isLeftover(name));
    const others = names.filter((name) => !leftovers.includes(name));
    const unknown = others.find((name) => !this.#isKnown(name));
    if (unknown !== undefined) {
      throw cannotPublish(
        `${this.path} holds ${JSON.stringify(unknown)}, which AWS OIDC Assume did not write`,
        'Choose a folder of its own, or an empty one: everything in it would become private to its owner.',
      );
    }
    const files: FolderContents[] = [];
    const contents = new Map<string, Buffer>();
    for (const name of others) contents.set(name, (await folder.read(name))?.bytes ?? Buffer.alloc(0));
    for (const [name, bytes] of contents) files.push(this.#judge(name, bytes));
    return { files, leftovers };
  }

  #judge(name: string, bytes: Buffer): FolderContents {
    const file = path.join(this.path, name);
    const kind = this.#kinds.sealed.find((one) => one.name === name);
    if (kind !== undefined) {
      const sealed = this.#seal.open(file, kind.comment, bytes.toString('utf8'));
      if (sealed === undefined || !kind.accepts(sealed.body)) throw foreignFile(file);
      const { isOfThisRun, body } = sealed;
      return isOfThisRun ? { name, isOfThisRun, text: body } : { name, isOfThisRun };
    }
    const plain = this.#kinds.plain.filter((one) => one.matches(name));
    if (!plain.some((one) => one.accepts(bytes))) throw foreignFile(file);
    return { name, isOfThisRun: plain.some((one) => one.isOfThisRun(bytes)) };
  }

  #isKnown(name: string): boolean {
    return (
      this.#kinds.sealed.some((kind) => kind.name === name) || this.#kinds.plain.some((kind) => kind.matches(name))
    );
  }

  /** Whether a file is a copy that a killed run left behind. It may contain credentials. */
  #isLeftover(name: string): boolean {
    const [, target] = LEFTOVER.exec(name) ?? [];
    return target !== undefined && this.#isKnown(target);
  }

  #newFile(file: OutputFile, existingText: string | undefined): NewFile {
    const contents = file.contents(existingText);
    const kind = this.#kinds.sealed.find((one) => one.name === file.name);
    return { name: file.name, contents: kind === undefined ? contents : this.#sealed(kind, contents.toString()) };
  }

  #sealed(kind: SealedKind, body: string): string {
    return this.#seal.sealed(path.join(this.path, kind.name), kind, body);
  }
}

/**
 * Removes files.
 *
 * @returns a warning for each file that could not be removed
 */
async function sweep(folder: OpenFolder, names: readonly string[]): Promise<string[]> {
  const warnings: string[] = [];
  for (const name of names) {
    try {
      await folder.remove(name);
    } catch (error) {
      warnings.push(
        `${path.join(folder.path, name)} is no longer needed and could not be removed: ${reasonOf(error)}. Remove it: it may hold credentials.`,
      );
    }
  }
  return warnings;
}

/** Opens the folder if it exists. Creates nothing. */
async function existing(request: FolderRequest): Promise<OpenFolder | undefined> {
  const opened: OpenFolder[] = [];
  try {
    opened.push(await OpenFolder.open(request.base, request));
    for (const name of path.relative(request.base, request.path).split(path.sep)) {
      const parent = opened.at(-1);
      if (parent === undefined || (await parent.kindOf(name)) !== 'folder') return undefined;
      opened.push(await parent.child(name));
    }
    return opened.pop();
  } finally {
    for (const folder of opened) await folder.close();
  }
}

function readableWarning(folder: string): string {
  return `${folder} is NOT private: its file system keeps no permissions, so that every user of this machine can read the credentials there.`;
}
