import type { CiSystemDefinition } from '../ci-job.ts';
import { runOfStep, signedRun } from './run.ts';
import { runIdentityFromClaims } from './run-identity-from-claims.ts';
import { NAME, stepToken, TOKEN_VARIABLE } from './step-token.ts';

/** Form of a repository in session names that were made from claims. Bitbucket has no page for it. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const bitbucketPipelines: CiSystemDefinition = {
  id: 'bitbucket',
  name: NAME,
  labels: { owner: 'workspace', repository: 'repository', step: 'step' },
  tokenOptions: [],
  tokenVariables: [TOKEN_VARIABLE],
  detect: (env) => Boolean(env[TOKEN_VARIABLE] || env['BITBUCKET_BUILD_NUMBER']),
  job: ({ env }) => ({
    name: NAME,
    origin: TOKEN_VARIABLE,
    renewsToken: false,
    run: (token) => runOfStep(env, token),
    identityToken: async () => stepToken(env),
  }),
  runIdentityFromClaims,
  signedRun,
  runUrl: ({ owner, repository, build }) =>
    UUID.test(repository)
      ? undefined
      : `https://bitbucket.org/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/pipelines/results/${build}`,
};
