import type { RunIdentity } from '@aws-oidc-assume/shared';
import { branchOfRef } from '../refs.ts';
import { organizationOf } from './organization.ts';
import type { ReadVariable } from './variables.ts';

/** Run identity of a pipeline or a Classic release, from the variables of the job. */
export function runIdentity(variable: ReadVariable): RunIdentity {
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
