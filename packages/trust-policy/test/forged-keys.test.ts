import assert from 'node:assert/strict';
import { evaluate } from '../src/index.ts';
import { BITBUCKET, BITBUCKET_CLAIMS, ROLE_ARN, trustPolicy } from './support.ts';

/** Keys that a caller adds to the request, and a policy that admits every request with them. */
const FORGED: readonly { name: string; key: string; value: string }[] = [
  { name: 'a claim that the token has', key: `${BITBUCKET}:sub`, value: 'forged' },
  { name: 'a claim that the token has not', key: `${BITBUCKET}:email`, value: 'root@example.com' },
  { name: 'a key that AWS fills by itself', key: 'sts:RoleAuthorizedByIdp', value: 'true' },
  { name: 'a key that AWS fills by itself', key: 'aws:PrincipalType', value: 'AssumedRole' },
];

describe('a request key that a caller adds', () => {
  for (const { name, key, value } of FORGED) {
    for (const spelling of [key, key.toUpperCase(), key.toLowerCase()]) {
      it(`never replaces ${name}: ${spelling}`, () => {
        const policy = trustPolicy(BITBUCKET, { StringEquals: { [key]: value } });
        const request = { claims: BITBUCKET_CLAIMS, roleArn: ROLE_ARN, context: { [spelling]: value } };
        assert.equal(evaluate(policy, request).decision, 'deny');
      });
    }
  }

  for (const { name, key, value } of FORGED) {
    it(`never replaces ${name}, even in two spellings: ${key}`, () => {
      const policy = trustPolicy(BITBUCKET, { StringEquals: { [key]: value } });
      for (const spelling of [key.toUpperCase(), key.toLowerCase()]) {
        const context = { [key]: value, [spelling]: value };
        assert.equal(evaluate(policy, { claims: BITBUCKET_CLAIMS, roleArn: ROLE_ARN, context }).decision, 'deny');
      }
    });
  }

  it("counts if the token has no such claim, even with another issuer's key", () => {
    const policy = trustPolicy(BITBUCKET, {
      StringEquals: { 'aws:RequestedRegion': 'eu-west-1', 'x.example:sub': 'y' },
    });
    const context = { 'aws:RequestedRegion': 'eu-west-1', 'x.example:sub': 'y' };
    assert.equal(evaluate(policy, { claims: BITBUCKET_CLAIMS, roleArn: ROLE_ARN, context }).decision, 'allow');
  });
});
