import { randomUUID } from 'node:crypto';

export type Environment = Readonly<Record<string, string>>;

export interface StepSettings {
  /** Undefined if the step has no `oidc: true`. */
  readonly oidcToken?: string;
  readonly workspace?: string;
  readonly repoSlug?: string;
  /** UUIDs have braces. */
  readonly repoUuid?: string;
  readonly branch?: string;
  /** Tag instead of a branch. */
  readonly tag?: string;
  readonly pullRequest?: { readonly id: number; readonly destinationBranch: string };
  readonly buildNumber?: number;
  readonly stepUuid?: string;
  /** The step's `deployment:`. */
  readonly deploymentEnvironment?: { readonly name: string; readonly uuid: string };
}

export interface StepFolders {
  readonly clone: string;
  /** A file in the step's container that no pipe sees. */
  readonly pipelineVariables: string;
}

export const SSH_FOLDER = '/opt/atlassian/pipelines/agent/ssh';

/**
 * Variables that a pipe gets automatically. Those of the repository, the workspace or a deployment are not among them.
 * Source: the `--env` list of mathieu-lemay/pipeline-runner (models.py), and real logs.
 */
const FOR_PIPES = new Set([
  'BITBUCKET_BRANCH',
  'BITBUCKET_BUILD_NUMBER',
  'BITBUCKET_CLONE_DIR',
  'BITBUCKET_COMMIT',
  'BITBUCKET_DEPLOYMENT_ENVIRONMENT',
  'BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID',
  'BITBUCKET_DOCKER_HOST_INTERNAL',
  'BITBUCKET_GIT_HTTP_ORIGIN',
  'BITBUCKET_GIT_SSH_ORIGIN',
  'BITBUCKET_PIPELINES_VARIABLES_PATH',
  'BITBUCKET_PIPELINE_UUID',
  'BITBUCKET_PR_DESTINATION_BRANCH',
  'BITBUCKET_PR_ID',
  'BITBUCKET_PROJECT_KEY',
  'BITBUCKET_PROJECT_UUID',
  'BITBUCKET_REPO_FULL_NAME',
  'BITBUCKET_REPO_IS_PRIVATE',
  'BITBUCKET_REPO_OWNER',
  'BITBUCKET_REPO_OWNER_UUID',
  'BITBUCKET_REPO_SLUG',
  'BITBUCKET_REPO_UUID',
  'BITBUCKET_SSH_KEY_FILE',
  'BITBUCKET_STEP_OIDC_TOKEN',
  'BITBUCKET_STEP_RUN_NUMBER',
  'BITBUCKET_STEP_TRIGGERER_UUID',
  'BITBUCKET_STEP_UUID',
  'BITBUCKET_TAG',
  'BITBUCKET_WORKSPACE',
  'CI',
  'PIPELINES_JWT_TOKEN',
]);

/** Variables that Bitbucket sets for every step. */
export function stepVariables(settings: StepSettings, folders: StepFolders): Environment {
  const { workspace = 'acme', repoSlug = 'shop-api', tag, pullRequest, deploymentEnvironment, oidcToken } = settings;
  const signed = claimsOf(oidcToken);
  return {
    CI: 'true',
    ...(tag === undefined ? { BITBUCKET_BRANCH: settings.branch ?? 'main' } : { BITBUCKET_TAG: tag }),
    BITBUCKET_BUILD_NUMBER: String(settings.buildNumber ?? 42),
    BITBUCKET_CLONE_DIR: folders.clone,
    BITBUCKET_COMMIT: '0123456789abcdef0123456789abcdef01234567',
    BITBUCKET_DOCKER_HOST_INTERNAL: '172.17.0.1',
    BITBUCKET_GIT_HTTP_ORIGIN: `http://bitbucket.org/${workspace}/${repoSlug}`,
    BITBUCKET_GIT_SSH_ORIGIN: `git@bitbucket.org:${workspace}/${repoSlug}.git`,
    BITBUCKET_PIPELINES_VARIABLES_PATH: folders.pipelineVariables,
    BITBUCKET_PIPELINE_UUID: signed['pipelineUuid'] ?? uuid(),
    BITBUCKET_PROJECT_KEY: 'SHOP',
    BITBUCKET_PROJECT_UUID: uuid(),
    BITBUCKET_REPO_FULL_NAME: `${workspace}/${repoSlug}`,
    BITBUCKET_REPO_IS_PRIVATE: 'true',
    BITBUCKET_REPO_OWNER: workspace,
    BITBUCKET_REPO_OWNER_UUID: uuid(),
    BITBUCKET_REPO_SLUG: repoSlug,
    BITBUCKET_REPO_UUID: settings.repoUuid ?? signed['repositoryUuid'] ?? uuid(),
    BITBUCKET_SSH_KEY_FILE: `${SSH_FOLDER}/id_rsa_tmp`,
    BITBUCKET_STEP_RUN_NUMBER: '1',
    BITBUCKET_STEP_TRIGGERER_UUID: uuid(),
    BITBUCKET_STEP_UUID: settings.stepUuid ?? signed['stepUuid'] ?? uuid(),
    BITBUCKET_WORKSPACE: workspace,
    PIPELINES_JWT_TOKEN: `pipelines-${randomUUID()}`,
    ...(pullRequest && {
      BITBUCKET_PR_ID: String(pullRequest.id),
      BITBUCKET_PR_DESTINATION_BRANCH: pullRequest.destinationBranch,
    }),
    ...(deploymentEnvironment && {
      BITBUCKET_DEPLOYMENT_ENVIRONMENT: deploymentEnvironment.name,
      BITBUCKET_DEPLOYMENT_ENVIRONMENT_UUID: deploymentEnvironment.uuid,
    }),
    ...(oidcToken === undefined ? {} : { BITBUCKET_STEP_OIDC_TOKEN: oidcToken }),
  };
}

/**
 * Environment of a pipe.
 *
 * @param stepVariables all variables of the step
 * @param listed `variables:` of the pipe, after expansion
 */
export function pipeVariables(stepVariables: Environment, listed: Environment): Environment {
  const storage = `${stepVariables['BITBUCKET_CLONE_DIR']}/.bitbucket/pipelines/generated/pipeline/pipes`;
  return {
    ...Object.fromEntries(Object.entries(stepVariables).filter(([name]) => FOR_PIPES.has(name))),
    BITBUCKET_PIPE_SHARED_STORAGE_DIR: storage,
    BITBUCKET_PIPE_STORAGE_DIR: `${storage}/aws-oidc-assume/aws-oidc-assume`,
    DOCKER_HOST: 'tcp://host.docker.internal:2375',
    // Not of Bitbucket: tests compare lines without colours, unless they list an empty value.
    NO_COLOR: '1',
    ...listed,
  };
}

/** Text claims, which Bitbucket repeats in the variables of the step. */
function claimsOf(token: string | undefined): Readonly<Record<string, string>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const texts = Object.entries(claims ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(texts);
  } catch {
    return {};
  }
}

function uuid(): string {
  return `{${randomUUID()}}`;
}
