import type { IdentityToken, KnownRun, RunIdentity, SignedRun } from '@aws-oidc-assume/shared';
import { claimText } from '../claims.ts';
import { refuseContradictions } from '../contradictions.ts';
import { branchOfRef } from '../refs.ts';
import { organizationOf } from './organization.ts';
import type { ReadVariable } from './variables.ts';

// `trust-policy` contains this form too, but a successful run does not load it.
const SUBJECT = /^(?<kind>sc|p):\/\/(?<organization>[^/]+)\/(?<project>[^/]+)\/./;

/**
 * Run of a pipeline or a Classic release. A token of a service connection states only organization and project of the
 * connection; a token of the pipeline also states run and branch. Any earlier step can change the variables. The id of the run is
 * not compared, because no source says that `run_id` is always `Build.BuildId`.
 * @throws Failure `IdentityContradicted`
 */
export function runOfJob(variable: ReadVariable, token: IdentityToken): KnownRun {
  const variables = runIdentity(variable);
  const signed = signedRun(token);
  const owner = { variable: 'System.CollectionUri', claim: 'sub' };
  refuseContradictions([
    { ...owner, value: variables.owner.toLowerCase(), signed: signed.owner?.toLowerCase() },
    ...(token.subject?.startsWith('p://')
      ? [
          { variable: 'System.TeamProject', value: variables.repository, claim: 'sub', signed: signed.repository },
          {
            variable: 'Build.SourceBranch',
            value: variable('Build.SourceBranch'),
            claim: 'rpo_ref',
            signed: claimText(token, 'rpo_ref'),
          },
        ]
      : []),
  ]);
  return {
    identity: {
      ...variables,
      owner: signed.owner ?? variables.owner,
      repository: signed.repository ?? variables.repository,
      build: signed.build || variables.build,
    },
    signed,
  };
}

/** Facts of the run that the token states. A token of Microsoft Entra states none. */
export function signedRun(token: IdentityToken): SignedRun {
  const { organization, project } = SUBJECT.exec(token.subject ?? '')?.groups ?? {};
  const build = claimText(token, 'run_id');
  return {
    ...(organization === undefined || project === undefined ? {} : { owner: organization, repository: project }),
    ...branchOfRef(claimText(token, 'rpo_ref')),
    ...(build === '' ? {} : { build }),
  };
}

/** Run identity from the variables of the job. */
function runIdentity(variable: ReadVariable): RunIdentity {
  return {
    system: 'azure',
    owner: organizationOf(variable('System.CollectionUri') ?? variable('System.TeamFoundationCollectionUri')),
    repository: variable('System.TeamProject') ?? '',
    // A release also has the id of the build that it deploys.
    build: variable('Release.ReleaseId') ?? variable('Build.BuildId') ?? '',
    step: variable('System.JobId') ?? '',
    // `Build.SourceBranchName` is only the last part: `main` for `feature/main`.
    ...branchOfRef(variable('Build.SourceBranch')),
  };
}
