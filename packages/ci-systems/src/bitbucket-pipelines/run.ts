import type { Environment, IdentityToken, KnownRun, SignedRun } from '@aws-oidc-assume/shared';
import { claimText } from '../claims.ts';
import { refuseContradictions } from '../contradictions.ts';

// `trust-policy` contains these forms too, but a successful run does not load it.
const SUBJECT = /^\{(?<repository>[\da-f-]{36})\}(?::\{[\da-f-]{36}\})?:\{(?<step>[\da-f-]{36})\}$/i;
const ISSUER = /\/workspaces\/(?<workspace>[^/]+)\/pipelines-config\/identity\/oidc$/;

/**
 * Run of a step. Bitbucket signs UUIDs; readable names come from variables. The slug of the repository is used if
 * `BITBUCKET_REPO_UUID` agrees with the token. The number of the build has no claim.
 *
 * @throws Failure `IdentityContradicted`
 */
export function runOfStep(env: Environment, token: IdentityToken): KnownRun {
  const signed = signedRun(token);
  const { BITBUCKET_WORKSPACE: workspace = '', BITBUCKET_REPO_UUID: repository, BITBUCKET_BRANCH: branch } = env;
  const branchName = claimText(token, 'branchName');
  refuseContradictions([
    { variable: 'BITBUCKET_REPO_UUID', value: uuidOf(repository), claim: 'repositoryUuid', signed: signed.repository },
    { variable: 'BITBUCKET_BRANCH', value: branch, claim: 'branchName', signed: branchName },
  ]);
  return {
    identity: {
      system: 'bitbucket',
      owner: signed.owner ?? workspace,
      repository: env['BITBUCKET_REPO_SLUG'] || (signed.repository ?? ''),
      build: env['BITBUCKET_BUILD_NUMBER'] || (signed.build ?? '').slice(0, 8),
      step: SUBJECT.exec(token.subject ?? '')?.groups?.['step'] ?? env['BITBUCKET_STEP_UUID'] ?? '',
      ...(branch === undefined ? {} : { branch }),
    },
    // In a build of a tag the claim may contain the tag, whose name is chosen by people who may not push to that
    // branch.
    signed: branch && branchName !== '' ? { ...signed, branch: branchName } : signed,
  };
}

/** Facts of the run that a step's token states. */
export function signedRun(token: IdentityToken): SignedRun {
  const owner = ISSUER.exec(token.issuer ?? '')?.groups?.['workspace'];
  const repository = claimText(token, 'repositoryUuid') || SUBJECT.exec(token.subject ?? '')?.groups?.['repository'];
  const build = uuidOf(claimText(token, 'pipelineUuid'));
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(repository === undefined ? {} : { repository: uuidOf(repository) }),
    ...(build === '' ? {} : { build }),
  };
}

function uuidOf(text: string | undefined): string {
  return (text ?? '').replace(/[{}]/g, '').toLowerCase();
}
