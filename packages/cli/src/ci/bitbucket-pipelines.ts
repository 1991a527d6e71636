import { Failure, IdentityToken } from '@aws-oidc-assume/shared';
import type { Environment } from '../context.ts';
import type { Job } from './job.ts';

export function inBitbucketPipelines(env: Environment): boolean {
  return Boolean(env['BITBUCKET_STEP_OIDC_TOKEN'] || env['BITBUCKET_BUILD_NUMBER']);
}

/** A step of Bitbucket Pipelines. Its one token lies in the environment. */
export function bitbucketPipelines(env: Environment): Job {
  const branch = env['BITBUCKET_BRANCH'];
  return {
    name: 'Bitbucket Pipelines',
    origin: 'BITBUCKET_STEP_OIDC_TOKEN',
    renewsToken: false,
    run: {
      system: 'bitbucket',
      owner: env['BITBUCKET_WORKSPACE'] ?? '',
      repository: env['BITBUCKET_REPO_SLUG'] ?? '',
      build: env['BITBUCKET_BUILD_NUMBER'] ?? '',
      step: env['BITBUCKET_STEP_UUID'] ?? '',
      ...(branch === undefined ? {} : { branch }),
    },
    identityToken: async () => {
      const token = env['BITBUCKET_STEP_OIDC_TOKEN'] ?? '';
      if (token.trim() !== '') return IdentityToken.parse(token);
      throw new Failure('TokenUnavailable', 'BITBUCKET_STEP_OIDC_TOKEN is not set: this step has no identity token.', {
        changes: ['Switch it on for this step:\n  - step:\n      oidc: true'],
      });
    },
  };
}
