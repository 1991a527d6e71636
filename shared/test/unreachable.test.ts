import assert from 'node:assert/strict';
import { type Answer, Failure } from '../src/core/failure.ts';
import { policyNamedIn } from '../src/diagnosis/named-policy.ts';
import { unreachableAdvice } from '../src/diagnosis/unreachable.ts';
import { mapOptions } from '../src/options/keys.ts';

const attempted = {
  action: 'AssumeRoleWithWebIdentity',
  requested: { roleArn: 'arn:aws:iam::123456789012:role/deploy', sessionName: 's' },
  region: 'eu-west-1',
  endpoint: 'https://sts.eu-west-1.amazonaws.com',
  attempts: 1,
};

const raw = mapOptions((name) => ({ name, value: undefined }));

describe('an endpoint that cannot be reached', () => {
  const adviceFor = (answer?: Answer, endpoint = attempted.endpoint) => {
    const failure = new Failure('Unreachable', 'x', answer === undefined ? {} : { answer });
    return unreachableAdvice({ ...attempted, endpoint }, failure, raw);
  };

  it('makes no suggestion about a proxy for this machine', () => {
    assert.deepEqual(adviceFor(undefined, 'http://127.0.0.1:1').changes, [
      'Start the service, or correct the address (stsEndpoint).',
    ]);
  });

  it('names a proxy that was used', () => {
    const { cause } = adviceFor({ code: 'ECONNREFUSED', message: 'the proxy p:3128: refused' });
    assert.equal(cause, 'sts.eu-west-1.amazonaws.com could not be reached through the proxy p:3128.');
  });

  it('suggests a missing proxy first, with or without an answer', () => {
    const unknown = { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com' };
    for (const answer of [unknown, undefined]) {
      assert.match(adviceFor(answer).changes?.[0] ?? '', /^If this network needs a proxy, set HTTPS_PROXY=/);
    }
  });
});

describe('the policy that a denial names', () => {
  it('is none without an answer, and none in another failure', () => {
    assert.equal(policyNamedIn(new Failure('AccessDenied', 'x')), undefined);
    assert.equal(policyNamedIn(new Failure('Throttled', 'x')), undefined);
  });
});
