import assert from 'node:assert/strict';
import { type Claims, evaluate, webIdentityContext } from '../src/index.ts';
import {
  AZURE,
  AZURE_CLAIMS,
  BITBUCKET,
  BITBUCKET_CLAIMS,
  GITHUB,
  GITHUB_CLAIMS,
  providerArn,
  REPOSITORY,
  ROLE_ARN,
  STEP,
  trustPolicy,
  WORKSPACE,
} from './support.ts';

const ROLES = 'https://aws.amazon.com/roles';
const TAGS = 'https://aws.amazon.com/tags';
const SOURCE_IDENTITY = 'https://aws.amazon.com/source_identity';

describe('the condition keys of a token', () => {
  it('are only the default ones for Bitbucket, whose further claims AWS does not offer (facts 2.7)', () => {
    assert.deepEqual(webIdentityContext(BITBUCKET_CLAIMS, ROLE_ARN), {
      [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:{${STEP}}`,
      [`${BITBUCKET}:aud`]: `ari:cloud:bitbucket::workspace/${WORKSPACE}`,
      'aws:PrincipalType': 'User',
      'aws:PrincipalAccount': '123456789012',
      'aws:ResourceAccount': '123456789012',
      'aws:userid': providerArn(BITBUCKET),
      'sts:RoleAuthorizedByIdp': 'false',
    });
  });

  it('include the claims that AWS documents for GitHub (facts 2.7)', () => {
    const context = webIdentityContext(GITHUB_CLAIMS);
    assert.equal(context[`${GITHUB}:repository`], 'acme/site');
    assert.equal(context[`${GITHUB}:actor_id`], '7');
    assert.equal(context['aws:PrincipalAccount'], undefined);
  });

  it('use the authorized party as the audience, and keep the audience as oaud (facts 2.7)', () => {
    const context = webIdentityContext({ ...AZURE_CLAIMS, azp: 'client' });
    assert.equal(context[`${AZURE}:aud`], 'client');
    assert.equal(context[`${AZURE}:oaud`], 'api://AzureADTokenExchange');
  });

  it('treat a list of one audience as that audience (facts 2.6)', () => {
    assert.equal(webIdentityContext({ ...AZURE_CLAIMS, aud: ['one'] })[`${AZURE}:aud`], 'one');
  });

  it('keep amr as a list, and omit values that are not text', () => {
    const context = webIdentityContext({
      iss: 'https://ci.example',
      sub: { no: 'text' },
      amr: ['pwd', 'mfa'],
      email: true,
    });
    assert.deepEqual(context['ci.example:amr'], ['pwd', 'mfa']);
    assert.equal(context['ci.example:sub'], undefined);
    assert.equal(context['ci.example:email'], 'true');
  });

  it('keep the path, the case and a trailing slash of the issuer', () => {
    assert.equal(webIdentityContext({ iss: 'https://CI.example/Path/', sub: 'x' })['CI.example/Path/:sub'], 'x');
  });

  it('include session tags in either spelling and the source identity (facts 2.1)', () => {
    const context = webIdentityContext({
      iss: 'https://ci.example',
      [TAGS]: { principal_tags: { Team: ['blue'], Empty: [] }, transitive_tag_keys: ['Team'] },
      [`${TAGS}/principal_tags/Stage`]: 'prod',
      [`${TAGS}/principal_tags/Nobody`]: [],
      [`${TAGS}/transitive_tag_keys`]: ['Stage'],
      [SOURCE_IDENTITY]: 'ann',
    });
    assert.equal(context['aws:RequestTag/Team'], 'blue');
    assert.equal(context['aws:RequestTag/Stage'], 'prod');
    assert.deepEqual(context['aws:TagKeys'], ['Team', 'Stage']);
    assert.deepEqual(context['sts:TransitiveTagKeys'], ['Team', 'Stage']);
    assert.equal(context['sts:SourceIdentity'], 'ann');
  });

  it('have no tags if the claim is null, text or a list', () => {
    for (const claim of [null, 'Team', ['Team'], { principal_tags: null }]) {
      const context = webIdentityContext({ iss: 'https://ci.example', [TAGS]: claim });
      assert.deepEqual(Object.keys(context), ['aws:PrincipalType', 'sts:RoleAuthorizedByIdp']);
    }
  });

  it("omit the roles claim's answer if the role is unknown", () => {
    assert.deepEqual(webIdentityContext({ iss: 'https://ci.example', [ROLES]: [ROLE_ARN] }), {
      'aws:PrincipalType': 'User',
    });
  });
});

describe('evaluating a token', () => {
  const admits = (claims: Claims, policy: object, more: object = {}): string =>
    evaluate(policy, { claims, roleArn: ROLE_ARN, ...more }).decision;
  const any = trustPolicy(BITBUCKET, { StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` } });

  const cases: readonly [name: string, actual: () => string, expected: string][] = [
    ['admits its own provider', () => admits(BITBUCKET_CLAIMS, any), 'allow'],
    [
      'refuses the provider of another account',
      () => admits(BITBUCKET_CLAIMS, any, { roleArn: ROLE_ARN.replace('1234', '4321') }),
      'deny',
    ],
    [
      'refuses the provider of another partition',
      () => admits(BITBUCKET_CLAIMS, any, { roleArn: ROLE_ARN.replace(':aws:', ':aws-cn:') }),
      'deny',
    ],
    [
      'takes the provider of any account without a role ARN',
      () => admits(BITBUCKET_CLAIMS, any, { roleArn: undefined }),
      'allow',
    ],
    ['takes no other issuer without a role ARN', () => admits(GITHUB_CLAIMS, any, { roleArn: undefined }), 'deny'],
    [
      'refuses an issuer that differs in case',
      () => admits({ ...BITBUCKET_CLAIMS, iss: `https://${BITBUCKET.replace('acme', 'Acme')}` }, any),
      'deny',
    ],
    [
      'refuses an issuer with a trailing slash',
      () => admits({ ...BITBUCKET_CLAIMS, iss: `https://${BITBUCKET}/` }, any),
      'deny',
    ],
    ['refuses a token without issuer', () => admits({ sub: 'x' }, any, { roleArn: undefined }), 'deny'],
    ['refuses a token without issuer for a role', () => admits({ sub: 'x' }, any), 'deny'],
    [
      'refuses a token without issuer, whatever keys are added',
      () => admits({ sub: 'x' }, any, { context: { ':sub': 'x', [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:x` } }),
      'deny',
    ],
    [
      'admits a token that lists roles where the role is not known',
      () => admits({ ...BITBUCKET_CLAIMS, [ROLES]: ['arn:aws:iam::111122223333:role/x'] }, any, { roleArn: undefined }),
      'allow',
    ],
    [
      'takes the provider of any account without a role ARN, beside what is no provider',
      () =>
        admits(
          BITBUCKET_CLAIMS,
          trustPolicy(BITBUCKET, {}, { Principal: { Federated: ['x', providerArn(BITBUCKET)] } }),
          { roleArn: undefined },
        ),
      'allow',
    ],
  ];
  for (const [name, actual, expected] of cases) it(name, () => assert.equal(actual(), expected));

  it('evaluates the issuer of an emulator on this machine', () => {
    const issuer = '127.0.0.1:4010/2.0/workspaces/acme/pipelines-config/identity/oidc';
    const policy = trustPolicy(issuer, { StringLike: { [`${issuer}:sub`]: `{${REPOSITORY}}:*` } });
    assert.equal(admits({ ...BITBUCKET_CLAIMS, iss: `http://${issuer}` }, policy), 'allow');
  });

  it('accepts request keys from the context, but never a claim', () => {
    const key = `${BITBUCKET}:sub`;
    const policy = trustPolicy(BITBUCKET, {
      StringEquals: { [key]: 'forged' },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    });
    const context = { 'aws:SourceIp': '192.0.2.7', [key]: 'forged', [key.toUpperCase()]: 'forged' };
    assert.equal(admits(BITBUCKET_CLAIMS, policy, { context }), 'deny');
    const honest = trustPolicy(BITBUCKET, {
      StringLike: { [key]: '{*' },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    });
    assert.equal(admits(BITBUCKET_CLAIMS, honest, { context }), 'allow');
    assert.equal(admits(BITBUCKET_CLAIMS, honest, { context: { 'aws:SourceIp': '198.51.100.1' } }), 'deny');
  });

  for (const [lacking, claims] of [
    ['"iss"', { ...BITBUCKET_CLAIMS, iss: undefined }],
    ['"sub"', { ...BITBUCKET_CLAIMS, sub: null }],
    ['"aud"', { ...BITBUCKET_CLAIMS, aud: [] }],
    ['"sub", "aud"', { iss: BITBUCKET_CLAIMS['iss'] }],
  ] as const) {
    it(`refuses a token without ${lacking}, under any policy (facts 2.6)`, () => {
      const policy = trustPolicy(BITBUCKET, {});
      const { decision, reason, trace, note } = evaluate(policy, { claims });
      assert.deepEqual([decision, reason, trace.length], ['deny', 'implicit-deny', 1]);
      assert.equal(
        note,
        `the token has no ${lacking}; AWS requires "iss", "sub" and "aud", and refuses it before it reads the trust policy`,
      );
    });
  }

  it('accepts an empty and a numeric subject, as AWS does (facts 2.6)', () => {
    const policy = trustPolicy(BITBUCKET, {});
    for (const sub of ['', 7]) assert.equal(admits({ ...BITBUCKET_CLAIMS, sub }, policy), 'allow');
  });

  it('refuses several audiences without an authorized party under any policy (facts 2.6)', () => {
    const policy = trustPolicy(BITBUCKET, { 'ForAnyValue:StringEquals': { [`${BITBUCKET}:aud`]: 'a' } });
    const { decision, reason, note } = evaluate(policy, {
      claims: { ...BITBUCKET_CLAIMS, aud: ['a', 'b'] },
      roleArn: ROLE_ARN,
    });
    assert.deepEqual([decision, reason], ['deny', 'implicit-deny']);
    assert.match(note ?? '', /more than one audience/);
    assert.equal(admits({ ...BITBUCKET_CLAIMS, aud: ['a', 'b'], azp: 'a' }, policy), 'allow');
  });

  describe('with a roles claim (facts 2.8)', () => {
    const authorized = trustPolicy(BITBUCKET, { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } });
    const roles: readonly [name: string, claim: unknown, policy: object, expected: string][] = [
      ['a list with the role', ['arn:aws:iam::111122223333:role/x', ROLE_ARN], authorized, 'allow'],
      ['text with the role', `arn:aws:iam::111122223333:role/x;${ROLE_ARN}`, authorized, 'allow'],
      ['a list without the role', ['arn:aws:iam::111122223333:role/x'], any, 'deny'],
      ['a wildcard', ['arn:aws:iam::123456789012:role/*'], any, 'deny'],
      ['null', null, any, 'allow'],
      ['null, demanded', null, authorized, 'deny'],
      ['blanks around the ARN', ` ${ROLE_ARN} `, authorized, 'allow'],
      ['blanks after a semicolon', `x; ${ROLE_ARN}`, authorized, 'allow'],
      ['a number in the list', [123, ROLE_ARN], authorized, 'allow'],
      ['null in the list', [null, ROLE_ARN], authorized, 'allow'],
      ['a nested list', [[ROLE_ARN]], any, 'deny'],
      ['a list in text, separated by commas', `arn:aws:iam::111122223333:role/x,${ROLE_ARN}`, any, 'deny'],
      ['another case', ROLE_ARN.toUpperCase(), any, 'deny'],
      ['empty text', '', any, 'deny'],
      ['a number', 7, any, 'deny'],
      ['true', true, any, 'deny'],
      ['an object', { role: ROLE_ARN }, any, 'deny'],
      ['no claim, demanded', undefined, authorized, 'deny'],
      ['no claim, not demanded', undefined, any, 'allow'],
    ];
    for (const [name, claim, policy, expected] of roles) {
      it(`${name}: ${expected}`, () => assert.equal(admits({ ...BITBUCKET_CLAIMS, [ROLES]: claim }, policy), expected));
    }
  });

  describe('with session tags or a source identity', () => {
    const tagged = { ...BITBUCKET_CLAIMS, [TAGS]: { principal_tags: { Team: ['blue'] } } };
    const claims = { ...BITBUCKET_CLAIMS, [SOURCE_IDENTITY]: 'ann' };
    const both = trustPolicy(BITBUCKET, {}, { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] });

    it('also needs sts:TagSession', () => {
      const { decision, note } = evaluate(any, { claims: tagged, roleArn: ROLE_ARN });
      assert.equal(decision, 'deny');
      assert.equal(note, 'the token carries session tags, so the trust policy must allow sts:TagSession as well');
      assert.equal(admits(tagged, both), 'allow');
    });

    it('also needs sts:SetSourceIdentity', () => {
      assert.match(
        evaluate(both, { claims, roleArn: ROLE_ARN }).note ?? '',
        /must allow sts:SetSourceIdentity as well/,
      );
      assert.equal(admits(claims, trustPolicy(BITBUCKET, {}, { Action: 'sts:*' })), 'allow');
    });
  });

  it('keeps added request keys for a token without issuer', () => {
    const policy = trustPolicy(BITBUCKET, { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } });
    const context = { 'aws:SourceIp': '192.0.2.7' };
    assert.deepEqual(evaluate(policy, { claims: { sub: 'x' }, context }).trace[0]?.conditions[0]?.observed, [
      '192.0.2.7',
    ]);
  });

  it('finds no provider in a policy for AWS principals', () => {
    assert.equal(
      admits(BITBUCKET_CLAIMS, trustPolicy(BITBUCKET, {}, { Principal: { AWS: '123456789012' } }), {
        roleArn: undefined,
      }),
      'deny',
    );
    assert.equal(
      admits(BITBUCKET_CLAIMS, trustPolicy(BITBUCKET, {}, { Principal: '*' }), { roleArn: undefined }),
      'deny',
    );
  });

  it('throws on an invalid role ARN', () => {
    assert.throws(() => evaluate(any, { claims: BITBUCKET_CLAIMS, roleArn: 'deploy' }), RangeError);
  });
});
