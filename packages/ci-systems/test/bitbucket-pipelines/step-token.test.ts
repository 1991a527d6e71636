import assert from 'node:assert/strict';
import { stepToken } from '../../src/bitbucket-pipelines/index.ts';
import { tokenText } from '../support.ts';

describe('the token of a Bitbucket step', () => {
  it('is read from its variable', () => {
    assert.equal(stepToken({ BITBUCKET_STEP_OIDC_TOKEN: ` ${tokenText({ sub: 'job' })}\n` }).subject, 'job');
  });

  for (const value of [undefined, '', ' ', '$BITBUCKET_STEP_OIDC_TOKEN', '${BITBUCKET_STEP_OIDC_TOKEN}']) {
    it(`is missing when the variable is ${value === undefined ? 'not set' : `"${value}"`}`, () => {
      assert.throws(() => stepToken({ BITBUCKET_STEP_OIDC_TOKEN: value }), { code: 'TokenUnavailable' });
    });
  }

  it('is malformed if it is anything else, and no message quotes it', () => {
    assert.throws(
      () => stepToken({ BITBUCKET_STEP_OIDC_TOKEN: 'half.of-a-token' }),
      (error: Error & { code?: string }) => error.code === 'TokenMalformed' && !error.message.includes('half'),
    );
  });
});
