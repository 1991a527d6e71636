import assert from 'node:assert/strict';
import { IdentityToken } from '@aws-oidc-assume/shared';
import { runOfStep } from '../../src/bitbucket-pipelines/run.ts';
import { tokenText } from '../support.ts';

const REPOSITORY = 'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22';
const STEP = '1f0c9a2b-1111-4222-8333-444455556666';
const PIPELINE = '0d9e8f7a-0000-4000-8000-000000000000';

const TOKEN = IdentityToken.parse(
  tokenText({
    iss: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    sub: `{${REPOSITORY}}:{22222222-1111-4222-8333-444455556666}:{${STEP}}`,
    pipelineUuid: `{${PIPELINE}}`,
    branchName: 'feature/evil',
  }),
);

const ENVIRONMENT = {
  BITBUCKET_WORKSPACE: 'acme',
  BITBUCKET_REPO_SLUG: 'shop',
  BITBUCKET_REPO_UUID: `{${REPOSITORY}}`,
  BITBUCKET_BUILD_NUMBER: '42',
  BITBUCKET_STEP_UUID: '{99999999-1111-4222-8333-444455556666}',
  BITBUCKET_BRANCH: 'feature/evil',
};

describe('the run of a Bitbucket step', () => {
  it('has readable names from variables, and the step of the token', () => {
    const { identity, signed } = runOfStep(ENVIRONMENT, TOKEN);
    assert.deepEqual(identity, {
      system: 'bitbucket',
      owner: 'acme',
      repository: 'shop',
      build: '42',
      step: STEP,
      branch: 'feature/evil',
    });
    assert.deepEqual(signed, { owner: 'acme', repository: REPOSITORY, build: PIPELINE, branch: 'feature/evil' });
  });

  it('has UUIDs without variables, and no branch', () => {
    const { identity, signed } = runOfStep({}, TOKEN);
    assert.deepEqual(identity, {
      system: 'bitbucket',
      owner: 'acme',
      repository: REPOSITORY,
      build: '0d9e8f7a',
      step: STEP,
    });
    assert.equal(signed.branch, undefined);
  });

  it('has no branch in a build of a tag with any name', () => {
    const { BITBUCKET_BRANCH: _, ...tagged } = ENVIRONMENT;
    assert.equal(runOfStep({ ...tagged, BITBUCKET_TAG: 'feature/evil' }, TOKEN).signed.branch, undefined);
  });

  it('comes from variables if the token has no facts', () => {
    const { identity, signed } = runOfStep(ENVIRONMENT, IdentityToken.parse(tokenText({ iss: 'x', sub: 'y' })));
    assert.equal(identity.owner, 'acme');
    assert.deepEqual(signed, {});
  });

  for (const [variable, value] of Object.entries({
    BITBUCKET_REPO_UUID: '{00000000-8e34-4c43-a1f7-5d9b7c2e4a22}',
    BITBUCKET_BRANCH: 'main',
  })) {
    it(`is refused if the token contradicts ${variable}`, () => {
      assert.throws(() => runOfStep({ ...ENVIRONMENT, [variable]: value }, TOKEN), {
        code: 'IdentityContradicted',
        message: new RegExp(`^${variable} is "`),
      });
    });
  }

  it('has the workspace of the issuer, and ignores the case of UUIDs', () => {
    const env = { ...ENVIRONMENT, BITBUCKET_WORKSPACE: 'renamed', BITBUCKET_REPO_UUID: REPOSITORY.toUpperCase() };
    assert.equal(runOfStep(env, TOKEN).identity.owner, 'acme');
  });
});
