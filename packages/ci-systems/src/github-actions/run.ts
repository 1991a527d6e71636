import type { Environment, IdentityToken, KnownRun, SignedRun } from '@aws-oidc-assume/shared';
import { claimText } from '../claims.ts';
import { refuseContradictions } from '../contradictions.ts';
import { branchOfRef } from '../refs.ts';

/**
 * Run of a workflow. `GITHUB_REF_NAME` is not used: a tag can be called `main`.
 * @throws Failure `IdentityContradicted`
 */
export function runOfWorkflow(env: Environment, token: IdentityToken): KnownRun {
  const { GITHUB_REPOSITORY: fullName = '', GITHUB_REF: ref, GITHUB_RUN_ID: build = '' } = env;
  const signed = signedRun(token);
  const [owner = '', repository = ''] = fullName.split('/');
  refuseContradictions([
    {
      variable: 'GITHUB_REPOSITORY',
      value: fullName.toLowerCase(),
      claim: 'repository',
      signed: signed.owner === undefined ? undefined : `${signed.owner}/${signed.repository}`.toLowerCase(),
    },
    { variable: 'GITHUB_REF', value: ref, claim: 'ref', signed: claimText(token, 'ref') },
    { variable: 'GITHUB_RUN_ID', value: build, claim: 'run_id', signed: signed.build },
  ]);
  return {
    identity: {
      system: 'github',
      owner: signed.owner ?? owner,
      repository: signed.repository ?? repository,
      build: signed.build || build,
      step: '',
      ...branchOfRef(ref),
    },
    signed,
  };
}

/** Facts of the run that the token states. */
export function signedRun(token: IdentityToken): SignedRun {
  const [owner, repository] = claimText(token, 'repository').split('/');
  const build = claimText(token, 'run_id');
  return {
    ...(owner === undefined || repository === undefined ? {} : { owner, repository }),
    ...branchOfRef(claimText(token, 'ref')),
    ...(build === '' ? {} : { build }),
  };
}
