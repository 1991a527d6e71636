import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type CiSystem,
  Failure,
  IdentityToken,
  type Log,
  type Options,
  type Owner,
  type Published,
  privateFolder,
  type RunIdentity,
  Secret,
  type Session,
} from '@aws-oidc-assume/shared';
import { sourceLine, writeEnvironmentFile } from './environment-file.ts';
import { excludeFromGit } from './git-exclude.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const EXPOSE_MODES = ['environment'] as const;

/** A step of Bitbucket Pipelines, seen from inside the pipe's container. */
export class BitbucketPipelines implements CiSystem {
  readonly name = 'Bitbucket Pipelines';
  /** A step has one token, and no way to ask for another. */
  readonly renewsToken = false;
  readonly run: RunIdentity;
  readonly log: Log;
  readonly #env: Environment;

  constructor(env: Environment, log: Log) {
    this.#env = env;
    this.log = log;
    const branch = env['BITBUCKET_BRANCH'] ?? env['BITBUCKET_TAG'];
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
    const token = this.#env['BITBUCKET_STEP_OIDC_TOKEN'] ?? '';
    if (token.trim() === '') {
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

  async publish(sessions: readonly Session[], options: Options): Promise<Published> {
    const cloneFolder = this.#cloneFolder();
    const folder = path.resolve(cloneFolder, this.#env['OUTPUT_DIR']?.trim() || '.aws-oidc');
    const owner = await ownerOf(cloneFolder);
    await privateFolder(cloneFolder, folder, owner);
    const excluded = await excludeFromGit(cloneFolder, folder);
    const [session] = sessions;
    if (session === undefined) throw new Failure('Internal', 'no role was assumed');
    const file = await writeEnvironmentFile(folder, session, options, owner);
    return {
      lines: [
        `Written ${file} (readable by its owner only${excluded ? ', excluded from git' : ''}).`,
        `In the next line of this step: ${sourceLine(file, cloneFolder)}`,
      ],
    };
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

/** The step's own image may run as another user than the pipe: what it is to read belongs to the owner of the clone. */
async function ownerOf(folder: string): Promise<Owner | undefined> {
  try {
    const { uid, gid } = await stat(folder);
    return { uid, gid };
  } catch {
    throw new Failure('CannotPublish', `The clone folder ${folder} (BITBUCKET_CLONE_DIR) cannot be read.`, {
      changes: ['Run the pipe in a step that has a clone.'],
    });
  }
}
