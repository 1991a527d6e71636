import assert from 'node:assert/strict';
import { provider } from '../src/index.ts';
import { type ConditionKey, readConditionKey } from '../src/token/condition-key.ts';
import { BITBUCKET, GITHUB, providerArn } from './support.ts';

/** Keys of a statement that trusts Bitbucket and an unknown issuer. */
const CASES: readonly [key: string, expected: ConditionKey][] = [
  [`${BITBUCKET}:sub`, { kind: 'claim', issuer: BITBUCKET, claim: 'sub' }],
  [`${BITBUCKET.toUpperCase()}:SUB`, { kind: 'claim', issuer: BITBUCKET, claim: 'SUB' }],
  ['ci.example:team', { kind: 'claim', issuer: 'ci.example', claim: 'team' }],
  ['ci.example:urn:team', { kind: 'claim', issuer: 'ci.example', claim: 'urn:team' }],
  [
    `${BITBUCKET}:branchName`,
    { kind: 'claim-not-offered', issuer: BITBUCKET, claim: 'branchName', system: provider('bitbucket') },
  ],
  [`${GITHUB}:sub`, { kind: 'other-issuer', issuer: GITHUB, claim: 'sub' }],
  [`${providerArn(BITBUCKET)}:sub`, { kind: 'provider-arn', issuer: BITBUCKET, claim: 'sub' }],
  [`https://${BITBUCKET}:sub`, { kind: 'scheme', issuer: BITBUCKET, claim: 'sub' }],
  ['aws:SourceIp', { kind: 'global' }],
  ['STS:RoleSessionName', { kind: 'global' }],
  ['iam:ResourceTag/ci', { kind: 'global' }],
  ['sub', { kind: 'malformed' }],
  [`https://${BITBUCKET}`, { kind: 'malformed' }],
];

describe('reading a condition key', () => {
  for (const [key, expected] of CASES) {
    it(`${key}: ${expected.kind}`, () => {
      assert.deepEqual(readConditionKey(key, [BITBUCKET, 'ci.example']), expected);
    });
  }
});
