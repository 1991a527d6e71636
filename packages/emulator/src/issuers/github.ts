import type { GitHub } from '../config/configuration.ts';
import type { JsonObject } from '../json.ts';

export const githubClaims = ['sub', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'ref', 'repository', 'environment'];

/** What GitHub says of a job; the audience is the caller's choice. */
export function jobClaims(github: GitHub, issuer: string, now: number, jti: string, audience: string): JsonObject {
  const { repository, ref, environment } = github;
  const context = environment === undefined ? `ref:${ref}` : `environment:${environment}`;
  return {
    jti,
    sub: `repo:${repository}:${context}`,
    aud: audience,
    ref,
    sha: github.commit,
    repository,
    repository_owner: owner(github),
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

/** GitHub's default audience is the URL of the repository's owner. */
export function defaultAudience(github: GitHub): string {
  return `https://github.com/${owner(github)}`;
}

function owner({ repository }: GitHub): string {
  return repository.slice(0, repository.indexOf('/'));
}
