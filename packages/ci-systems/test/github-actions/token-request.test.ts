import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Environment, Failure } from '@aws-oidc-assume/shared';
import { gitHubActions } from '../../src/github-actions/definition.ts';
import { answer, LIMITS, runtimeThatAnswers, tokenText } from '../support.ts';

const REQUEST_TOKEN = randomBytes(24).toString('hex');
const URL_OF_RUNNER = 'https://token.example.com/idtoken?api-version=2.0';

function ask(env: Environment, response = answer(200, JSON.stringify({ value: tokenText({ sub: 'job' }) }))) {
  const { requests, runtime } = runtimeThatAnswers(response);
  const job = gitHubActions.job({
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: URL_OF_RUNNER, ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN, ...env },
    options: { audience: 'api://x y' },
    runtime: () => runtime,
  });
  return { job, requests, token: job.identityToken(LIMITS) };
}

describe('the token request of GitHub Actions', () => {
  it('adds the audience to the address of the runner', async () => {
    const { job, requests, token } = ask({});
    assert.equal((await token).subject, 'job');
    assert.equal(job.origin, 'ACTIONS_ID_TOKEN_REQUEST_URL, audience api://x y');
    const [request] = requests;
    assert.equal(request?.method, 'GET');
    assert.deepEqual(Object.fromEntries(request?.url.searchParams ?? []), {
      'api-version': '2.0',
      audience: 'api://x y',
    });
    assert.equal(request?.headers['authorization'], `Bearer ${REQUEST_TOKEN}`);
  });

  it('uses plain http for this machine', async () => {
    const { requests, token } = ask({ ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:8080/token' });
    await token;
    assert.equal(requests.length, 1);
  });

  for (const url of [
    'https://token.example.com/a#b',
    'https://token.example.com/a?b=<c>',
    'https://u@token.example.com/',
  ]) {
    it(`does not go to ${url}, which is not spelled plainly`, async () => {
      const { requests, token } = ask({ ACTIONS_ID_TOKEN_REQUEST_URL: url });
      await assert.rejects(token, { code: 'TokenUnavailable' });
      assert.equal(requests.length, 0);
    });
  }

  for (const url of ['http://token.example.com/', 'ftp://token.example.com/', 'nowhere']) {
    it(`does not go to ${url}`, async () => {
      const { requests, token } = ask({ ACTIONS_ID_TOKEN_REQUEST_URL: url });
      await assert.rejects(token, {
        code: 'TokenUnavailable',
        message: /ACTIONS_ID_TOKEN_REQUEST_URL is not (?:https|a URL)/,
      });
      assert.equal(requests.length, 0);
    });
  }

  for (const missing of ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']) {
    it(`needs the permission that sets ${missing}`, async () => {
      const { token } = ask({ [missing]: '' });
      await assert.rejects(token, (failure: Failure) => {
        assert.match(failure.details.changes?.join('\n') ?? '', /id-token: write/);
        return failure.code === 'TokenUnavailable';
      });
    });
  }

  it("passes on GitHub's message if it refuses", async () => {
    const { token } = ask({}, answer(403, '{"message":"no"}'));
    await assert.rejects(token, { code: 'TokenRequestRefused', message: /no$/ });
  });
});
