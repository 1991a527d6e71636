import path from 'node:path';
import {
  CONFIG_NAME,
  Failure,
  type FileKinds,
  type Options,
  type OutputFile,
  OutputFolder,
  type PlainKind,
  type PublishReport,
  profileKinds,
  Seal,
  type Secret,
} from '@aws-oidc-assume/shared';
import { folderName } from './folder-name.ts';

/** Suffix of the file with the state for `credential-process.cjs`. */
export const STATE_SUFFIX = '.state.json';

/** Files of the task's folder that renew credentials in later steps. The first is the program, and it loads the others. */
export const LEFT_PROGRAMS = ['credential-process.cjs', 'core.cjs', 'diagnosis.cjs'] as const;

const anyFile = (matches: (name: string) => boolean, holdsSecrets: boolean): PlainKind => ({
  matches,
  holdsSecrets,
  // Each run writes new ones, and only a sealed profile refers to them.
  accepts: () => true,
  isOfThisRun: () => true,
});

const isRenewal = (name: string) => /^\w+(?:\.state\.json|\.cmd)$/.test(name);

const KINDS: FileKinds = {
  sealed: profileKinds(['region', 'credential_process']),
  plain: [anyFile((name) => LEFT_PROGRAMS.some((program) => program === name), false), anyFile(isRenewal, true)],
};

/**
 * The folder below `Agent.TempDirectory` in which later steps find AWS `config` and `credentials` files. All steps of a
 * job with the same `variablePrefix` share it, so their profiles exist together. The agent empties the temporary
 * directory at the end of the job; the post-job handler removes the folder earlier.
 */
export class ProfileFolder {
  readonly path: string;
  readonly #folder: OutputFolder;

  /**
   * @param secret that every step of this job has, and no other job: the access token from the agent
   * @param timeLeft milliseconds until the deadline
   */
  constructor(
    { temp, prefix }: { readonly temp: string; readonly prefix: Options['variablePrefix'] },
    secret: Secret,
    timeLeft: () => number,
  ) {
    const base = path.resolve(temp);
    this.path = path.join(base, folderName(prefix));
    this.#folder = new OutputFolder({ base, path: this.path, keepsOwner: false, timeLeft }, KINDS, new Seal(secret));
  }

  /**
   * Publishes all these files or none. Removes state files that no profile names any more, because they contain the
   * job's access token.
   *
   * @throws Failure `CannotPublish`; the folder is then as before
   */
  async publish(files: readonly OutputFile[]): Promise<PublishReport> {
    refuseExpandedPath(this.path);
    return this.#folder.publish({
      files,
      isObsolete: (name, texts) => {
        const [id = ''] = name.split('.');
        return isRenewal(name) && !String(texts.get(CONFIG_NAME)).includes(`${id}.`);
      },
    });
  }

  /**
   * Removes the credentials of earlier steps, and the means to get new ones.
   *
   * @returns whether there were any
   * @throws Failure `CannotPublish` after it removed as much as possible
   */
  clearCredentials(): Promise<boolean> {
    return this.#folder.clearSecrets();
  }
}

/**
 * Checks the path, because botocore expands variables in `AWS_CONFIG_FILE` from any source (Python's
 * os.path.expandvars).
 */
function refuseExpandedPath(folder: string): void {
  const [variable] = /\$(?:\w+|\{[^}]*\})|%[^%]+%/.exec(folder) ?? [];
  if (variable === undefined) return;
  throw new Failure('CannotPublish', `The AWS CLI would take ${variable} in ${folder} for a variable.`, {
    changes: ['Give the agent a work folder without such signs, or use expose: environment.'],
  });
}

/** @throws Failure `CannotPublish` if the agent names no such folder */
export function tempDirectoryOf(variable: (name: string) => string | undefined): string {
  const folder = variable('Agent.TempDirectory');
  if (folder === undefined) {
    throw new Failure('CannotPublish', 'The agent names no temporary directory (Agent.TempDirectory).', {
      changes: ['Run the task on an agent of Azure Pipelines.'],
    });
  }
  return folder;
}
