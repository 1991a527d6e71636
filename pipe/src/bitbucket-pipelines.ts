import { NAME, runIdentity, stepToken, TOKEN_VARIABLE } from '@aws-oidc-assume/ci-systems/bitbucket-pipelines';
import {
  type CiSystem,
  type Environment,
  Failure,
  type IdentityToken,
  type Log,
  type Options,
  type Published,
  type RunIdentity,
  Secret,
  type Session,
} from '@aws-oidc-assume/shared';
import { environmentFile, sourceLine } from './environment-file.ts';
import { exposeEnvironment } from './expose-environment.ts';
import { exposeProfile } from './expose-profile.ts';
import { exposeWebIdentity } from './expose-web-identity.ts';
import type { ExposeMode, Exposure, ToExpose } from './exposure.ts';
import { OutputFolder } from './output-folder.ts';
import type { Settings } from './settings.ts';

const MODES: Readonly<Record<ExposeMode, (what: ToExpose) => Exposure>> = {
  environment: exposeEnvironment,
  profile: exposeProfile,
  'web-identity': exposeWebIdentity,
};

/** A step of Bitbucket Pipelines as the pipe sees it from inside its container. */
export class BitbucketPipelines implements CiSystem<ExposeMode> {
  readonly name = NAME;
  /** A step has one token and cannot request another. */
  readonly renewsToken = false;
  readonly run: RunIdentity;
  readonly log: Log;
  readonly #env: Environment;
  readonly #settings: Settings;
  readonly #workingFolder: string;

  /** @param workingFolder working folder of the step when it called the pipe, in which its next line starts */
  constructor(env: Environment, settings: Settings, log: Log, workingFolder: string) {
    this.#env = env;
    this.#settings = settings;
    this.#workingFolder = workingFolder;
    this.log = log;
    this.run = runIdentity(env);
  }

  async identityToken(): Promise<IdentityToken> {
    // A run that cannot publish credentials sends nothing.
    this.#cloneFolder();
    return this.#token();
  }

  async publish(sessions: readonly [Session, ...Session[]], options: Options<ExposeMode>): Promise<Published> {
    const cloneFolder = this.#cloneFolder();
    const folder = new OutputFolder(cloneFolder, this.#settings.outputFolder);
    const { variables, clears, files, lines } = MODES[options.expose]({
      sessions,
      token: this.#token(),
      options,
      folder: folder.path,
    });
    const { once } = this.#settings;
    const prefix = options.variablePrefix;
    const environment = environmentFile(folder.path, { prefix, clears, variables, once });
    await folder.write([...files, environment]);
    return {
      lines: [
        ...lines,
        `Written ${environment.file} (readable by its owner only, kept out of git${once ? '; gone once it is read' : ''}).`,
        `It sets ${variables.map(({ name }) => name).join(', ')}${prefix === '' ? `, and clears ${clears.join(', ')}` : ''}.`,
        `In the next line of this step: ${sourceLine(environment.file, this.#workingFolder)}`,
      ],
    };
  }

  #token(): IdentityToken {
    // Before it is parsed: the report of a malformed token must not show it either.
    const text = this.#env[TOKEN_VARIABLE]?.trim();
    if (text) this.log.mask(new Secret(text));
    return stepToken(this.#env);
  }

  #cloneFolder(): string {
    const folder = this.#env['BITBUCKET_CLONE_DIR'];
    if (!folder)
      throw new Failure('CannotPublish', 'BITBUCKET_CLONE_DIR is not set.', {
        changes: ['Run this in a step of Bitbucket Pipelines.'],
      });
    return folder;
  }
}
