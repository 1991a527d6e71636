import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { chmod, lchown, link, lstat, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../core/failure.ts';

/** Who is to own what is written; undefined leaves it to the process. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** `O_NOFOLLOW` is 0 where the system has no such flag (Windows). */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const CREATE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;

/**
 * A folder for the owner's eyes alone (0700), below `base`. Every step from `base` down must be a real folder: a link
 * could lead the credentials anywhere.
 * @returns the folders that were not there before, outermost first
 * @throws Failure `CannotPublish`; folders made for it are gone then
 */
export async function privateFolder(base: string, folder: string, owner: Owner | undefined): Promise<string[]> {
  const steps = path.relative(base, folder).split(path.sep);
  if (steps[0] === '..' || path.isAbsolute(steps.join(path.sep))) {
    throw cannot(`${folder} lies outside ${base}`, 'Choose a folder below it.');
  }
  const made: string[] = [];
  try {
    let at = base;
    for (const step of steps.filter((one) => one !== '')) {
      at = path.join(at, step);
      const isNew = await make(at);
      if (isNew) made.push(at);
      const found = await statOf(at);
      if (found?.isSymbolicLink())
        throw cannot(`${at} is a symbolic link`, 'Remove the link, or choose another output folder.');
      if (!found?.isDirectory())
        throw cannot(`${at} exists and is not a folder`, 'Remove it, or choose another output folder.');
      if (isNew) await own(at, owner);
    }
    await attempt(`${folder} cannot be made private`, () => chmod(folder, 0o700));
  } catch (error) {
    await removeFolders(made);
    throw error;
  }
  return made;
}

/** Removes folders that `privateFolder` made, as long as they are empty. */
export async function removeFolders(made: readonly string[]): Promise<void> {
  for (const folder of made.toReversed()) {
    try {
      await rmdir(folder);
    } catch (error) {
      // Somebody else has put something in, or was faster.
      if (!['ENOTEMPTY', 'ENOENT'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    }
  }
}

/** A file to be written with others, all or none. */
export interface PrivateFile {
  readonly file: string;
  /**
   * What the file is to hold.
   * @param present what it holds now; undefined where there is none
   * @throws Failure where that may not be replaced
   */
  contents(present: Buffer | undefined): string | Buffer;
}

/**
 * Files for the owner's eyes alone (0600), all of them or none. Each is written whole under another name; only when all
 * are there they are renamed into place, so that no one ever sees half of one and no link is followed. When that breaks
 * off, what was in place before is put back as it was.
 * @throws Failure `CannotPublish`; nothing has changed then
 */
export async function privateFiles(files: readonly PrivateFile[], owner: Owner | undefined): Promise<void> {
  const replacements = files.map((file) => new Replacement(file, owner));
  try {
    for (const one of replacements) await one.write();
    for (const one of replacements) await one.keepPresent();
    for (const one of replacements) await one.putInPlace();
  } catch (error) {
    for (const one of replacements.toReversed()) await one.undo();
    throw error;
  }
  for (const one of replacements) await one.dropPresent();
}

/** The refusal of a file that is somebody else's. */
export function foreignFile(file: string): Failure {
  return cannot(
    `${file} exists and was not written by AWS OIDC Assume`,
    'Remove or rename it, or choose another output folder.',
  );
}

/** One file on its way into place, step by step, and back. */
class Replacement {
  readonly #wanted: PrivateFile;
  readonly #owner: Owner | undefined;
  readonly #unfinished: string;
  readonly #kept: string;
  #state: 'nothing' | 'written' | 'in place' = 'nothing';
  #isThere = false;
  #isKept = false;

  constructor(wanted: PrivateFile, owner: Owner | undefined) {
    this.#wanted = wanted;
    this.#owner = owner;
    // In a container every run has the same process id.
    const beside = path.join(
      path.dirname(wanted.file),
      `.${path.basename(wanted.file)}.${randomBytes(6).toString('hex')}`,
    );
    this.#unfinished = `${beside}.unfinished`;
    this.#kept = `${beside}.before`;
  }

  async write(): Promise<void> {
    const { file } = this.#wanted;
    const present = await presentIn(file);
    this.#isThere = present !== undefined;
    const contents = this.#wanted.contents(present);
    await this.#attempt(async () => {
      const handle = await open(this.#unfinished, CREATE_NEW, 0o600);
      this.#state = 'written';
      try {
        await handle.writeFile(contents);
        await handle.chmod(0o600);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await own(this.#unfinished, this.#owner);
    });
  }

  /** A second name for what is there keeps it with its owner and mode, and leaves no moment without the file. */
  async keepPresent(): Promise<void> {
    if (!this.#isThere) return;
    await this.#attempt(() => link(this.#wanted.file, this.#kept));
    this.#isKept = true;
  }

  async putInPlace(): Promise<void> {
    await this.#attempt(() => rename(this.#unfinished, this.#wanted.file));
    this.#state = 'in place';
  }

  async dropPresent(): Promise<void> {
    if (this.#isKept) await this.#attempt(() => unlink(this.#kept));
  }

  async undo(): Promise<void> {
    const { file } = this.#wanted;
    if (this.#state === 'written') await unlink(this.#unfinished);
    if (this.#state === 'in place' && !this.#isKept) await unlink(file);
    if (this.#state === 'in place' && this.#isKept) await rename(this.#kept, file);
    else if (this.#isKept) await unlink(this.#kept);
  }

  #attempt(action: () => Promise<void>): Promise<void> {
    return attempt(`${this.#wanted.file} cannot be written`, action);
  }
}

/** @throws Failure where something other than a file lies there */
async function presentIn(file: string): Promise<Buffer | undefined> {
  const found = await statOf(file);
  if (found?.isSymbolicLink())
    throw cannot(`${file} is a symbolic link`, 'Remove the link, or choose another output folder.');
  if (found && !found.isFile())
    throw cannot(`${file} exists and is not a file`, 'Remove it, or choose another output folder.');
  if (!found) return undefined;
  return attempt(`${file} cannot be read`, async () => {
    const handle = await open(file, constants.O_RDONLY | NO_FOLLOW);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
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
  try {
    await lchown(file, owner.uid, owner.gid);
  } catch (error) {
    throw cannot(
      `${file} cannot be given to user ${owner.uid}, who is to read it: ${reason(error)}`,
      // The second and third are for the folder once it is given away: to set its mode, and to write into it.
      `Run this as user ${owner.uid}, or with the capabilities CHOWN, FOWNER and DAC_OVERRIDE.`,
    );
  }
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
  if (code === 'EPERM') return 'Run this as the user who owns the folder, or choose another output folder.';
  if (code === 'EROFS' || code === 'EACCES')
    return 'Make the folder writable for the user this runs as, or choose another output folder.';
  return 'Check the output folder.';
}

function cannot(what: string, change: string): Failure {
  return new Failure('CannotPublish', `${what}.`, { changes: [change] });
}
