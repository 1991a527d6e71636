import assert from 'node:assert/strict';
import { IdentityToken } from '@aws-oidc-assume/shared';
import { organizationOf } from '../../src/azure-pipelines/organization.ts';
import { runOfJob } from '../../src/azure-pipelines/run.ts';
import { environmentVariables } from '../../src/azure-pipelines/variables.ts';
import { tokenText } from '../support.ts';

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

  const token = (sub: string, claims: Readonly<Record<string, string>> = {}) =>
    IdentityToken.parse(
      tokenText({ iss: 'https://vstoken.dev.azure.com/66666666-7777-4888-8999-000000000000', sub, ...claims }),
    );
  const ENTRA = token(
    '/eid1/c/pub/t/AAAA/a/BBBB/sc/66666666-7777-4888-8999-000000000000/8c7b6a59-4837-4261-8504-f3e2d1c0b999',
  );

  it('has the id of the release, not of its build', () => {
    const variables: Record<string, string> = { 'Build.BuildId': '1', 'Release.ReleaseId': '2', 'System.JobId': 'j' };
    const { identity, signed } = runOfJob((name) => variables[name], ENTRA);
    assert.deepEqual(identity, { system: 'azure', owner: '', repository: '', build: '2', step: 'j' });
    assert.deepEqual(signed, {});
  });

  const ENVIRONMENT = {
    SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'https://dev.azure.com/acme/',
    SYSTEM_TEAMPROJECT: 'My Shop',
    RELEASE_RELEASEID: '',
    BUILD_BUILDID: '7',
    SYSTEM_JOBID: 'j',
    BUILD_SOURCEBRANCH: 'refs/heads/feature/main',
  };

  it('is the same for a script, which sees variables by their environment names', () => {
    const { identity } = runOfJob(environmentVariables(ENVIRONMENT), ENTRA);
    assert.deepEqual(identity, {
      system: 'azure',
      owner: 'acme',
      repository: 'My Shop',
      build: '7',
      step: 'j',
      branch: 'feature/main',
    });
  });

  it('takes facts from the token if it states them, and signs nothing else', () => {
    const connection = runOfJob(environmentVariables(ENVIRONMENT), token('sc://Acme/Shared Connections/aws'));
    assert.deepEqual(connection.identity, {
      system: 'azure',
      owner: 'Acme',
      repository: 'Shared Connections',
      build: '7',
      step: 'j',
      branch: 'feature/main',
    });
    assert.deepEqual(connection.signed, { owner: 'Acme', repository: 'Shared Connections' });
    const claims = { rpo_ref: 'refs/heads/feature/main', run_id: '7' };
    const pipeline = runOfJob(environmentVariables(ENVIRONMENT), token('p://acme/My Shop/deploy', claims));
    assert.deepEqual(pipeline.signed, { owner: 'acme', repository: 'My Shop', branch: 'feature/main', build: '7' });
    const tag = { ...ENVIRONMENT, BUILD_SOURCEBRANCH: 'refs/tags/main' };
    const tagged = runOfJob(environmentVariables(tag), token('p://acme/My Shop/deploy', { rpo_ref: 'refs/tags/main' }));
    assert.equal(tagged.signed.branch, undefined);
  });

  for (const [variable, value] of Object.entries({
    SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'https://dev.azure.com/evil/',
    SYSTEM_TEAMPROJECT: 'Other',
    BUILD_SOURCEBRANCH: 'refs/heads/main',
  })) {
    it(`is refused if the token contradicts ${variable}`, () => {
      const claims = { rpo_ref: 'refs/heads/feature/main', run_id: '7' };
      const env = { ...ENVIRONMENT, [variable]: value };
      assert.throws(() => runOfJob(environmentVariables(env), token('p://acme/My Shop/deploy', claims)), {
        code: 'IdentityContradicted',
      });
    });
  }
});
