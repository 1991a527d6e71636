import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Failure, type HttpAnswer } from '@aws-oidc-assume/shared';
import { SCRIPT_WORDS, TASK_WORDS, type TokenRequestWords } from '../../src/azure-pipelines/advice.ts';
import { requestToken, requireUri, type TokenRequest } from '../../src/azure-pipelines/token-request.ts';
import { answer, LIMITS, runtimeThatAnswers, tokenText } from '../support.ts';

const ACCESS_TOKEN = randomBytes(24).toString('hex');
const REQUEST: TokenRequest = {
  uri: 'https://dev.azure.com/acme/p/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken',
  server: 'https://dev.azure.com/acme/',
  moreHosts: [],
  accessToken: ACCESS_TOKEN,
};
const GOOD = answer(200, JSON.stringify({ oidcToken: tokenText({ sub: 'sc://acme/shop/aws' }) }));

function ask(response: HttpAnswer, request: Partial<TokenRequest> = {}, words: TokenRequestWords = TASK_WORDS) {
  const { requests, runtime } = runtimeThatAnswers(response);
  return { requests, token: requestToken({ ...REQUEST, ...request }, words, LIMITS, runtime) };
}

async function failureOf(token: Promise<unknown>): Promise<Failure> {
  const error: unknown = await token.catch((reason: unknown) => reason);
  assert.ok(error instanceof Failure);
  return error;
}

describe('the token request of Azure DevOps', () => {
  for (const { subject, serviceConnectionId } of [
    { subject: 'sc://acme/shop/aws', serviceConnectionId: undefined },
    { subject: '/eid1/c/pub/t/a/a/b/sc/c/d', serviceConnectionId: undefined },
    { subject: 'p://acme/shop/deploy', serviceConnectionId: 'the-guid' },
  ]) {
    it(`refuses a token of another holder: ${subject}`, async () => {
      const other = answer(200, JSON.stringify({ oidcToken: tokenText({ sub: subject }) }));
      const { code, message } = await failureOf(ask(other, { serviceConnectionId }).token);
      assert.equal(code, 'IdentityContradicted');
      assert.ok(message.includes(subject));
    });
  }

  it('equals the one in the REST reference, and prevents a sign-in page', async () => {
    const { requests, token } = ask(GOOD, { serviceConnectionId: 'the-guid' });
    assert.equal((await token).subject, 'sc://acme/shop/aws');
    const [request] = requests;
    assert.equal(request?.method, 'POST');
    assert.deepEqual(Object.fromEntries(request?.url.searchParams ?? []), {
      'api-version': '7.1',
      serviceConnectionId: 'the-guid',
    });
    assert.deepEqual(request?.headers, {
      authorization: `Bearer ${ACCESS_TOKEN}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'x-tfs-fedauthredirect': 'Suppress',
    });
  });

  const refused = [
    {
      status: 400,
      body: '{"message":"There is no explicit reference to service connection x"}',
      task: /input serviceConnection/,
      script: /Add a task with that connection/,
    },
    { status: 401, body: '', task: /job authorization scope/, script: /SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)/ },
    { status: 203, body: '<html>', task: /did not accept the access token/, script: /Map the access token/ },
    { status: 302, body: '', task: /did not accept the access token/, script: /Map the access token/ },
    {
      status: 404,
      body: '',
      task: /System\.OidcRequestUri does not belong to the running job/,
      script: /SYSTEM_OIDCREQUESTURI does not belong to the running job/,
    },
    { status: 403, body: '{"message":"no"}', task: undefined, script: undefined },
  ];
  for (const { status, body, ...expected } of refused) {
    for (const [caller, words] of [
      ['task', TASK_WORDS],
      ['script', SCRIPT_WORDS],
    ] as const) {
      it(`names the fix for the author of a ${caller} after HTTP ${status} ${body}`, async () => {
        const { code, details } = await failureOf(ask(answer(status, body), {}, words).token);
        assert.equal(code, 'TokenRequestRefused');
        const says = expected[caller];
        if (says === undefined) assert.equal(details.changes, undefined);
        else assert.match(details.changes?.join('\n') ?? '', says);
      });
    }
  }

  it('is not sent to an unknown host', async () => {
    const { requests, token } = ask(GOOD, { server: undefined, uri: 'https://example.com/' });
    const failure = await failureOf(token);
    assert.equal(failure.code, 'InvalidOptions');
    assert.match(failure.message, /points to example\.com/);
    assert.equal(requests.length, 0);
  });

  it('needs an address, which Azure DevOps Server does not set', () => {
    assert.equal(requireUri('https://dev.azure.com/', TASK_WORDS), 'https://dev.azure.com/');
    for (const words of [TASK_WORDS, SCRIPT_WORDS]) {
      const message = `${words.uriVariable} is not set: this server gives jobs no identity tokens.`;
      assert.throws(() => requireUri(undefined, words), { code: 'TokenUnavailable', message });
    }
  });
});
