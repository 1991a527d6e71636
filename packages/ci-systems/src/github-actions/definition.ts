import type { CiSystemDefinition } from '../ci-job.ts';
import { runOfWorkflow, signedRun } from './run.ts';
import { runIdentityFromClaims } from './run-identity-from-claims.ts';
import { requestToken, TOKEN_VARIABLE, URL_VARIABLE } from './token-request.ts';

const NAME = 'GitHub Actions';

/** Audience that AWS's own action requests and that identity providers for GitHub list. */
const DEFAULT_AUDIENCE = 'sts.amazonaws.com';

export const gitHubActions: CiSystemDefinition = {
  id: 'github',
  name: NAME,
  labels: { owner: 'owner', repository: 'repository', step: 'step' },
  tokenOptions: [
    { name: 'audience', value: 'AUDIENCE', about: `audience of the token to request (${DEFAULT_AUDIENCE})` },
  ],
  tokenVariables: [URL_VARIABLE, TOKEN_VARIABLE],
  detect: (env) => Boolean(env[URL_VARIABLE] || env['GITHUB_ACTIONS']),
  job: ({ env, options, runtime }) => {
    const audience = options['audience'] ?? DEFAULT_AUDIENCE;
    return {
      name: NAME,
      origin: `${URL_VARIABLE}, audience ${audience}`,
      renewsToken: true,
      run: (token) => runOfWorkflow(env, token),
      identityToken: (limits) => requestToken(env, audience, limits, runtime()),
    };
  },
  runIdentityFromClaims,
  signedRun,
  runUrl: ({ owner, repository, build }) =>
    `https://github.com/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/actions/runs/${build}`,
};
