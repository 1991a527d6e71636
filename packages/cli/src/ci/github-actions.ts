import { Failure, type Runtime, Secret } from '@aws-oidc-assume/shared';
import type { Environment } from '../context.ts';
import type { Job } from './job.ts';
import { askForToken, bearerAddress } from './token-endpoint.ts';

/** What AWS's own action asks for, and what identity providers for GitHub are registered with. */
const AWS_AUDIENCE = 'sts.amazonaws.com';

export function inGitHubActions(env: Environment): boolean {
  return Boolean(env['ACTIONS_ID_TOKEN_REQUEST_URL'] || env['GITHUB_ACTIONS']);
}

/** A job of GitHub Actions with `id-token: write`. The audience is the job's choice. */
export function gitHubActions(env: Environment, audience = AWS_AUDIENCE, runtime: () => Runtime): Job {
  const [owner = '', repository = ''] = (env['GITHUB_REPOSITORY'] ?? '').split('/');
  // `GITHUB_REF_NAME` is that of a tag too, which whoever may push tags can call `main`.
  const [, branch] = /^refs\/heads\/(.+)$/s.exec(env['GITHUB_REF'] ?? '') ?? [];
  return {
    name: 'GitHub Actions',
    origin: `ACTIONS_ID_TOKEN_REQUEST_URL, audience ${audience}`,
    renewsToken: true,
    run: {
      system: 'github',
      owner,
      repository,
      build: env['GITHUB_RUN_ID'] ?? '',
      step: '',
      ...(branch === undefined ? {} : { branch }),
    },
    identityToken: async (limits) => {
      const address = env['ACTIONS_ID_TOKEN_REQUEST_URL'];
      const requestToken = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
      if (!address || !requestToken) {
        throw new Failure(
          'TokenUnavailable',
          'ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set: this job may not ask for an identity token.',
          {
            changes: [
              'Give the job the permission (a pull request from a fork never has it):\n  permissions:\n    id-token: write\n    contents: read',
            ],
          },
        );
      }
      const url = bearerAddress(address, 'ACTIONS_ID_TOKEN_REQUEST_URL');
      url.searchParams.set('audience', audience);
      return askForToken(
        {
          system: 'GitHub Actions',
          method: 'GET',
          url,
          headers: {},
          bearer: new Secret(requestToken),
          member: 'value',
          advice: () => [],
        },
        limits,
        runtime(),
      );
    },
  };
}
