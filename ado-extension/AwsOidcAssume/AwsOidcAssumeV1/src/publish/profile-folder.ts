import { readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import {
  Failure,
  type Options,
  type PrivateFile,
  privateFiles,
  privateFolder,
  removeFolders,
  statOf,
} from '@aws-oidc-assume/shared';

/** Ends the name of a file that holds what `credential-process.js` needs. */
export const STATE_FILE = '.state.json';

/**
 * The folder below `Agent.TempDirectory` in which later steps find AWS `config` and `credentials` files. All steps of a job
 * with the same `variablePrefix` share it, so that their profiles stand side by side. The agent empties the temporary
 * directory at the end of the job; the post-job handler does not wait for that.
 */
export class ProfileFolder {
  readonly path: string;
  readonly config: string;
  readonly credentials: string;
  readonly #base: string;

  constructor(tempDirectory: string, prefix: Options['variablePrefix']) {
    this.#base = path.resolve(tempDirectory);
    this.path = path.join(this.#base, folderName(prefix));
    this.config = path.join(this.path, 'config');
    this.credentials = path.join(this.path, 'credentials');
  }

  /**
   * Writes all these files or none.
   * @throws Failure `CannotPublish`; the folder is as before then
   */
  async write(files: readonly PrivateFile[]): Promise<void> {
    refuseWhatIsExpanded(this.path);
    const made = await privateFolder(this.#base, this.path, undefined);
    try {
      await privateFiles(files, undefined);
    } catch (error) {
      await removeFolders(made);
      throw error;
    }
  }

  /**
   * Takes the credentials out of the files that earlier steps left, and what would get new ones. Profiles stay by name:
   * `AWS_PROFILE` may name one, and a missing profile reads like a mistake in the pipeline.
   * @returns whether there were any
   * @throws Failure `CannotPublish`
   */
  async withdraw(): Promise<boolean> {
    if (!(await statOf(this.path))?.isDirectory()) return false;
    const files = [this.config, this.credentials].map((file) => ({ file, contents: withoutCredentials }));
    await this.write(files);
    for (const name of await readdir(this.path)) {
      if (name.endsWith(STATE_FILE)) await unlink(path.join(this.path, name));
    }
    return true;
  }
}

const FOLDER = 'aws-oidc-assume';

function folderName(prefix: string): string {
  return prefix === '' ? FOLDER : `${FOLDER}-${prefix}`;
}

/** botocore expands variables in the path of `AWS_CONFIG_FILE`, wherever they come from (Python's os.path.expandvars). */
function refuseWhatIsExpanded(folder: string): void {
  const [variable] = /\$(?:\w+|\{[^}]*\})|%[^%]+%/.exec(folder) ?? [];
  if (variable === undefined) return;
  throw new Failure('CannotPublish', `The AWS CLI would take ${variable} in ${folder} for a variable.`, {
    changes: ['Give the agent a work folder without such signs, or use expose: environment.'],
  });
}

/** Whether it is a folder of ours: for who is about to remove it. */
export function isProfileFolder(folder: string, tempDirectory: string): boolean {
  const isOurs = /^aws-oidc-assume(?:-\w{1,64})?$/.test(path.basename(folder));
  return isOurs && path.dirname(path.resolve(folder)) === path.resolve(tempDirectory);
}

function withoutCredentials(present: Buffer | undefined): string {
  const lines = (present?.toString('utf8') ?? '').split('\n');
  return lines.filter((line) => !/^(?:aws_|credential_process)/.test(line)).join('\n');
}

/** @throws Failure `CannotPublish` where the agent names no such folder */
export function tempDirectoryOf(variable: (name: string) => string | undefined): string {
  const folder = variable('Agent.TempDirectory');
  if (folder === undefined) {
    throw new Failure('CannotPublish', 'The agent names no temporary directory (Agent.TempDirectory).', {
      changes: ['Run the task on an agent of Azure Pipelines.'],
    });
  }
  return folder;
}
