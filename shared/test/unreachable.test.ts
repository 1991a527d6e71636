import assert from 'node:assert/strict';
import { Failure } from '../src/core/failure.ts';
import { policyNamedIn } from '../src/diagnosis/named-policy.ts';
import { unreachableChanges } from '../src/diagnosis/unreachable.ts';

const attempted = {
  action: 'AssumeRoleWithWebIdentity',
  requested: { roleArn: 'arn:aws:iam::123456789012:role/deploy', sessionName: 's' },
  region: 'eu-west-1',
  endpoint: 'https://sts.eu-west-1.amazonaws.com',
  attempts: 1,
};

describe('an endpoint that cannot be reached', () => {
  it('makes no suggestion about this machine or a proxy that was used', () => {
    assert.deepEqual(unreachableChanges({ ...attempted, endpoint: 'http://127.0.0.1:1' }, undefined), []);
    const answer = { code: 'ECONNREFUSED', message: 'the proxy p:3128: refused' };
    assert.deepEqual(unreachableChanges(attempted, answer), []);
  });

  it('suggests what a missing proxy looks like, with or without an answer', () => {
    const unknown = { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com' };
    assert.ok(unreachableChanges(attempted, unknown).length > 0);
    assert.ok(Array.isArray(unreachableChanges(attempted, undefined)));
  });
});

describe('the policy that a denial names', () => {
  it('is none without an answer, and none in another failure', () => {
    assert.equal(policyNamedIn(new Failure('AccessDenied', 'x')), undefined);
    assert.equal(policyNamedIn(new Failure('Throttled', 'x')), undefined);
  });
});
