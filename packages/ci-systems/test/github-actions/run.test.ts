import assert from 'node:assert/strict';
import { IdentityToken } from '@aws-oidc-assume/shared';
import { runOfWorkflow } from '../../src/github-actions/run.ts';
import { tokenText } from '../support.ts';

const TOKEN = IdentityToken.parse(
  tokenText({ repository: 'acme/shop', ref: 'refs/heads/feature/evil', run_id: '77', sub: 'custom' }),
);
const ENVIRONMENT = { GITHUB_REPOSITORY: 'Acme/shop', GITHUB_REF: 'refs/heads/feature/evil', GITHUB_RUN_ID: '77' };

describe('the run of a GitHub workflow', () => {
  it('is that of the token, even with a customized subject', () => {
    const { identity, signed } = runOfWorkflow(ENVIRONMENT, TOKEN);
    assert.deepEqual(identity, {
      system: 'github',
      owner: 'acme',
      repository: 'shop',
      build: '77',
      step: '',
      branch: 'feature/evil',
    });
    assert.deepEqual(signed, { owner: 'acme', repository: 'shop', build: '77', branch: 'feature/evil' });
  });

  it('comes from variables if the token has no facts', () => {
    const { identity, signed } = runOfWorkflow(ENVIRONMENT, IdentityToken.parse(tokenText({})));
    assert.deepEqual(identity, {
      system: 'github',
      owner: 'Acme',
      repository: 'shop',
      build: '77',
      step: '',
      branch: 'feature/evil',
    });
    assert.deepEqual(signed, {});
  });

  for (const [variable, value] of Object.entries({
    GITHUB_REPOSITORY: 'acme/other',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_RUN_ID: '78',
  })) {
    it(`is refused if the token contradicts ${variable}`, () => {
      assert.throws(() => runOfWorkflow({ ...ENVIRONMENT, [variable]: value }, TOKEN), {
        code: 'IdentityContradicted',
      });
    });
  }
});
