import assert from 'node:assert/strict';
import { organizationOf } from '../../src/azure-pipelines/organization.ts';
import { runIdentity } from '../../src/azure-pipelines/run-identity.ts';
import { environmentVariables } from '../../src/azure-pipelines/variables.ts';

describe('the run identity of Azure Pipelines', () => {
  for (const { uri, expected } of [
    { uri: 'https://dev.azure.com/acme/', expected: 'acme' },
    { uri: 'https://vsrm.dev.azure.com/acme/', expected: 'acme' },
    { uri: 'https://acme.visualstudio.com/', expected: 'acme' },
    { uri: 'https://acme.vsrm.visualstudio.com/', expected: 'acme' },
    { uri: 'https://dev.azure.com/acme%20inc/', expected: 'acme inc' },
    { uri: 'https://dev.azure.com/100%/', expected: '100%' },
    { uri: 'https://tfs.example.com/', expected: '' },
    { uri: 'nonsense', expected: '' },
    { uri: undefined, expected: '' },
  ]) {
    it(`names ${expected || 'no organization'} for ${uri}`, () => {
      assert.equal(organizationOf(uri), expected);
    });
  }

  it('has the id of the release, not of the build that the release deploys', () => {
    const variables: Record<string, string> = { 'Build.BuildId': '1', 'Release.ReleaseId': '2', 'System.JobId': 'j' };
    const run = runIdentity((name) => variables[name]);
    assert.deepEqual(run, { system: 'azure', owner: '', repository: '', build: '2', step: 'j' });
  });

  it('is the same for a script, which sees variables by their environment names', () => {
    const env = {
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'https://dev.azure.com/acme/',
      SYSTEM_TEAMPROJECT: 'My Shop',
      RELEASE_RELEASEID: '',
      BUILD_BUILDID: '7',
      SYSTEM_JOBID: 'j',
      BUILD_SOURCEBRANCH: 'refs/heads/feature/main',
    };
    assert.deepEqual(runIdentity(environmentVariables(env)), {
      system: 'azure',
      owner: 'acme',
      repository: 'My Shop',
      build: '7',
      step: 'j',
      branch: 'feature/main',
    });
  });
});
