import path from 'node:path';
import { attempt, cannotPublish } from './cannot-publish.ts';
import type { FileAccess, Owner } from './descriptors.ts';
import { OpenFolder } from './open-folder.ts';

export interface FolderRequest extends FileAccess {
  /** Folder of the build, which the user named and which may be a link. */
  readonly base: string;
  /** Absolute path of the folder, at or below `base`. */
  readonly path: string;
  /** Whether written files get the folder's owner, or the clone's; otherwise they belong to this process. */
  readonly keepsOwner: boolean;
}

/** An open folder below the build, with the folders that were created for it. */
export interface PrivateFolder {
  readonly folder: OpenFolder;
  readonly owner: Owner | undefined;
  /** Removes the folders that were created for it, if they are empty. Never fails. */
  undo(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a private folder step by step from `base`, and creates missing folders (0700). No step may be a link, which
 * could redirect the credentials. The mode of an existing folder does not change.
 *
 * @throws Failure `CannotPublish`; created folders are then removed
 */
export async function openPrivateFolder(request: FolderRequest): Promise<PrivateFolder> {
  const steps = stepsBelow(request.base, request.path);
  const base = await attempt(`The folder ${request.base} cannot be opened`, () =>
    OpenFolder.open(request.base, request),
  );
  const opened = [base];
  const created: { readonly parent: OpenFolder; readonly name: string }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((folder) => folder.close()));
  };
  const undo = async (): Promise<void> => {
    // A remaining empty folder is harmless. Its error must not hide the one that caused the undoing.
    for (const { parent, name } of created.toReversed()) await parent.removeChild(name).catch(() => undefined);
  };
  const owner = request.keepsOwner ? base.owner : undefined;
  try {
    let folder = base;
    for (const name of steps) {
      const isNew = await folder.makeChild(name);
      if (isNew) created.push({ parent: folder, name });
      const child = await folder.child(name);
      opened.push(child);
      if (isNew) await prepare(child, owner);
      folder = child;
    }
    const isOld = created.length === 0;
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

/** Another process may have replaced the new folder by its own, whose owner must not change. */
async function prepare(folder: OpenFolder, owner: Owner | undefined): Promise<void> {
  const isOurs = process.geteuid === undefined || folder.owner.uid === process.geteuid();
  if (!isOurs || (await folder.names()).length > 0) {
    throw cannotPublish(`${folder.path} was replaced while it was made`, 'Run the step again.');
  }
  await folder.makePrivate();
  await folder.giveTo(owner);
}
