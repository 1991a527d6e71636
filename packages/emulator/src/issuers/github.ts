import type { GitHub } from '../config/configuration.ts';
import type { JsonObject } from '../json.ts';
import type { Issuance } from './issuer.ts';

export const GITHUB_CLAIMS = ['sub', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'ref', 'repository', 'environment'];

/** Claims of a job's token. The caller chooses the audience. */
export function jobClaims(github: GitHub, { issuer, now, jti }: Issuance, audience: string): JsonObject {
  const { repository, ref, environment } = github;
  const context = environment === undefined ? `ref:${ref}` : `environment:${environment}`;
  return {
    jti,
    sub: `repo:${repository}:${context}`,
    aud: audience,
    ref,
    sha: github.commit,
    repository,
    repository_owner: ownerOf(github),
    repository_owner_id: github.ownerId,
    repository_id: github.repositoryId,
    actor: github.actor,
    workflow: github.workflow,
    event_name: 'push',
    ref_type: 'branch',
    runner_environment: 'github-hosted',
    job_workflow_ref: `${repository}/.github/workflows/${github.workflow}.yml@${ref}`,
    ...(environment === undefined ? {} : { environment }),
    iss: issuer,
    nbf: now - 600,
    exp: now + github.tokenLifetimeSeconds,
    iat: now,
  };
}

/** GitHub's default audience, the URL of the repository's owner. */
export function defaultAudience(github: GitHub): string {
  return `https://github.com/${ownerOf(github)}`;
}

function ownerOf({ repository }: GitHub): string {
  return repository.slice(0, repository.indexOf('/'));
}
