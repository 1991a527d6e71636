import assert from 'node:assert/strict';
import { type Answer, Failure } from '../src/core/failure.ts';
import { policyNamedIn } from '../src/diagnosis/named-policy.ts';
import { providerAdvice } from '../src/diagnosis/refused-token.ts';
import { failureLines } from '../src/diagnosis/report.ts';
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

  it('names the used proxy', () => {
    const { cause } = adviceFor({ code: 'ECONNREFUSED', message: 'the proxy p:3128: refused' });
    assert.equal(cause, 'sts.eu-west-1.amazonaws.com could not be reached through the proxy p:3128.');
  });

  for (const [name, place] of [
    ['TRUST_POLICY_FILE', 'under "variables:" of the pipe'],
    ['trustPolicyFile', "in the agent's environment"],
    ['--trust-policy-file', 'in the shell that runs this command'],
  ] as const) {
    it(`names the place of HTTPS_PROXY in a program with the option ${name}`, () => {
      const { changes } = unreachableAdvice(attempted, new Failure('Unreachable', 'x'), {
        ...raw,
        trustPolicyFile: { name, value: undefined },
      });
      assert.ok(changes?.[0]?.includes(place), changes?.[0]);
    });
  }

  it('suggests a missing proxy first, with or without an answer', () => {
    const unknown = { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com' };
    for (const answer of [unknown, undefined]) {
      assert.match(adviceFor(answer).changes?.[0] ?? '', /^If this network needs a proxy, set HTTPS_PROXY to /);
    }
  });
});

describe('the policy that a denial names', () => {
  it('is absent without an answer, and in another failure', () => {
    assert.equal(policyNamedIn(new Failure('AccessDenied', 'x')), undefined);
    assert.equal(policyNamedIn(new Failure('Throttled', 'x')), undefined);
  });
});

describe('the advice for a token that AWS refused', () => {
  const expected = {
    provider: 'arn:aws:iam::123456789012:oidc-provider/ci.example',
    roleArn: 'arn:aws:iam::123456789012:role/deploy',
    roleOption: 'roleArn',
    issuer: 'https://ci.example',
    audience: '',
  };

  it('names a missing audience even if the token has none', () => {
    const advice = providerAdvice(new Failure('AudienceNotAccepted', 'x'), expected);
    assert.match(advice?.cause ?? '', /does not list the audience of this token, \(none\)\./);
  });

  it("is present for a rejected token without AWS's words, and for no other failure", () => {
    providerAdvice(new Failure('IdentityTokenRejected', 'x'), expected);
    assert.equal(providerAdvice(new Failure('Throttled', 'x'), expected), undefined);
  });
});

describe('the report of a failure', () => {
  const answers: readonly [answer: object, line: RegExp][] = [
    [{}, /^Error: {4}no answer$/m],
    [{ status: 502 }, /^Response: HTTP 502$/m],
    [{ message: 'only words' }, /^Error: {4}only words$/m],
    [{ code: 'X', status: 400, requestId: 'r' }, /^Response: X \(HTTP 400, request id r\)$/m],
  ];
  for (const [answer, line] of answers) {
    it(`shows the response: ${JSON.stringify(answer)}`, () => {
      assert.match(failureLines(new Failure('ServiceFault', 'x', { answer })).join('\n'), line);
    });
  }
});
