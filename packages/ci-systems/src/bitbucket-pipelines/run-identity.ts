import type { Environment, RunIdentity } from '@aws-oidc-assume/shared';

/** Run identity from the variables that Bitbucket sets in every step. */
export function runIdentity(env: Environment): RunIdentity {
  const branch = env['BITBUCKET_BRANCH'];
  return {
    system: 'bitbucket',
    owner: env['BITBUCKET_WORKSPACE'] ?? '',
    repository: env['BITBUCKET_REPO_SLUG'] ?? '',
    build: env['BITBUCKET_BUILD_NUMBER'] ?? '',
    step: env['BITBUCKET_STEP_UUID'] ?? '',
    ...(branch === undefined ? {} : { branch }),
  };
}
