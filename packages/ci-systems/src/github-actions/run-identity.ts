import type { Environment, RunIdentity } from '@aws-oidc-assume/shared';
import { branchOfRef } from '../refs.ts';

/** Run identity from the variables that the runner sets. `GITHUB_REF_NAME` is not used: a tag can be called `main`. */
export function runIdentity(env: Environment): RunIdentity {
  const [owner = '', repository = ''] = (env['GITHUB_REPOSITORY'] ?? '').split('/');
  return {
    system: 'github',
    owner,
    repository,
    build: env['GITHUB_RUN_ID'] ?? '',
    step: '',
    ...branchOfRef(env['GITHUB_REF']),
  };
}
