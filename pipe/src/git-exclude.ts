import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { statOf } from '@aws-oidc-assume/shared';

/**
 * Lists the output folder in `.git/info/exclude`, so that `git add -A` and `git status` of later lines pass it over.
 * Where that cannot be, say because the file is a link, nothing is done: the folder's own `.gitignore` does the same.
 * @returns whether the folder is excluded now
 */
export async function excludeFromGit(cloneFolder: string, folder: string): Promise<boolean> {
  const entry = `/${escaped(path.relative(cloneFolder, folder).split(path.sep).join('/'))}/`;
  const git = await statOf(path.join(cloneFolder, '.git'));
  const info = git?.isDirectory() ? await statOf(path.join(cloneFolder, '.git', 'info')) : undefined;
  if (!info?.isDirectory()) return false;
  try {
    return await appendLine(path.join(cloneFolder, '.git', 'info', 'exclude'), entry);
  } catch {
    return false;
  }
}

/** Appends the whole line or, on a full disk, nothing. */
async function appendLine(file: string, line: string): Promise<boolean> {
  const found = await statOf(file);
  if (found && !found.isFile()) return false;
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle = await open(file, flags, 0o644);
  try {
    const present = await handle.readFile('utf8');
    if (present.split('\n').includes(line)) return true;
    try {
      await handle.writeFile(`${present === '' || present.endsWith('\n') ? '' : '\n'}${line}\n`);
    } catch (error) {
      await handle.truncate(found?.size ?? 0);
      throw error;
    }
    return true;
  } finally {
    await handle.close();
  }
}

/** Characters that have a meaning in git's patterns. */
function escaped(name: string): string {
  return name.replace(/[\\*?[\]!# ]/g, '\\$&');
}
