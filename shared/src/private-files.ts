import { constants, type Stats } from 'node:fs';
import { chmod, lchown, lstat, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from './failure.ts';

/** Who is to own what is written; undefined leaves it to the process. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** `O_NOFOLLOW` is 0 where the system has no such flag (Windows). */
const CREATE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * A folder for the owner's eyes alone (0700), below `base`. Every step from `base` down must be a real folder: a link
 * could lead the credentials anywhere.
 * @throws Failure `CannotPublish`
 */
export async function privateFolder(base: string, folder: string, owner: Owner | undefined): Promise<void> {
  const steps = path.relative(base, folder).split(path.sep);
  if (steps[0] === '..' || path.isAbsolute(steps.join(path.sep))) {
    throw cannot(`${folder} lies outside ${base}`, 'Choose a folder below it.');
  }
  let at = base;
  for (const step of steps.filter((one) => one !== '')) {
    at = path.join(at, step);
    const made = await make(at);
    const found = await statOf(at);
    if (found?.isSymbolicLink())
      throw cannot(`${at} is a symbolic link`, 'Remove the link, or choose another output folder.');
    if (!found?.isDirectory())
      throw cannot(`${at} exists and is not a folder`, 'Remove it, or choose another output folder.');
    if (made) await own(at, owner);
  }
  await attempt(`${folder} cannot be made private`, () => chmod(folder, 0o700));
}

/**
 * A file for the owner's eyes alone (0600): written whole under another name, then renamed into place, so that no one
 * ever sees half of it and no link is followed.
 * @param mayReplace is asked with the text of a file already there
 * @throws Failure `CannotPublish`; no file of ours stays behind
 */
export async function privateFile(
  file: string,
  text: string,
  owner: Owner | undefined,
  mayReplace: (present: string) => boolean,
): Promise<void> {
  const found = await statOf(file);
  if (found?.isSymbolicLink())
    throw cannot(`${file} is a symbolic link`, 'Remove the link, or choose another output folder.');
  if (found && !found.isFile())
    throw cannot(`${file} exists and is not a file`, 'Remove it, or choose another output folder.');
  if (found && !mayReplace(await attempt(`${file} cannot be read`, () => readFile(file, 'utf8')))) {
    throw cannot(
      `${file} exists and was not written by AWS OIDC Assume`,
      'Remove or rename it, or choose another output folder.',
    );
  }
  const unfinished = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.unfinished`);
  await attempt(`${file} cannot be written`, async () => {
    const handle = await open(unfinished, CREATE_NEW, 0o600);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.chmod(0o600);
      await handle.sync();
    } catch (error) {
      await handle.close();
      await unlink(unfinished);
      throw error;
    }
    await handle.close();
    try {
      await own(unfinished, owner);
      await rename(unfinished, file);
    } catch (error) {
      await unlink(unfinished);
      throw error;
    }
  });
}

/** What lies there, itself and not what it points to; undefined where nothing does. */
export async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cannot(`${file} cannot be looked at: ${reason(error)}`, 'Check the permissions of the folders above it.');
  }
}

/** Only root may give files away; where the owner is ours already there is nothing to do. */
async function own(file: string, owner: Owner | undefined): Promise<void> {
  if (owner === undefined || process.getuid?.() !== 0 || owner.uid === 0) return;
  await lchown(file, owner.uid, owner.gid);
}

/** Whether the folder was made now. */
async function make(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannot(`${folder} cannot be made: ${reason(error)}`, changeFor(error));
  }
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw cannot(`${what}: ${reason(error)}`, changeFor(error));
  }
}

/** Node's own message without the path, which stands before it already. */
function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : (REASONS[code] ?? code);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied (EACCES)',
  EPERM: 'not permitted (EPERM)',
  EROFS: 'the file system is read-only (EROFS)',
  ENOSPC: 'no space left (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  ENOENT: 'a folder above it does not exist (ENOENT)',
};

function changeFor(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Make room on the disk of the build.';
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return 'Make the folder writable for the user this runs as, or choose another output folder.';
  return 'Check the output folder.';
}

function cannot(what: string, change: string): Failure {
  return new Failure('CannotPublish', `${what}.`, { changes: [change] });
}
