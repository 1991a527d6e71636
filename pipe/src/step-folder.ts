import path from 'node:path';
import {
  type EnvironmentVariable,
  environmentFile,
  type FileKinds,
  type GitState,
  type IdentityToken,
  IGNORE_EVERYTHING,
  type OutputFile,
  OutputFolder,
  type PublishReport,
  profileKinds,
  refuseTrackedFolder,
  Seal,
  Secret,
  shellWord,
  sourceLine,
} from '@aws-oidc-assume/shared';
import { TOKEN_NAME } from './expose/web-identity.ts';

const IGNORE_NAME = '.gitignore';
const ENVIRONMENT_NAME = 'env';

/** Files of one call of the pipe. */
export interface StepFiles {
  /** Files next to the environment file. */
  readonly files: readonly OutputFile[];
  readonly prefix: string;
  readonly clears: readonly string[];
  readonly variables: readonly EnvironmentVariable[];
  /** Whether the environment file removes itself when it is read. */
  readonly once: boolean;
}

/** The folder below the clone in which later lines of the step find the pipe's files. */
export class StepFolder {
  /** Absolute path of the folder. */
  readonly path: string;
  readonly environmentFile: string;
  readonly #cloneFolder: string;
  readonly #token: IdentityToken;

  constructor(cloneFolder: string, folder: string, token: IdentityToken) {
    this.#cloneFolder = cloneFolder;
    this.#token = token;
    this.path = path.resolve(cloneFolder, folder);
    this.environmentFile = path.join(this.path, ENVIRONMENT_NAME);
  }

  /**
   * Writes all these files or none.
   *
   * @param timeLeft milliseconds until the deadline
   * @throws Failure `CannotPublish`; folder and files are then as before
   */
  async publish(step: StepFiles, timeLeft: () => number): Promise<PublishReport & { readonly git: GitState }> {
    const git = await refuseTrackedFolder(this.#cloneFolder, this.path);
    const environment = environmentFile({
      name: ENVIRONMENT_NAME,
      note: ` Read it with: ${sourceLine(this.environmentFile)}`,
      locations: this.#locations(),
    });
    const kinds: FileKinds = {
      sealed: [environment.kind, ...profileKinds(['region'])],
      plain: [
        // The step's image may run as another user, who must be able to read the files.
        { matches: (name) => name === IGNORE_NAME, accepts: () => true, isOfThisRun: () => true, holdsSecrets: false },
        {
          matches: (name) => name === TOKEN_NAME,
          accepts: (bytes) => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(bytes.toString('latin1')),
          isOfThisRun: (bytes) => bytes.toString('latin1') === this.#token.reveal(),
          holdsSecrets: true,
        },
      ],
    };
    const request = { base: this.#cloneFolder, path: this.path, keepsOwner: true, timeLeft };
    // Every call of a step has the same token; other steps do not have it.
    const folder = new OutputFolder(request, kinds, new Seal(new Secret(this.#token.reveal())));
    const report = await folder.publish({
      first: [{ name: IGNORE_NAME, contents: () => IGNORE_EVERYTHING }],
      files: [
        ...step.files,
        { name: ENVIRONMENT_NAME, contents: (existingText) => environment.text(existingText, step) },
      ],
    });
    return { ...report, git };
  }

  /** Shell words for the environment file, because the step may see the clone at another path than the pipe. */
  #locations(): string[] {
    const relative = path.relative(this.#cloneFolder, this.environmentFile);
    return [
      shellWord(this.environmentFile),
      `"\${BITBUCKET_CLONE_DIR:-.}"/${shellWord(relative)}`,
      `./${shellWord(relative)}`,
    ];
  }
}
