import assert from 'node:assert/strict';
import { type Context, evaluate, evaluatePolicy, explain, isMappedClaimKey, lint } from '../src/index.ts';
import { BITBUCKET, BITBUCKET_CLAIMS, GITHUB, GITHUB_CLAIMS, REPOSITORY, ROLE_ARN, trustPolicy } from './support.ts';

const ALLOW = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
};

function decide(statements: readonly object[], context: Context = {}, roleArn: string | undefined = ROLE_ARN): string {
  const policy = { Version: '2012-10-17', Statement: statements };
  return evaluate(policy, { claims: GITHUB_CLAIMS, roleArn, context }).decision;
}

const deny = (condition: object) => ({ Effect: 'Deny', Principal: '*', Action: 'sts:*', Condition: condition });
const allow = (condition: object) => ({ ...ALLOW, Condition: condition });

/** Keys that AWS fills from the role, the organization, the network or the identity provider. */
const UNKNOWN: readonly string[] = [
  'aws:ResourceTag/locked',
  'AWS:resourcetag/locked',
  'iam:ResourceTag/locked',
  'aws:ResourceOrgID',
  'aws:PrincipalOrgID',
  'aws:FederatedProvider',
  'aws:ViaAWSService',
  'aws:TransactionContext/IdentityProvider/branch',
  'aws:OriginIdentity/Subject',
];

describe('a key with an unknown value', () => {
  for (const key of UNKNOWN) {
    it(`does not let a condition on ${key} admit, and lets a Deny on it refuse`, () => {
      for (const operator of ['StringEquals', 'StringNotEquals', 'StringEqualsIfExists', 'ForAllValues:StringLike']) {
        assert.equal(decide([allow({ [operator]: { [key]: 'true' } })]), 'deny', operator);
        assert.equal(decide([ALLOW, deny({ [operator]: { [key]: 'true' } })]), 'deny', operator);
      }
      for (const missing of ['true', 'false']) {
        assert.equal(decide([allow({ Null: { [key]: missing } })]), 'deny');
        assert.equal(decide([ALLOW, deny({ Null: { [key]: missing } })]), 'deny');
      }
    });

    it(`admits once the context has ${key}`, () => {
      assert.equal(decide([allow({ StringEquals: { [key]: 'x' } })], { [key.toUpperCase()]: 'x' }), 'allow');
      assert.equal(decide([ALLOW, deny({ StringEquals: { [key]: 'x' } })], { [key]: 'y' }), 'allow');
      assert.equal(decide([ALLOW, deny({ StringEquals: { [key]: 'x' } })], { [key]: [] }), 'allow');
    });

    it(`names ${key} in the trace`, () => {
      const policy = { Version: '2012-10-17', Statement: [allow({ StringEquals: { [key]: 'x' } })] };
      const [statement] = evaluate(policy, { claims: GITHUB_CLAIMS, roleArn: ROLE_ARN }).trace;
      const [condition] = statement?.conditions ?? [];
      assert.equal(condition?.unknownKey, key);
      assert.match(condition?.note ?? '', /not known here|not judged here/);
    });
  }
});

describe("the account of the role's own ARN", () => {
  it('is aws:ResourceAccount', () => {
    assert.equal(decide([ALLOW, deny({ StringEquals: { 'aws:ResourceAccount': '123456789012' } })]), 'deny');
    assert.equal(decide([ALLOW, deny({ StringNotEquals: { 'aws:ResourceAccount': '123456789012' } })]), 'allow');
    assert.equal(decide([allow({ StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } })]), 'allow');
  });

  it('is unknown without the ARN', () => {
    const policy = { Statement: [ALLOW, deny({ StringEquals: { 'aws:ResourceAccount': '999999999999' } })] };
    assert.equal(evaluate(policy, { claims: GITHUB_CLAIMS }).decision, 'deny');
  });

  it('cannot be replaced by the context', () => {
    const context = { 'AWS:ResourceAccount': '999999999999' };
    assert.equal(decide([ALLOW, deny({ StringEquals: { 'aws:ResourceAccount': '123456789012' } })], context), 'deny');
  });
});

describe('a key that can have several values', () => {
  const claims = {
    ...BITBUCKET_CLAIMS,
    amr: ['authenticated'],
    'https://aws.amazon.com/tags': { principal_tags: { team: ['a'] } },
  };
  const action = { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] };

  for (const [key, value] of [
    ['aws:TagKeys', 'team'],
    [`${BITBUCKET}:amr`, 'authenticated'],
  ] as const) {
    it(`needs ForAnyValue or ForAllValues: ${key}`, () => {
      const decision = (operator: string) =>
        evaluate(trustPolicy(BITBUCKET, { [operator]: { [key]: value } }, action), { claims, roleArn: ROLE_ARN })
          .decision;
      assert.equal(decision('StringEquals'), 'deny');
      assert.equal(decision('StringNotEquals'), 'deny');
      assert.equal(decision('StringEqualsIfExists'), 'deny');
      assert.equal(decision('ForAnyValue:StringEquals'), 'allow');
      assert.equal(decision('ForAllValues:StringEquals'), 'allow');
    });
  }

  it('is missing for a plain operator only if both readings agree', () => {
    const decision = (condition: object) =>
      evaluate(trustPolicy(BITBUCKET, condition), { claims: BITBUCKET_CLAIMS, roleArn: ROLE_ARN }).decision;
    assert.equal(decision({ StringNotEquals: { 'aws:TagKeys': 'x' } }), 'deny');
    assert.equal(decision({ StringEqualsIfExists: { 'aws:TagKeys': 'x' } }), 'deny');
    assert.equal(decision({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'x' } }), 'allow');
    assert.equal(decision({ Null: { 'aws:TagKeys': 'true' } }), 'allow');
  });

  it('is not a policy variable', () => {
    const policy = trustPolicy(BITBUCKET, { StringEquals: { [`${BITBUCKET}:sub`]: '${aws:TagKeys}' } }, action);
    const sub = { ...claims, sub: 'team' };
    assert.equal(evaluate(policy, { claims: sub, roleArn: ROLE_ARN }).decision, 'deny');
  });
});

describe('whether the identity provider authorised the role', () => {
  const key = 'sts:RoleAuthorizedByIdp';
  const claims = { ...BITBUCKET_CLAIMS, 'https://aws.amazon.com/roles': [ROLE_ARN] };

  it('is unknown for a token that lists roles, without the ARN of the role', () => {
    const policy = trustPolicy(BITBUCKET, { Bool: { [key]: 'true' } });
    const [statement] = evaluate(policy, { claims }).trace;
    assert.equal(statement?.conditions[0]?.unknownKey, key);
    assert.equal(evaluate(policy, { claims, roleArn: ROLE_ARN }).decision, 'allow');
  });

  it('is missing if a role assumes another', () => {
    const policy = {
      Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole', Condition: { Null: { [key]: 'true' } } },
    };
    const principal = { kind: 'AWS', identifiers: [] } as const;
    assert.equal(evaluatePolicy(policy, { action: 'sts:AssumeRole', principal, context: {} }).decision, 'allow');
  });
});

describe('an empty value', () => {
  const admits = (operator: string, context: Context) =>
    evaluatePolicy(
      {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: '*',
          Action: 'sts:AssumeRole',
          Condition: { [operator]: { 'k:a': ['', 'x', '*'] } },
        },
      },
      { action: 'sts:AssumeRole', principal: { kind: 'AWS', identifiers: [] }, context },
    ).decision === 'allow';

  it('is an empty set for ForAnyValue and ForAllValues', () => {
    for (const value of ['', [''], ['', '']]) {
      for (const base of ['StringEquals', 'StringLike', 'StringNotEquals', 'StringEqualsIfExists']) {
        assert.equal(admits(`ForAnyValue:${base}`, { 'k:a': value }), false, base);
        assert.equal(admits(`ForAllValues:${base}`, { 'k:a': value }), true, base);
      }
    }
  });

  it('is a value among others', () => {
    assert.equal(admits('ForAnyValue:StringEquals', { 'k:a': ['', 'y'] }), true);
    assert.equal(admits('StringEquals', { 'k:a': '' }), true);
  });
});

describe('a key that a context provider fills', () => {
  it('is recognised in any case', () => {
    for (const key of [
      'aws:TransactionContext/IdentityProvider/branch',
      'aws:OriginIdentity/Subject',
      'AWS:ORIGINIDENTITY/Issuer',
    ]) {
      assert.equal(isMappedClaimKey(key), true, key);
    }
    for (const key of ['aws:SourceIp', 'aws:TransactionContext', 'aws:OriginIdentityX/Subject', `${GITHUB}:sub`]) {
      assert.equal(isMappedClaimKey(key), false, key);
    }
  });
});

describe('a condition on a key that a context provider fills', () => {
  const key = 'aws:TransactionContext/IdentityProvider/branch';
  const policy = trustPolicy(BITBUCKET, {
    StringEquals: { [`${BITBUCKET}:aud`]: BITBUCKET_CLAIMS['aud'], [key]: 'main' },
    StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
  });

  it('is kept and not judged by explain', () => {
    const { verdict, summary, statement } = explain(BITBUCKET_CLAIMS, policy, { roleArn: ROLE_ARN });
    assert.equal(verdict, 'unknown');
    assert.match(summary, /is filled by the context provider of the identity provider in IAM, and not judged here/);
    assert.equal(statement?.Condition['StringEquals']?.[key], 'main');
  });

  it('is not a lint finding', () => assert.deepEqual(lint(policy, { roleArn: ROLE_ARN }), []));

  it('is evaluated with a provided value', () => {
    const decision = (branch: string) =>
      evaluate(policy, { claims: BITBUCKET_CLAIMS, roleArn: ROLE_ARN, context: { [key]: branch } }).decision;
    assert.deepEqual([decision('main'), decision('other')], ['allow', 'deny']);
  });
});

describe('the issuer of a token', () => {
  const policy = { Statement: [ALLOW] };
  const decision = (iss: string) => evaluate(policy, { claims: { ...GITHUB_CLAIMS, iss } }).decision;

  it('must begin with https://', () => {
    assert.equal(decision(`https://${GITHUB}`), 'allow');
    for (const issuer of [`http://${GITHUB}`, GITHUB, `HTTPS://${GITHUB}`, `//${GITHUB}`, `ftp://${GITHUB}`]) {
      assert.equal(decision(issuer), 'deny', issuer);
    }
  });

  it('may begin with http:// only on this machine', () => {
    for (const [host, expected] of [
      ['127.0.0.1:4010', 'allow'],
      ['localhost', 'allow'],
      ['[::1]:80', 'allow'],
      ['127.0.0.1.evil.example', 'deny'],
      ['localhost.evil.example', 'deny'],
      ['10.0.0.1', 'deny'],
    ] as const) {
      const local = {
        Statement: [{ ...ALLOW, Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}/x` } }],
      };
      const claims = { iss: `http://${host}/x`, sub: 's', aud: 'a' };
      assert.equal(evaluate(local, { claims, roleArn: ROLE_ARN }).decision, expected, host);
    }
  });
});
