import path from 'node:path';
import { attempt, cannotPublish } from './cannot-publish.ts';
import type { FileAccess, Owner } from './descriptors.ts';
import { OpenFolder } from './open-folder.ts';

export interface FolderRequest extends FileAccess {
  /** Folder of the build, which the user named and which may be a link. */
  readonly base: string;
  /** Absolute path of the folder, at or below `base`. */
  readonly path: string;
  /** Whether what is written belongs to the folder's owner, or to the clone's; otherwise it belongs to this process. */
  readonly keepsOwner: boolean;
}

/** A folder below the build, open, with what was made on the way to it. */
export interface PrivateFolder {
  readonly folder: OpenFolder;
  readonly owner: Owner | undefined;
  /** Removes the folders that were made for it, as far as they are empty. Never fails. */
  undo(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a folder for its owner's eyes alone, step by step from `base`, and makes what is missing (0700). No step may be
 * a link: it could lead the credentials anywhere. The mode of a folder that exists is not changed.
 * @throws Failure `CannotPublish`; folders that were made are gone then
 */
export async function openPrivateFolder(request: FolderRequest): Promise<PrivateFolder> {
  const steps = stepsBelow(request.base, request.path);
  const base = await attempt(`The folder ${request.base} cannot be opened`, () =>
    OpenFolder.open(request.base, request),
  );
  const opened = [base];
  const made: { readonly parent: OpenFolder; readonly name: string }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((folder) => folder.close()));
  };
  const undo = async (): Promise<void> => {
    // An empty folder that stays harms nobody; its error must not hide the one that made undoing necessary.
    for (const { parent, name } of made.toReversed()) await parent.removeChild(name).catch(() => undefined);
  };
  const owner = request.keepsOwner ? base.owner : undefined;
  try {
    let folder = base;
    for (const name of steps) {
      const isNew = await folder.makeChild(name);
      if (isNew) made.push({ parent: folder, name });
      const child = await folder.child(name);
      opened.push(child);
      if (isNew) await prepare(child, owner);
      folder = child;
    }
    const isOld = made.length === 0;
    return { folder, owner: isOld && owner !== undefined ? folder.owner : owner, undo, close };
  } catch (error) {
    await undo();
    await close();
    throw error;
  }
}

/** The names from `base` to the folder. */
function stepsBelow(base: string, folder: string): string[] {
  const relative = path.relative(base, folder);
  const steps = relative.split(path.sep).filter((step) => step !== '');
  if (steps[0] === '..' || path.isAbsolute(relative)) {
    throw cannotPublish(`${folder} lies outside ${base}`, 'Choose a folder below it.');
  }
  return steps;
}

/** Another process may have put a folder of its own in the place of the new one: that one is not given away. */
async function prepare(folder: OpenFolder, owner: Owner | undefined): Promise<void> {
  const isOurs = process.geteuid === undefined || folder.owner.uid === process.geteuid();
  if (!isOurs || (await folder.names()).length > 0) {
    throw cannotPublish(`${folder.path} was replaced while it was made`, 'Run the step again.');
  }
  await folder.makePrivate();
  await folder.giveTo(owner);
}
