import { constants } from 'node:fs';
import { lstat, open, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** File names that only this task uses. */
const OWN_NAME =
  /^(?:(?:core|credential-process|diagnosis)\.cjs|\w+\.state\.json|\w+\.cmd|\.(?:config|credentials|(?:core|credential-process|diagnosis)\.cjs|\w+\.state\.json|\w+\.cmd)\.[\da-f]+\.(?:unfinished|before))$/;
/** File names that others use too. Such a file belongs to the task if it begins with this line. */
const COMMON_NAME = /^(?:config|credentials)$/;
const TITLE = '; Written by AWS OIDC Assume.';

/**
 * Removes the files of this task, and the folder if nothing else is in it. Any step can change the variables with the
 * path, so each file must be recognised by its name or its first line. Links are not followed.
 *
 * @returns whether the folder is gone
 */
export async function removeLeftFiles(folder: string): Promise<boolean> {
  if (!(await lstat(folder)).isDirectory()) return false;
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    // On Windows another program, such as a virus scanner, may have a file open for a moment.
    if (await isOwn(file, name)) await rm(file, { force: true, maxRetries: 10 });
  }
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

async function isOwn(file: string, name: string): Promise<boolean> {
  if (!(await lstat(file)).isFile()) return false;
  return OWN_NAME.test(name) || (COMMON_NAME.test(name) && (await begins(file)));
}

/** Whether the file begins with the task's first line, or is empty because it was cleared. */
async function begins(file: string): Promise<boolean> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(TITLE.length), 0, TITLE.length, 0);
    return bytesRead === 0 || buffer.toString('latin1', 0, bytesRead) === TITLE;
  } finally {
    await handle.close();
  }
}
