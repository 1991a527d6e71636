import type { Environment } from '@aws-oidc-assume/shared';
import { azurePipelines } from './azure-pipelines/definition.ts';
import { bitbucketPipelines } from './bitbucket-pipelines/definition.ts';
import type { CiSystemDefinition } from './ci-job.ts';
import { gitHubActions } from './github-actions/definition.ts';

/** CI systems that this project knows, in the order in which they are detected. */
export const CI_SYSTEMS: readonly CiSystemDefinition[] = [bitbucketPipelines, azurePipelines, gitHubActions];

/** Returns the CI system whose job this environment belongs to. */
export function detectCiSystem(env: Environment): CiSystemDefinition | undefined {
  return CI_SYSTEMS.find((system) => system.detect(env));
}

/** Returns the CI system with the given short name, as in session names. */
export function ciSystemById(id: string): CiSystemDefinition | undefined {
  return CI_SYSTEMS.find((system) => system.id === id);
}
