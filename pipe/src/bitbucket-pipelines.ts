import {
  type CiSystem,
  Failure,
  IdentityToken,
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
import type { Environment } from './variables.ts';

const MODES: Readonly<Record<ExposeMode, (what: ToExpose) => Exposure>> = {
  environment: exposeEnvironment,
  profile: exposeProfile,
  'web-identity': exposeWebIdentity,
};

/** A step of Bitbucket Pipelines, seen from inside the pipe's container. */
export class BitbucketPipelines implements CiSystem<ExposeMode> {
  readonly name = 'Bitbucket Pipelines';
  /** A step has one token, and no way to ask for another. */
  readonly renewsToken = false;
  readonly run: RunIdentity;
  readonly log: Log;
  readonly #env: Environment;
  readonly #settings: Settings;
  readonly #workingFolder: string;

  /** @param workingFolder where the step was when it called the pipe: there its next line begins */
  constructor(env: Environment, settings: Settings, log: Log, workingFolder: string) {
    this.#env = env;
    this.#settings = settings;
    this.#workingFolder = workingFolder;
    this.log = log;
    const branch = env['BITBUCKET_BRANCH'];
    this.run = {
      system: 'bitbucket',
      owner: env['BITBUCKET_WORKSPACE'] ?? '',
      repository: env['BITBUCKET_REPO_SLUG'] ?? '',
      build: env['BITBUCKET_BUILD_NUMBER'] ?? '',
      step: env['BITBUCKET_STEP_UUID'] ?? '',
      ...(branch === undefined ? {} : { branch }),
    };
  }

  async identityToken(): Promise<IdentityToken> {
    // A run that could not hand anything on sends nothing either.
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
    const token = this.#env['BITBUCKET_STEP_OIDC_TOKEN'] ?? '';
    // Handed on by hand, it is this text where the step has none.
    if (token.trim() === '' || /^\$\{?BITBUCKET_STEP_OIDC_TOKEN\}?$/.test(token.trim())) {
      throw new Failure('TokenUnavailable', 'BITBUCKET_STEP_OIDC_TOKEN is not set: this step has no identity token.', {
        changes: [
          [
            'Switch it on for the step that runs this pipe:',
            '  - step:',
            '      oidc: true',
            '      script:',
            '        - pipe: …',
          ].join('\n'),
        ],
      });
    }
    this.log.mask(new Secret(token.trim()));
    return IdentityToken.parse(token);
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
