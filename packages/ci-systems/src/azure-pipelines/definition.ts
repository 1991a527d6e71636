import type { CiSystemDefinition } from '../ci-job.ts';
import { SCRIPT_WORDS } from './advice.ts';
import { signedRun } from './run.ts';
import { runIdentityFromClaims } from './run-identity-from-claims.ts';
import { ACCESS_TOKEN_VARIABLE, CONNECTION_OPTION, NAME, scriptJob } from './script-job.ts';

export const azurePipelines: CiSystemDefinition = {
  id: 'azure',
  name: NAME,
  labels: { owner: 'organization', repository: 'project', step: 'job' },
  tokenOptions: [{ name: CONNECTION_OPTION, value: 'GUID', about: 'service connection to request the token for' }],
  tokenVariables: [SCRIPT_WORDS.uriVariable, ACCESS_TOKEN_VARIABLE],
  detect: (env) => Boolean(env[SCRIPT_WORDS.uriVariable] || env['TF_BUILD']),
  job: scriptJob,
  runIdentityFromClaims,
  signedRun,
  runUrl: ({ owner, repository, build }) =>
    `https://dev.azure.com/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/_build/results?buildId=${build}`,
};
