import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  Failure,
  type Owner,
  type PrivateFile,
  privateFiles,
  privateFolder,
  removeFolders,
  statOf,
} from '@aws-oidc-assume/shared';
import { excludeFromGit } from './git-exclude.ts';

/** The folder below the clone in which later lines of the step find what the pipe leaves them. */
export class OutputFolder {
  readonly #cloneFolder: string;
  /** Absolute. */
  readonly path: string;

  constructor(cloneFolder: string, folder: string) {
    this.#cloneFolder = cloneFolder;
    this.path = path.resolve(cloneFolder, folder);
  }

  /**
   * Writes all these files or none, kept out of git.
   * @throws Failure `CannotPublish`; folder and files are as before then
   */
  async write(files: readonly PrivateFile[]): Promise<void> {
    const owner = await this.#owner();
    const made = await privateFolder(this.#cloneFolder, this.path, owner);
    try {
      // Before the secrets, so that there is no moment in which `git add` would take them.
      await excludeFromGit(this.#cloneFolder, this.path);
      await privateFiles([...(await gitIgnore(this.path)), ...files], owner);
    } catch (error) {
      await removeFolders(made);
      throw error;
    }
  }

  /**
   * The step's own image may run as another user than the pipe: what it is to read belongs to whom the folder belongs,
   * if it was made before, and else to the owner of the clone.
   */
  async #owner(): Promise<Owner | undefined> {
    const folder = await statOf(this.path);
    try {
      const { uid, gid } = folder?.isDirectory() ? folder : await stat(this.#cloneFolder);
      return { uid, gid };
    } catch {
      throw new Failure(
        'CannotPublish',
        `The clone folder ${this.#cloneFolder} (BITBUCKET_CLONE_DIR) cannot be read.`,
        {
          changes: ['Run the pipe in a step that has a clone.'],
        },
      );
    }
  }
}

/**
 * Keeps the folder out of git wherever the repository's own list of exclusions cannot be written. One that is there
 * already is left alone.
 */
async function gitIgnore(folder: string): Promise<PrivateFile[]> {
  const file = path.join(folder, '.gitignore');
  return (await statOf(file)) ? [] : [{ file, contents: () => '*\n' }];
}
