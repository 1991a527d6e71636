import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { attempt, cannotPublish, codeOf, reasonOf } from './cannot-publish.ts';
import {
  type FileAccess,
  type FileIdentity,
  isSameFile,
  NO_FOLLOW,
  NON_BLOCK,
  type OpenedFolder,
  type Owner,
  openFolder,
  setMode,
  setOwner,
} from './descriptors.ts';
import { retrySharingViolations } from './sharing-violations.ts';

export interface FileContents {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

const CREATE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;

/** Bytes of the largest file that is read. This program's files have a few kilobytes. */
const MAX_BYTES = 1024 * 1024;

/**
 * A folder that was opened once. Its entries are reached through the open descriptor, so renaming the folder or
 * replacing it by a link has no effect. Linux resolves `/proc/self/fd/<n>/<name>` from the descriptor itself. Other
 * systems have no such path in Node. There every operation first checks that the path still belongs to the same folder,
 * which narrows the race but cannot close it.
 */
export class OpenFolder {
  readonly path: string;
  readonly #access: FileAccess;
  readonly #stats: Stats;
  /** Descriptor of the folder. Undefined on Windows, where Node opens no folders. */
  readonly #handle: OpenedFolder['handle'];
  /** Path through the descriptor; undefined if the system has none. */
  readonly #descriptorPath: string | undefined;

  private constructor(folderPath: string, access: FileAccess, opened: OpenedFolder) {
    this.path = folderPath;
    this.#access = access;
    this.#stats = opened.stats;
    this.#handle = opened.handle;
    this.#descriptorPath = opened.descriptorPath;
  }

  /**
   * Opens the folder that the user named. It may be a link.
   * @throws Error of Node
   */
  static async open(folderPath: string, access: FileAccess): Promise<OpenFolder> {
    return new OpenFolder(folderPath, access, await openFolder(folderPath, access, true));
  }

  get owner(): Owner {
    return { uid: this.#stats.uid, gid: this.#stats.gid };
  }

  /**
   * Opens a folder in this one. It must not be a link.
   * @throws Failure `CannotPublish`
   */
  async child(name: string): Promise<OpenFolder> {
    const childPath = path.join(this.path, name);
    try {
      return new OpenFolder(childPath, this.#access, await openFolder(await this.#entry(name), this.#access, false));
    } catch (error) {
      const kind = await this.kindOf(name);
      if (kind === 'link')
        throw cannotPublish(`${childPath} is a symbolic link`, 'Remove the link, or choose another output folder.');
      if (kind !== undefined && kind !== 'folder')
        throw cannotPublish(`${childPath} exists and is not a folder`, 'Remove it, or choose another output folder.');
      throw await attempt(`${childPath} cannot be opened`, () => Promise.reject(error));
    }
  }

  /**
   * Creates a folder in this one.
   *
   * @returns false if that name exists
   * @throws Failure `CannotPublish`
   */
  async makeChild(name: string): Promise<boolean> {
    return attempt(`${path.join(this.path, name)} cannot be made`, async () => {
      try {
        await mkdir(await this.#entry(name), { mode: 0o700 });
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      }
    });
  }

  /** Removes an empty folder; keeps one that is no longer empty. */
  async removeChild(name: string): Promise<void> {
    try {
      await rmdir(await this.#entry(name));
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
    }
  }

  async names(): Promise<string[]> {
    return attempt(`${this.path} cannot be read`, async () => (await readdir(await this.#self())).sort());
  }

  /** Kind of an entry itself, not of a link's target; undefined if it does not exist. */
  async kindOf(name: string): Promise<'file' | 'folder' | 'link' | 'other' | undefined> {
    const stats = await this.#statsOf(name);
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) return 'link';
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'other';
  }

  /** Whether the system keeps modes; Windows has access lists instead. */
  get hasModes(): boolean {
    return this.#handle !== undefined;
  }

  /** Whether the name still belongs to that file. On Windows, whether the file exists. */
  async isFile(name: string, { dev, ino }: FileIdentity): Promise<boolean> {
    const stats = await this.#statsOf(name);
    if (!this.hasModes) return stats?.isFile() === true;
    return stats?.dev === dev && stats.ino === ino;
  }

  /**
   * Reads a regular file of at most 1 MiB; undefined if it does not exist.
   *
   * @throws Failure `CannotPublish` for a link, a folder, a device or a FIFO
   */
  async read(name: string): Promise<FileContents | undefined> {
    const file = path.join(this.path, name);
    const kind = await this.kindOf(name);
    if (kind === undefined) return undefined;
    if (kind === 'link')
      throw cannotPublish(`${file} is a symbolic link`, 'Remove the link, or choose another output folder.');
    if (kind !== 'file')
      throw cannotPublish(`${file} exists and is not a file`, 'Remove it, or choose another output folder.');
    return attempt(`${file} cannot be read`, () =>
      this.#retried(async (entry) => {
        // The entry may have become a FIFO in the meantime, and opening one must not block.
        const handle = await open(entry, constants.O_RDONLY | NO_FOLLOW | NON_BLOCK);
        try {
          const stats = await handle.stat();
          if (!stats.isFile()) throw cannotPublish(`${file} exists and is not a file`, 'Remove it.');
          if (stats.size > MAX_BYTES)
            throw cannotPublish(`${file} has ${stats.size} bytes, more than this program writes`, 'Remove it.');
          return { bytes: await handle.readFile(), stats };
        } finally {
          await handle.close();
        }
      }, name),
    );
  }

  /**
   * Writes a new file and sets owner and mode on its descriptor, so that no other file can be affected.
   *
   * @param mode 0600 unless an older file is copied
   * @throws Failure `CannotPublish`; the file is then gone
   */
  async create(
    name: string,
    contents: string | Buffer,
    owner: Owner | undefined,
    mode = 0o600,
  ): Promise<FileIdentity & { readonly mode: number }> {
    const file = path.join(this.path, name);
    const handle = await open(await this.#entry(name), CREATE_NEW, 0o600);
    try {
      await handle.writeFile(contents);
      if (this.hasModes) await setMode(handle, mode);
      await setOwner(handle, owner, file);
      const stats = await handle.stat();
      // A network file system reports a full disk only now. No file is forced to the disk: a crash also ends the step.
      await handle.close();
      return stats;
    } catch (error) {
      await this.remove(name);
      // Closed handles ignore this.
      await handle.close();
      throw error;
    }
  }

  /** Overwrites an existing file in place, if another program prevents its replacement. */
  async overwrite(name: string, contents: string): Promise<void> {
    await this.#retried(async (entry) => {
      const handle = await open(entry, constants.O_WRONLY | NO_FOLLOW | NON_BLOCK);
      try {
        if (!(await handle.stat()).isFile()) throw cannotPublish(`${path.join(this.path, name)} is not a file`, '');
        await handle.truncate(0);
        await handle.writeFile(contents);
      } finally {
        await handle.close();
      }
    }, name);
  }

  /** Renames a file in this folder, replacing any file with that name. */
  async rename(from: string, to: string): Promise<void> {
    await this.#retried(async (entry) => rename(entry, await this.#entry(to)), from);
  }

  /** Removes a file. A missing file is not an error. */
  async remove(name: string): Promise<void> {
    await this.#retried(async (entry) => {
      try {
        await unlink(entry);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    }, name);
  }

  /**
   * Makes the folder accessible only to its owner (0700).
   *
   * @returns whether the file system keeps such modes
   * @throws Failure `CannotPublish`
   */
  async makePrivate(): Promise<boolean> {
    const handle = this.#handle;
    if (handle === undefined) return true;
    return attempt(`${this.path} cannot be made private`, () => setMode(handle, 0o700));
  }

  /**
   * Changes the owner of the folder.
   *
   * @throws Failure `CannotPublish`
   */
  async giveTo(owner: Owner | undefined): Promise<void> {
    if (this.#handle !== undefined) await setOwner(this.#handle, owner, this.path);
  }

  /** Whether the path still belongs to this folder. */
  async isInPlace(): Promise<boolean> {
    try {
      const stats = await lstat(this.path);
      // Windows has no descriptor to compare with.
      return this.#handle === undefined ? stats.isDirectory() : isSameFile(stats, this.#stats);
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async #retried<T>(action: (entry: string) => Promise<T>, name: string): Promise<T> {
    return retrySharingViolations(async () => action(await this.#entry(name)), this.#access);
  }

  async #statsOf(name: string): Promise<Stats | undefined> {
    try {
      return await lstat(await this.#entry(name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw cannotPublish(
        `${path.join(this.path, name)} cannot be looked at: ${reasonOf(error)}`,
        'Check the permissions of the folders above it.',
      );
    }
  }

  async #entry(name: string): Promise<string> {
    return path.join(await this.#self(), name);
  }

  async #self(): Promise<string> {
    if (this.#descriptorPath !== undefined) return this.#descriptorPath;
    // The folder that the user named may be a link, which `stat` follows as opening did.
    const stats = await stat(this.path);
    if (!(this.#handle === undefined ? stats.isDirectory() : isSameFile(stats, this.#stats)))
      throw cannotPublish(`${this.path} was replaced while this program ran`, 'Run the step again.');
    return this.path;
  }
}
