import { constants } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { printable } from '../core/text.ts';
import { cannotPublish, codeOf, reasonOf } from './cannot-publish.ts';
import { readGitIndex } from './git-index.ts';

/** Result of the check whether a commit could contain files of a folder. */
export type GitState =
  /** A repository that tracks nothing in the folder. A `.gitignore` of `*` in it makes `git add` skip it. */
  | { readonly kind: 'untracked' }
  | { readonly kind: 'no-repository' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Bytes of the largest index that is read: about half a million files. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** Content of a `.gitignore` that excludes its whole folder. The nearest rule to a file overrides all others. */
export const IGNORE_EVERYTHING = '*\n';

/**
 * Looks for files of the folder that git tracks, in each repository between `base` and the folder. `git add -A` stages
 * tracked files even if they are ignored.
 *
 * @throws Failure `CannotPublish` for a folder with tracked files
 */
export async function refuseTrackedFolder(base: string, folder: string): Promise<GitState> {
  let state: GitState = { kind: 'no-repository' };
  for (let top = path.dirname(folder); ; top = path.dirname(top)) {
    const trackedFile = await trackedBelow(top, path.relative(top, folder).split(path.sep).join('/'));
    if (trackedFile.kind !== 'no-repository' && state.kind !== 'unknown') state = trackedFile;
    if (path.relative(base, top) === '' || path.dirname(top) === top) return state;
  }
}

/** @throws Failure `CannotPublish` if the repository at `top` tracks something there */
async function trackedBelow(top: string, folder: string): Promise<GitState> {
  const dotGit = path.join(top, '.git');
  try {
    const gitFolder = await gitFolderOf(dotGit);
    if (gitFolder === undefined) return { kind: 'no-repository' };
    if (!(await stat(gitFolder)).isDirectory()) return { kind: 'unknown', reason: `${gitFolder} is not a folder` };
    const tracked = (await trackedPaths(gitFolder)).find((file) => isIn(file, folder));
    if (tracked === undefined) return { kind: 'untracked' };
    throw cannotPublish(
      `git tracks ${printable(tracked)}: a later commit could hold the credentials`,
      `Take it out of the repository (git rm -r --cached ${folder}), or choose another output folder.`,
    );
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unknown', reason: error.message };
    if (codeOf(error) === undefined) throw error;
    return { kind: 'unknown', reason: `the repository of ${dotGit} cannot be read: ${reasonOf(error)}` };
  }
}

class Unreadable extends Error {}

/** A work tree or submodule has a file instead of the folder: `gitdir: <path>`. */
async function gitFolderOf(dotGit: string): Promise<string | undefined> {
  try {
    await lstat(dotGit);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  // A link may point to a place that only the step sees, which is an error here.
  if ((await stat(dotGit)).isDirectory()) return dotGit;
  const [, target] = /^gitdir: (.+?)\s*$/.exec((await readBytes(dotGit)).toString('utf8')) ?? [];
  if (target === undefined) throw new Unreadable(`${dotGit} names no repository`);
  return path.resolve(path.dirname(dotGit), target);
}

async function trackedPaths(gitFolder: string): Promise<string[]> {
  const file = path.join(gitFolder, 'index');
  try {
    await stat(file);
  } catch (error) {
    // The index is empty.
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  const own = await readIndexFile(file);
  const shared =
    own.sharedIndex === undefined ? [] : (await readIndexFile(path.join(gitFolder, own.sharedIndex))).entries;
  return [...own.entries, ...shared].map((entry) => entry.path);
}

async function readIndexFile(file: string) {
  const index = readGitIndex(await readBytes(file));
  if (index === undefined) throw new Unreadable(`${file} is no git index of a known version`);
  return index;
}

/** Reads a regular file. Opening a FIFO must not block, and a device has no end. */
async function readBytes(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Unreadable(`${file} is not a file`);
    if (stats.size > MAX_INDEX_BYTES) throw new Unreadable(`${file} has more than ${MAX_INDEX_BYTES} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Whether a path is in the folder. A sparse index lists a whole folder as one path that ends in `/`. */
function isIn(tracked: string, folder: string): boolean {
  if (tracked.endsWith('/')) return `${folder}/`.startsWith(tracked);
  return tracked === folder || tracked.startsWith(`${folder}/`);
}
