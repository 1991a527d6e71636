import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { statOf } from '@aws-oidc-assume/shared';

/**
 * Lists the output folder in `.git/info/exclude`, so that `git add -A` and `git status` of later lines pass it over.
 * Where the clone has no such file or it is a link, nothing is done.
 * @returns whether the folder is excluded now
 */
export async function excludeFromGit(cloneFolder: string, folder: string): Promise<boolean> {
  const entry = `/${path.relative(cloneFolder, folder).split(path.sep).join('/')}/`;
  const git = await statOf(path.join(cloneFolder, '.git'));
  const info = await statOf(path.join(cloneFolder, '.git', 'info'));
  if (!git?.isDirectory() || !info?.isDirectory()) return false;
  const file = path.join(cloneFolder, '.git', 'info', 'exclude');
  const found = await statOf(file);
  if (found && !found.isFile()) return false;
  try {
    const present = found ? await readFile(file, 'utf8') : '';
    if (present.split('\n').includes(entry)) return true;
    await appendFile(file, `${present === '' || present.endsWith('\n') ? '' : '\n'}${entry}\n`);
    return true;
  } catch {
    return false;
  }
}
