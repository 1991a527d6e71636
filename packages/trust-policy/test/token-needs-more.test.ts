import assert from 'node:assert/strict';
import { evaluate, evaluatePolicy } from '../src/index.ts';
import { BITBUCKET, BITBUCKET_CLAIMS, providerArn, ROLE_ARN } from './support.ts';

const TAGGED = {
  ...BITBUCKET_CLAIMS,
  'https://aws.amazon.com/tags': { principal_tags: { Team: ['blue'] } },
  'https://aws.amazon.com/source_identity': 'ann',
};

function decide(actions: readonly string[], claims: object = TAGGED) {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn(BITBUCKET) },
        Action: actions,
        Condition: { StringLike: { [`${BITBUCKET}:sub`]: '{*' } },
      },
    ],
  };
  return evaluate(policy, { claims: { ...claims }, roleArn: ROLE_ARN });
}

const ASSUME = 'sts:AssumeRoleWithWebIdentity';

describe('a token with session tags and a source identity', () => {
  it('needs both actions in addition to the first', () => {
    assert.equal(decide([ASSUME, 'sts:TagSession', 'sts:SetSourceIdentity']).decision, 'allow');
    assert.equal(decide([ASSUME], BITBUCKET_CLAIMS).decision, 'allow');
  });

  for (const [missing, ...actions] of [
    ['sts:SetSourceIdentity', ASSUME, 'sts:TagSession'],
    ['sts:TagSession', ASSUME, 'sts:SetSourceIdentity'],
  ] as const) {
    it(`is refused if only ${missing} is missing`, () => {
      const { decision, note } = decide(actions);
      assert.equal(decision, 'deny');
      assert.ok(note?.endsWith(`so the trust policy must allow ${missing} as well`), note);
    });
  }

  it('is refused for the first action before the others are evaluated', () => {
    for (const actions of [['sts:TagSession', 'sts:SetSourceIdentity'], ['sts:AssumeRole']]) {
      const { decision, note } = decide(actions);
      assert.equal(decision, 'deny');
      assert.equal(note, undefined);
    }
  });
});

describe('ForAllValues', () => {
  const decision = (values: readonly string[]) =>
    evaluatePolicy(
      {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: 'sts:AssumeRole',
          Condition: { 'ForAllValues:StringEquals': { 'k:a': 'x' } },
        },
      },
      {
        action: 'sts:AssumeRole',
        principal: { kind: 'AWS', identifiers: ['123456789012'] },
        context: { 'k:a': values },
      },
    ).decision;

  it('is fulfilled if all values are empty, but not if one of them is', () => {
    assert.equal(decision(['']), 'allow');
    assert.equal(decision(['', '']), 'allow');
    assert.equal(decision(['', 'y']), 'deny');
    assert.equal(decision(['x', 'x']), 'allow');
  });
});
