import assert from 'node:assert/strict';
import { type AccessRequest, type Context, evaluatePolicy, evaluateSessionPolicy } from '../src/index.ts';
import { parseOperator, prepareOperator } from '../src/policy/operators.ts';
import { CONDITION_CASES } from './evaluation-cases.ts';

const CALLER: AccessRequest['principal'] = {
  kind: 'AWS',
  identifiers: [
    'arn:aws:sts::123456789012:assumed-role/deploy/build-7',
    'arn:aws:iam::123456789012:role/deploy',
    'arn:aws:iam::123456789012:root',
    '123456789012',
  ],
};
const PROVIDER = 'arn:aws:iam::123456789012:oidc-provider/ci.example';
const WEB_IDENTITY: AccessRequest['principal'] = { kind: 'Federated', identifiers: [PROVIDER] };

function policy(...statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

describe('evaluating conditions', () => {
  it('covers at least 150 cases, each with its source', () => {
    assert.ok(CONDITION_CASES.length >= 150, `${CONDITION_CASES.length} cases`);
    assert.deepEqual(
      CONDITION_CASES.filter(({ source }) => source === ''),
      [],
    );
  });

  for (const { name, source, condition, context = {}, matches, effect = 'Allow', version } of CONDITION_CASES) {
    it(`${Object.keys(condition).join(' + ') || 'Condition'}: ${name} (${source})`, () => {
      const statement = { Effect: effect, Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: condition };
      const document =
        version === null ? { Statement: statement } : { Version: version ?? '2012-10-17', Statement: statement };
      const evaluation = evaluatePolicy(document, { action: 'sts:AssumeRole', principal: CALLER, context });
      assert.equal(evaluation.trace[0]?.matched, matches);
      const allowed = matches && effect === 'Allow';
      assert.equal(evaluation.decision, allowed ? 'allow' : 'deny');
    });
  }
});

describe('comparing values', () => {
  it('has no answer for an operator that compares no values', () => {
    const operator = parseOperator('Null');
    assert.ok(operator);
    assert.equal(prepareOperator(operator, ['true'], undefined)('x').verdict, 'unknown');
  });
});

describe('evaluating principals', () => {
  const cases: readonly {
    readonly name: string;
    readonly source: string;
    readonly element: object;
    readonly principal: AccessRequest['principal'];
    readonly allow: boolean;
    readonly deny: boolean;
  }[] = [
    {
      name: 'the provider',
      source: 'facts 2.7',
      element: { Principal: { Federated: PROVIDER } },
      principal: WEB_IDENTITY,
      allow: true,
      deny: true,
    },
    {
      name: "the provider's account",
      source: 'fails closed',
      element: { Principal: { AWS: ['999999999999', '123456789012'] } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: "the root of the provider's account",
      source: 'fails closed',
      element: { Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: 'another account for a provider',
      source: 'Principal element',
      element: { Principal: { AWS: 'arn:aws:iam::999999999999:root' } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: false,
    },
    {
      name: 'one of several providers',
      source: 'Principal element',
      element: { Principal: { Federated: ['arn:x', PROVIDER] } },
      principal: WEB_IDENTITY,
      allow: true,
      deny: true,
    },
    {
      name: 'another provider',
      source: 'facts 2.7',
      element: { Principal: { Federated: `${PROVIDER}/x` } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: false,
    },
    {
      name: 'AWS "*" for a web identity',
      source: 'facts 2.6',
      element: { Principal: { AWS: '*' } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: '"*" for a web identity',
      source: 'facts 2.6',
      element: { Principal: '*' },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: 'Federated "*"',
      source: 'fails closed',
      element: { Principal: { Federated: '*' } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: 'a wildcard inside a provider ARN',
      source: 'Principal element',
      element: { Principal: { Federated: 'arn:aws:iam::*:oidc-provider/ci.example' } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: '"*" for a role',
      source: 'Principal element',
      element: { Principal: '*' },
      principal: CALLER,
      allow: true,
      deny: true,
    },
    {
      name: 'AWS "*" for a role',
      source: 'Principal element',
      element: { Principal: { AWS: ['*'] } },
      principal: CALLER,
      allow: true,
      deny: true,
    },
    {
      name: 'the role',
      source: 'Principal element',
      element: { Principal: { AWS: 'arn:aws:iam::123456789012:role/deploy' } },
      principal: CALLER,
      allow: true,
      deny: true,
    },
    {
      name: 'the session',
      source: 'Principal element',
      element: { Principal: { AWS: 'arn:aws:sts::123456789012:assumed-role/deploy/build-7' } },
      principal: CALLER,
      allow: true,
      deny: true,
    },
    {
      name: 'another role',
      source: 'Principal element',
      element: { Principal: { AWS: 'arn:aws:iam::123456789012:role/other' } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'the account by id',
      source: 'Principal element',
      element: { Principal: { AWS: '123456789012' } },
      principal: CALLER,
      allow: true,
      deny: true,
    },
    {
      name: 'the account by id, known by its root ARN',
      source: 'Principal element',
      element: { Principal: { AWS: '123456789012' } },
      principal: { kind: 'AWS', identifiers: ['arn:aws:iam::123456789012:root'] },
      allow: true,
      deny: true,
    },
    {
      name: 'the account by root ARN, known by its id',
      source: 'Principal element',
      element: { Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
      principal: { kind: 'AWS', identifiers: ['123456789012'] },
      allow: true,
      deny: true,
    },
    {
      name: 'another account',
      source: 'Principal element',
      element: { Principal: { AWS: '210987654321' } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'a wildcard inside a role ARN',
      source: 'Principal element',
      element: { Principal: { AWS: 'arn:aws:iam::123456789012:role/*' } },
      principal: CALLER,
      allow: false,
      deny: true,
    },
    {
      name: 'a service',
      source: 'Principal element',
      element: { Principal: { Service: 'ec2.amazonaws.com' } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'a canonical user',
      source: 'Principal element',
      element: { Principal: { CanonicalUser: 'x' } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'a service beside the role',
      source: 'Principal element',
      element: { Principal: { Service: 'ec2.amazonaws.com', AWS: '123456789012' } },
      principal: CALLER,
      allow: true,
      deny: true,
    },
    {
      name: 'a provider for a role',
      source: 'Principal element',
      element: { Principal: { Federated: PROVIDER } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'a type IAM does not have',
      source: 'fails closed',
      element: { Principal: { Oidc: PROVIDER } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: 'the account by id, known by its root ARN among others',
      source: 'Principal element',
      element: { Principal: { AWS: '123456789012' } },
      principal: { kind: 'AWS', identifiers: ['arn:aws:iam::123456789012:role/x', 'arn:aws:iam::123456789012:root'] },
      allow: true,
      deny: true,
    },
    {
      name: 'a name that only begins like the root ARN',
      source: 'Principal element',
      element: { Principal: { AWS: 'arn:aws:iam::123456789012:rooted' } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'a name that only ends like the root ARN',
      source: 'Principal element',
      element: { Principal: { AWS: 'xarn:aws:iam::123456789012:root' } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'the account under the type of another principal',
      source: 'Principal element',
      element: { Principal: { Federated: '123456789012' } },
      principal: CALLER,
      allow: false,
      deny: false,
    },
    {
      name: 'a wildcard beside another provider',
      source: 'fails closed',
      element: { Principal: { Federated: ['arn:x', 'arn:aws:iam::*:oidc-provider/ci.example'] } },
      principal: WEB_IDENTITY,
      allow: false,
      deny: true,
    },
    {
      name: 'NotPrincipal',
      source: 'fails closed',
      element: { NotPrincipal: { AWS: '210987654321' } },
      principal: CALLER,
      allow: false,
      deny: true,
    },
  ];

  for (const { name, source, element, principal, allow, deny } of cases) {
    for (const [effect, matched] of [
      ['Allow', allow],
      ['Deny', deny],
    ] as const) {
      it(`${name} ${matched ? 'matches' : 'does not match'} in ${effect} (${source})`, () => {
        const document = policy({ Effect: effect, Action: 'sts:AssumeRole', ...element });
        const { trace } = evaluatePolicy(document, { action: 'sts:AssumeRole', principal, context: {} });
        assert.equal(trace[0]?.principalMatched, matched);
      });
    }
  }

  it('reports in the trace which conditions failed closed', () => {
    const notes = [
      { Principal: '*' },
      { NotPrincipal: '*' },
      { Principal: { Federated: '*' } },
      { Principal: { Oidc: 'x' } },
      { Principal: { CanonicalUser: 'x', AWS: '*' } },
      { Principal: { AWS: '*', Federated: PROVIDER } },
      { Principal: { Federated: 'arn:x' } },
    ].map(
      (element) =>
        evaluatePolicy(policy({ Effect: 'Allow', Action: 'sts:AssumeRole', ...element }), {
          action: 'sts:AssumeRole',
          principal: WEB_IDENTITY,
          context: {},
        }).trace[0]?.note,
    );
    assert.deepEqual(notes, [
      'Principal "*" does not admit a web identity; name the identity provider',
      'NotPrincipal is not evaluated here and fails closed',
      'IAM takes no wildcard inside a principal',
      'IAM has no principal type "Oidc"',
      'Principal {"AWS": "*"} does not admit a web identity; name the identity provider',
      undefined,
      undefined,
    ]);
  });
});

describe('evaluating actions', () => {
  const cases: readonly [name: string, element: object, action: string, matched: boolean][] = [
    ['the action', { Action: 'sts:AssumeRole' }, 'sts:AssumeRole', true],
    ['case does not count', { Action: 'STS:assumerole' }, 'sts:AssumeRole', true],
    ['another action', { Action: 'sts:AssumeRole' }, 'sts:AssumeRoleWithWebIdentity', false],
    ['one of several', { Action: ['sts:TagSession', 'sts:AssumeRole'] }, 'sts:AssumeRole', true],
    ['a wildcard', { Action: 'sts:*' }, 'sts:TagSession', true],
    ['a prefix', { Action: 'sts:AssumeRole*' }, 'sts:AssumeRoleWithWebIdentity', true],
    ['a question mark', { Action: 'sts:?agSession' }, 'sts:TagSession', true],
    ['NotAction, listed', { NotAction: 'sts:TagSession' }, 'sts:TagSession', false],
    ['NotAction, not listed', { NotAction: 'sts:TagSession' }, 'sts:AssumeRole', true],
    ['no action listed', { Action: [] }, 'sts:AssumeRole', false],
  ];
  for (const [name, element, action, matched] of cases) {
    it(`${name} (Action element)`, () => {
      const document = policy({ Effect: 'Allow', Principal: { AWS: '*' }, ...element });
      const { trace } = evaluatePolicy(document, { action, principal: CALLER, context: {} });
      assert.equal(trace[0]?.actionMatched, matched);
    });
  }
});

describe('deciding (Policy evaluation logic)', () => {
  const request: AccessRequest = { action: 'sts:AssumeRole', principal: CALLER, context: { 'k:a': '1' } };
  const everyone = { Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };

  it('denies implicitly if no statement matches', () => {
    const { decision, reason } = evaluatePolicy(
      policy({ Effect: 'Allow', ...everyone, Action: 'sts:TagSession' }),
      request,
    );
    assert.deepEqual({ decision, reason }, { decision: 'deny', reason: 'implicit-deny' });
  });

  it('allows if one of several statements matches', () => {
    const other = { Effect: 'Allow', ...everyone, Condition: { StringEquals: { 'k:a': '2' } } };
    const { decision, reason } = evaluatePolicy(policy(other, { Effect: 'Allow', ...everyone }), request);
    assert.deepEqual({ decision, reason }, { decision: 'allow', reason: 'allowed' });
  });

  it('lets a Deny win in any position', () => {
    for (const statements of [
      [
        { Effect: 'Allow', ...everyone },
        { Effect: 'Deny', ...everyone },
      ],
      [
        { Effect: 'Deny', ...everyone },
        { Effect: 'Allow', ...everyone },
      ],
    ]) {
      const { decision, reason } = evaluatePolicy(policy(...statements), request);
      assert.deepEqual({ decision, reason }, { decision: 'deny', reason: 'explicit-deny' });
    }
  });

  it('traces every statement and condition, even after the one that decides', () => {
    const { trace } = evaluatePolicy(
      policy(
        { Sid: 'First', Effect: 'Allow', ...everyone, Condition: { StringEquals: { 'k:a': ['2', '3'], 'k:b': '1' } } },
        { Effect: 'Allow', ...everyone },
      ),
      request,
    );
    assert.deepEqual(trace, [
      {
        path: 'Statement[0]',
        sid: 'First',
        effect: 'Allow',
        principalMatched: true,
        actionMatched: true,
        conditions: [
          { operator: 'StringEquals', key: 'k:a', expected: ['2', '3'], observed: ['1'], matched: false },
          {
            operator: 'StringEquals',
            key: 'k:b',
            expected: ['1'],
            observed: undefined,
            matched: false,
            note: 'the request has no such key',
          },
        ],
        matched: false,
      },
      {
        path: 'Statement[1]',
        effect: 'Allow',
        principalMatched: true,
        actionMatched: true,
        conditions: [],
        matched: true,
      },
    ]);
  });

  it('explains near misses', () => {
    const notes = [
      { StringEquals: { 'k:a': '*' } },
      { StringEquals: { 'k:b': 'MAIN' } },
      { StringLike: { 'k:b': 'M*' } },
      { StringEqualsIfExists: { 'k:c': 'x' } },
      { StringEquals: { 'k:b': '${k:none}' } },
      { Nonsense: { 'k:b': 'x' } },
      { StringEquals: { 'k:b': [] } },
      { Null: { 'k:b': 'maybe' } },
      { StringEquals: { 'k:list': 'x' } },
      { 'ForAllValues:StringEquals': { 'k:empty': 'x' } },
      { 'ForAllValues:StringEquals': { 'k:c': 'x' } },
      { StringNotEquals: { 'k:c': 'x' } },
    ].map(
      (Condition) =>
        evaluatePolicy(policy({ Effect: 'Allow', ...everyone, Condition }), {
          ...request,
          context: { 'k:a': '1', 'k:b': 'main', 'k:list': ['x', 'y'], 'k:empty': '' },
        }).trace[0]?.conditions[0]?.note,
    );
    assert.deepEqual(notes, [
      'StringEquals takes "*" and "?" literally; StringLike would match',
      'they differ only in upper and lower case, and this operator distinguishes them',
      'they differ only in upper and lower case, and this operator distinguishes them',
      'the request has no such key, and IfExists lets that pass',
      'the request has no k:none, so nothing equals the policy variable',
      'IAM has no condition operator "Nonsense"',
      'the condition lists no value',
      'Null takes "true" (key missing) or "false" (key present)',
      'the request can have several values, which needs ForAnyValue or ForAllValues',
      'an empty value fulfils ForAllValues',
      'the request has no such key, and ForAllValues lets that pass',
      'the request has no such key, and a negated operator lets that pass',
    ]);
  });

  describe('with a key of unknown value', () => {
    const traceOf = (Condition: object, Effect: 'Allow' | 'Deny', context: Context = {}, action = 'sts:AssumeRole') =>
      evaluatePolicy(policy({ Effect, ...everyone, Action: 'sts:*', Condition }), { ...request, action, context })
        .trace[0]?.conditions[0];

    for (const key of [
      'aws:SourceIp',
      'aws:CurrentTime',
      'aws:EpochTime',
      'aws:SecureTransport',
      'aws:UserAgent',
      'aws:RequestedRegion',
      'aws:PrincipalAccount',
      'aws:userid',
      'AWS:SOURCEIP',
      'sts:RoleSessionName',
    ]) {
      it(`fails closed, and reports that ${key} exists (IAM guide, global condition context keys)`, () => {
        for (const operator of ['StringEquals', 'StringNotEquals', 'StringLikeIfExists', 'ForAllValues:StringLike']) {
          const trace = { operator, key, expected: ['x'], observed: undefined, unknownKey: key };
          const note = `${key} is in every request, and not known here`;
          assert.deepEqual(traceOf({ [operator]: { [key]: 'x' } }, 'Allow'), { ...trace, note, matched: false });
          assert.deepEqual(traceOf({ [operator]: { [key]: 'x' } }, 'Deny'), { ...trace, note, matched: true });
        }
        assert.equal(traceOf({ Null: { [key]: 'true' } }, 'Allow')?.matched, false);
        assert.equal(traceOf({ Null: { [key]: 'true' } }, 'Deny')?.matched, true);
      });
    }

    for (const key of [
      'aws:SourceVpc',
      'aws:SourceVpcArn',
      'aws:SourceVpce',
      'aws:VpceAccount',
      'aws:VpceOrgID',
      'aws:VpceOrgPaths',
      'aws:VpcSourceIp',
    ]) {
      it(`does the same for ${key}, which a VPC endpoint adds`, () => {
        assert.deepEqual(
          [traceOf({ StringLike: { [key]: '*' } }, 'Allow'), traceOf({ StringLike: { [key]: '*' } }, 'Deny')].map(
            (trace) => [trace?.matched, trace?.note],
          ),
          [false, true].map((matched) => [matched, `${key} is in requests through a VPC endpoint, and not known here`]),
        );
      });
    }

    it('uses the provided values, and an empty list as an absent key', () => {
      const before = { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } };
      assert.equal(traceOf(before, 'Allow', { 'AWS:CurrentTime': '2029-01-01T00:00:00Z' })?.matched, true);
      const absent = traceOf({ StringEquals: { 'aws:SourceVpce': 'x' } }, 'Deny', { 'aws:sourcevpce': [] });
      assert.deepEqual([absent?.matched, absent?.note], [false, 'the request has no such key']);
    });

    it('expects a session name only for actions that open a session', () => {
      const condition = { StringEquals: { 'sts:RoleSessionName': 'x' } };
      const keys = (action: string) => traceOf(condition, 'Allow', {}, action)?.unknownKey;
      assert.deepEqual(['sts:AssumeRoleWithWebIdentity', 'STS:tagsession', 'sts:SetSourceIdentity'].map(keys), [
        'sts:RoleSessionName',
        'sts:RoleSessionName',
        'sts:RoleSessionName',
      ]);
      assert.deepEqual(
        ['sts:GetCallerIdentity', 'sts:TagSessions', 'x:sts:AssumeRole'].map(keys),
        Array(3).fill(undefined),
      );
    });

    it('names no unknown key for a condition with a wrong operator or no value', () => {
      assert.equal(traceOf({ Nonsense: { 'aws:SourceIp': 'x' } }, 'Allow')?.unknownKey, undefined);
      assert.equal(traceOf({ StringEquals: { 'aws:SourceIp': [] } }, 'Allow')?.unknownKey, undefined);
    });

    it('uses the default of a variable only if the key is missing', () => {
      const names = (key: string) => ({ StringEquals: { 'k:a': `\${${key}, 'x'}` } });
      assert.equal(traceOf(names('k:none'), 'Allow', { 'k:a': 'x' })?.matched, true);
      assert.equal(traceOf(names('aws:userid'), 'Allow', { 'k:a': 'x' })?.unknownKey, 'aws:userid');
      assert.equal(traceOf(names('aws:userid'), 'Allow', { 'k:a': 'y', 'aws:userid': 'y' })?.matched, true);
    });
  });

  it('reads JSON text, and names a single statement without an index', () => {
    const text = JSON.stringify({ Statement: { Effect: 'Allow', ...everyone } });
    assert.equal(evaluatePolicy(text, request).trace[0]?.path, 'Statement');
  });
});

describe('evaluating session policies', () => {
  const S3 = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::site/*' };
  const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::site/a/b', context: { 'k:team': 'blue' } };
  const cases: readonly [name: string, statements: readonly object[], decision: 'allow' | 'deny'][] = [
    ['the resource', [S3], 'allow'],
    ['another resource', [{ ...S3, Resource: 'arn:aws:s3:::other/*' }], 'deny'],
    ['any resource', [{ ...S3, Resource: '*' }], 'allow'],
    ['one of several resources', [{ ...S3, Resource: ['arn:aws:s3:::other', 'arn:aws:s3:::site/?/*'] }], 'allow'],
    ['another action', [{ ...S3, Action: 's3:PutObject' }], 'deny'],
    ['action wildcards', [{ ...S3, Action: 's3:Get*' }], 'allow'],
    ['NotAction', [{ Effect: 'Allow', NotAction: 's3:Put*', Resource: '*' }], 'allow'],
    ['NotResource, listed', [{ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::site/*' }], 'deny'],
    ['NotResource, not listed', [{ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::other/*' }], 'allow'],
    ['a variable in the resource', [{ ...S3, Resource: "arn:aws:s3:::site/${k:team, 'x'}/*" }], 'deny'],
    ['a variable that matches', [{ ...S3, Resource: "arn:aws:s3:::s${k:none, 'ite'}/*" }], 'allow'],
    ['a variable without a value matches no resource', [{ ...S3, Resource: 'arn:aws:s3:::site/*${k:none}' }], 'deny'],
    ['a broken variable fails closed in an Allow', [{ ...S3, Resource: 'arn:aws:s3:::site/${' }], 'deny'],
    ['a variable whose value is not known, in an Allow', [{ ...S3, Resource: 'arn:aws:s3:::${aws:userid}/*' }], 'deny'],
    [
      'a variable whose value is not known, in a Deny',
      [S3, { ...S3, Effect: 'Deny', Resource: 'arn:aws:s3:::${aws:userid}/*' }],
      'deny',
    ],
    [
      'a broken variable fails closed in a Deny',
      [S3, { ...S3, Effect: 'Deny', Resource: 'arn:aws:s3:::x/${' }],
      'deny',
    ],
    ['a Deny on another resource', [S3, { ...S3, Effect: 'Deny', Resource: 'arn:aws:s3:::x/*' }], 'allow'],
    ['a Deny on the resource', [S3, { ...S3, Effect: 'Deny' }], 'deny'],
    ['a condition', [{ ...S3, Condition: { StringEquals: { 'k:team': 'red' } } }], 'deny'],
  ];
  for (const [name, statements, decision] of cases) {
    it(`${name}: ${decision} (Policies and permissions, session policies)`, () => {
      assert.equal(evaluateSessionPolicy(policy(...statements), get).decision, decision);
    });
  }

  it('takes variables in resources literally in the 2008 version', () => {
    const literal = { ...get, resource: 'arn:aws:s3:::site/${k:team}' };
    const document = (Version: string) => ({ Version, Statement: { ...S3, Resource: literal.resource } });
    assert.equal(evaluateSessionPolicy(document('2008-10-17'), literal).decision, 'allow');
    assert.equal(evaluateSessionPolicy(document('2012-10-17'), literal).decision, 'deny');
  });

  it('reports that a statement is about other resources', () => {
    const [statement] = evaluateSessionPolicy(policy({ ...S3, Resource: 'arn:aws:s3:::other/*' }), get).trace;
    assert.deepEqual([statement?.actionMatched, statement?.note], [true, 'the statement is about other resources']);
  });
});
