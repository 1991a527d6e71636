import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import { cannotPublish, codeOf, reasonOf } from './cannot-publish.ts';

/** Owner of written files. Only root can change the owner. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Identity of a file on its disk, independent of its present name. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** Properties of the file system of this process. Tests name another system than their own. */
export interface FileAccess {
  /** Milliseconds until the deadline, for retries on Windows. */
  timeLeft(): number;
  readonly platform?: NodeJS.Platform;
  /** Folder of the open descriptors; only Linux resolves paths through it. */
  readonly descriptors?: string;
}

/** Windows lacks these flags. */
export const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
export const NON_BLOCK = constants.O_NONBLOCK ?? 0;
const DIRECTORY = constants.O_DIRECTORY ?? 0;

/** A folder with its path and handle. */
export interface OpenedFolder {
  readonly stats: Stats;
  readonly handle: FileHandle | undefined;
  readonly descriptorPath: string | undefined;
}

/**
 * Opens a folder.
 * @throws Error of Node, or one for a link or a file
 */
export async function openFolder(address: string, access: FileAccess, mayBeLink: boolean): Promise<OpenedFolder> {
  const { platform = process.platform, descriptors = '/proc/self/fd' } = access;
  if (platform === 'win32') {
    const stats = await (mayBeLink ? stat : lstat)(address);
    if (!stats.isDirectory()) throw new Error('it is not a folder');
    return { stats, handle: undefined, descriptorPath: undefined };
  }
  const handle = await open(address, constants.O_RDONLY | DIRECTORY | (mayBeLink ? 0 : NO_FOLLOW));
  const stats = await handle.stat();
  return { stats, handle, descriptorPath: await pathThrough(`${descriptors}/${handle.fd}`, stats) };
}

/** Returns the folder's status. Undefined if the path is missing or belongs to something else. */
async function pathThrough(candidate: string, stats: Stats): Promise<string | undefined> {
  try {
    return isSameFile(await stat(`${candidate}/.`), stats) ? candidate : undefined;
  } catch {
    return undefined;
  }
}

/** Whether both are the same file, independent of its names. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/**
 * Sets a mode through a descriptor.
 *
 * @returns whether only the owner has more rights than that; a file system such as FAT keeps no modes
 */
export async function setMode(handle: FileHandle, mode: number): Promise<boolean> {
  try {
    await handle.chmod(mode);
  } catch (error) {
    const { uid } = await handle.stat();
    // FAT reports EPERM even to the owner.
    if (codeOf(error) !== 'EPERM' || uid !== process.geteuid?.()) throw error;
  }
  return ((await handle.stat()).mode & 0o077 & ~mode) === 0;
}

/**
 * Changes the owner of a file through a descriptor, if this process may.
 *
 * @throws Failure `CannotPublish`
 */
export async function setOwner(handle: FileHandle, owner: Owner | undefined, file: string): Promise<void> {
  if (owner === undefined || process.geteuid?.() !== 0) return;
  // The group of a file with mode 0600 does not matter.
  if ((await handle.stat()).uid === owner.uid) return;
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch (error) {
    throw cannotPublish(
      `${file} cannot be given to user ${owner.uid}, who is to read it: ${reasonOf(error)}`,
      // The second and third capabilities are for the folder after its owner has changed: to set its mode, and to write
      // into it.
      `Run this as user ${owner.uid}, or with the capabilities CHOWN, FOWNER and DAC_OVERRIDE.`,
    );
  }
}
