import { NAME, runOfStep, stepToken, TOKEN_VARIABLE } from '@aws-oidc-assume/ci-systems/bitbucket-pipelines';
import {
  type CiSystem,
  type Environment,
  Failure,
  type GitState,
  type IdentityToken,
  type KnownRun,
  type Log,
  type Options,
  type Published,
  Secret,
  type Session,
  sourceLine,
} from '@aws-oidc-assume/shared';
import { type ExposeModeName, modeNamed } from './expose/modes.ts';
import type { Settings } from './settings.ts';
import { StepFolder } from './step-folder.ts';

/** A step of Bitbucket Pipelines as the pipe sees it from inside its container. */
export class BitbucketPipelines implements CiSystem<ExposeModeName> {
  readonly name = NAME;
  /** A step has one token and cannot request another. */
  readonly renewsToken = false;
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
  }

  async identityToken(): Promise<IdentityToken> {
    // A run that cannot publish credentials sends nothing.
    this.#cloneFolder();
    return this.#token();
  }

  run(token: IdentityToken): KnownRun {
    return runOfStep(this.#env, token);
  }

  async publish(
    sessions: readonly [Session, ...Session[]],
    options: Options<ExposeModeName>,
    timeLeft: () => number,
  ): Promise<Published> {
    const token = this.#token();
    const folder = new StepFolder(this.#cloneFolder(), this.#settings.outputFolder, token);
    const mode = modeNamed(options.expose);
    const context = { sessions, token, options, folder: folder.path };
    const { once } = this.#settings;
    const prefix = options.variablePrefix;
    const variables = mode.variables(context);
    const clears = mode.conflicts(context);
    const report = await folder.publish({ files: mode.files(context), prefix, clears, variables, once }, timeLeft);
    for (const warning of report.warnings) this.log.warning(warning);
    const claims = [
      ...(report.isPrivate ? ['readable by its owner only'] : []),
      ...this.#gitClaim(report.git),
      ...(once ? ['gone once it is read'] : []),
    ];
    return {
      lines: [
        ...mode.lines(context),
        `In the next line of this step: ${sourceLine(folder.environmentFile, this.#workingFolder)}`,
      ],
      details: [
        ...(report.stale.length === 0 ? [] : [`Replaced or removed files of another run: ${report.stale.join(', ')}.`]),
        `Written ${folder.environmentFile}${claims.length === 0 ? '' : ` (${claims.join(', ')})`}.`,
        `It sets ${variables.map(({ name }) => name).join(', ')}${prefix === '' ? `, and clears ${clears.join(', ')}` : ''}.`,
      ],
    };
  }

  /** Reports the git state only if it was checked. */
  #gitClaim(git: GitState): string[] {
    if (git.kind === 'untracked') return ['kept out of git'];
    if (git.kind === 'unknown') {
      this.log.warning(
        `Whether git tracks files in the output folder could not be checked: ${git.reason}. If it does, "git add -A" stages the credentials.`,
      );
    }
    return [];
  }

  #token(): IdentityToken {
    // Masked before parsing, because the report of a malformed token must not show it either.
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
