import type { Bitbucket } from '../config/configuration.ts';
import { bitbucketAudience } from '../config/default-accounts.ts';
import type { JsonObject } from '../json.ts';
import type { Issuance } from './issuer.ts';

export const BITBUCKET_CLAIMS = [
  'sub',
  'iss',
  'aud',
  'exp',
  'iat',
  'branchName',
  'deploymentEnvironmentUuid',
  'pipelineUuid',
  'repositoryUuid',
  'stepUuid',
  'workspaceUuid',
];

export interface Step {
  readonly uuid: string;
  /** UUID of the deployment environment, if the step has one. */
  readonly environmentUuid?: string | undefined;
}

/** Claims of a step's token. UUIDs have braces, except the workspace's in the audience. */
export function stepClaims(bitbucket: Bitbucket, { issuer, now }: Issuance, step: Step): JsonObject {
  const { environmentUuid } = step;
  const own = bitbucketAudience(bitbucket.workspaceUuid);
  return {
    iss: issuer,
    // If the step adds audiences, `aud` is a list and there is no `azp`: AWS refuses such a token.
    aud: bitbucket.audiences.length === 0 ? own : [own, ...bitbucket.audiences],
    sub: [bitbucket.repositoryUuid, environmentUuid, step.uuid]
      .filter((id) => id !== undefined)
      .map(braced)
      .join(':'),
    stepUuid: braced(step.uuid),
    repositoryUuid: braced(bitbucket.repositoryUuid),
    workspaceUuid: braced(bitbucket.workspaceUuid),
    pipelineUuid: braced(bitbucket.pipelineUuid),
    branchName: bitbucket.branch,
    ...(environmentUuid === undefined ? {} : { deploymentEnvironmentUuid: braced(environmentUuid) }),
    iat: now,
    exp: now + bitbucket.tokenLifetimeSeconds,
  };
}

function braced(uuid: string): string {
  return `{${uuid}}`;
}
