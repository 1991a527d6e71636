import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PolicySyntaxError } from '../src/index.ts';
import { containerTextAt, findDuplicateMember } from '../src/policy/json-text.ts';
import { parseSessionPolicy, parseTrustPolicy } from '../src/policy/policy-document.ts';

const GOOD = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
const withStatement = (statement: unknown): object => ({ Version: '2012-10-17', Statement: [statement] });

describe('reading a policy', () => {
  const cases: readonly [name: string, policy: unknown, path: string, reason: string][] = [
    [
      'text that is not JSON',
      '{"Version"',
      '',
      'it is not JSON. Line 1, column 11: the text ends here, and ":" is missing after a member name.',
    ],
    ['no text', ' \n', '', 'it is empty.'],
    ['too long a text', ' '.repeat(131_073), '', 'it has 131073 characters; IAM takes at most 131072.'],
    ['a list', [], '', 'a policy must be a JSON object.'],
    ['null', null, '', 'a policy must be a JSON object.'],
    ['a number', 7, '', 'a policy must be a JSON object.'],
    ['undefined', undefined, '', 'a policy must be a JSON object.'],
    ['an unknown element', { ...withStatement(GOOD), Extra: 1 }, '/Extra', 'a policy has no such element.'],
    [
      'an element in another case',
      { statement: [GOOD] },
      '/statement',
      'element names are case-sensitive; this one is Statement.',
    ],
    [
      'an unknown version',
      { Version: '2020-01-01', Statement: [GOOD] },
      '/Version',
      'Version must be "2012-10-17" (or the older "2008-10-17").',
    ],
    ['an Id that is no text', { Id: 1, Statement: [GOOD] }, '/Id', 'Id must be a string.'],
    ['no statement', { Version: '2012-10-17' }, '', 'it has no Statement.'],
    ['an empty list of statements', { Statement: [] }, '/Statement', 'the list of statements is empty.'],
    ['a statement that is text', withStatement('x'), '/Statement/0', 'a statement must be a JSON object.'],
    ['a lone statement that is null', { Statement: null }, '/Statement', 'a statement must be a JSON object.'],
    [
      'an unknown statement element',
      withStatement({ ...GOOD, 'a/b~c': 1 }),
      '/Statement/0/a~1b~0c',
      'a statement has no such element.',
    ],
    [
      'a statement element in another case',
      withStatement({ ...GOOD, action: 'x' }),
      '/Statement/0/action',
      'element names are case-sensitive; this one is Action.',
    ],
    [
      'no effect',
      withStatement({ ...GOOD, Effect: undefined }),
      '/Statement/0/Effect',
      'Effect must be "Allow" or "Deny".',
    ],
    [
      'an effect in another case',
      withStatement({ ...GOOD, Effect: 'allow' }),
      '/Statement/0/Effect',
      'Effect must be "Allow" or "Deny".',
    ],
    ['no action', withStatement({ ...GOOD, Action: undefined }), '/Statement/0', 'the statement has no Action.'],
    [
      'an action that is a number',
      withStatement({ ...GOOD, Action: [1] }),
      '/Statement/0/Action',
      'Action must be a string or a list of strings.',
    ],
    [
      'Action and NotAction',
      withStatement({ ...GOOD, NotAction: 'x' }),
      '/Statement/0',
      'the statement has both Action and NotAction.',
    ],
    [
      'no principal',
      withStatement({ ...GOOD, Principal: undefined }),
      '/Statement/0',
      'the statement has no Principal; a trust policy must name the identities that it trusts.',
    ],
    ['an empty principal', withStatement({ ...GOOD, Principal: {} }), '/Statement/0/Principal', 'Principal is empty.'],
    [
      'a principal that is a list',
      withStatement({ ...GOOD, Principal: ['*'] }),
      '/Statement/0/Principal',
      'Principal (unless it is "*") must be a JSON object.',
    ],
    [
      'a principal that is another text',
      withStatement({ ...GOOD, Principal: 'arn:x' }),
      '/Statement/0/Principal',
      'Principal (unless it is "*") must be a JSON object.',
    ],
    [
      'a principal value that is null',
      withStatement({ ...GOOD, Principal: { AWS: null } }),
      '/Statement/0/Principal/AWS',
      'AWS must be a string or a list of strings.',
    ],
    [
      'Principal and NotPrincipal',
      withStatement({ ...GOOD, NotPrincipal: '*' }),
      '/Statement/0',
      'the statement has both Principal and NotPrincipal.',
    ],
    [
      'a resource',
      withStatement({ ...GOOD, Resource: '*' }),
      '/Statement/0/Resource',
      'a trust policy cannot have a Resource: the role is the resource.',
    ],
    [
      'a NotResource',
      withStatement({ ...GOOD, NotResource: '*' }),
      '/Statement/0/NotResource',
      'a trust policy cannot have a Resource: the role is the resource.',
    ],
    [
      'a Sid that is a number',
      withStatement({ ...GOOD, Sid: 7 }),
      '/Statement/0/Sid',
      'Sid may only hold letters and digits.',
    ],
    [
      'a Sid with a space',
      withStatement({ ...GOOD, Sid: 'a b' }),
      '/Statement/0/Sid',
      'Sid may only hold letters and digits.',
    ],
    [
      'a Sid used twice',
      {
        Statement: [
          { ...GOOD, Sid: 'A' },
          { ...GOOD, Sid: 'A' },
        ],
      },
      '/Statement/1/Sid',
      'Sid "A" is used by two statements.',
    ],
    [
      'a condition that is text',
      withStatement({ ...GOOD, Condition: 'x' }),
      '/Statement/0/Condition',
      'Condition must be a JSON object.',
    ],
    [
      'an operator that is text',
      withStatement({ ...GOOD, Condition: { Bool: 'x' } }),
      '/Statement/0/Condition/Bool',
      'the block of Bool must be a JSON object.',
    ],
    [
      'a value that is null',
      withStatement({ ...GOOD, Condition: { Bool: { 'a/b:c': null } } }),
      '/Statement/0/Condition/Bool/a~1b:c',
      'a condition value must be a string, a number, a boolean, or a list of them.',
    ],
    [
      'a value that is an object',
      withStatement({ ...GOOD, Condition: { Bool: { k: [{}] } } }),
      '/Statement/0/Condition/Bool/k',
      'a condition value must be a string, a number, a boolean, or a list of them.',
    ],
  ];
  for (const [name, policy, path, reason] of cases) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseTrustPolicy(policy),
        (error: unknown) => {
          assert.ok(error instanceof PolicySyntaxError);
          assert.equal(error.path, path);
          assert.equal(error.reason, reason);
          assert.equal(error.name, 'PolicySyntaxError');
          assert.equal(error.message, `The policy is not valid${path === '' ? '' : ` at ${path}`}: ${reason}`);
          return true;
        },
      );
    });
  }

  it('refuses a principal or no resource in a session policy', () => {
    const session = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
    assert.throws(() => parseSessionPolicy({ Statement: { ...session, Principal: '*' } }), /cannot have a Principal/);
    assert.throws(() => parseSessionPolicy({ Statement: { ...session, Resource: undefined } }), /no Resource/);
    assert.equal(parseSessionPolicy({ Statement: session }).statements.length, 1);
  });

  it('accepts the largest input that IAM accepts', () => {
    const text = JSON.stringify({ Id: 'one', Statement: GOOD });
    assert.equal(parseTrustPolicy(text.padEnd(131_072)).lengthWithoutSpaces, text.length);
  });

  it('accepts text that begins with a byte order mark', () => {
    assert.equal(parseTrustPolicy(`\uFEFF${JSON.stringify({ Statement: GOOD })}`).statements.length, 1);
  });

  it('refuses more than twice the size that IAM stores', () => {
    const policyOfLength = (length: number) => ({ Statement: { ...GOOD, Sid: 'a'.repeat(length) } });
    const empty = JSON.stringify(policyOfLength(0)).length;
    assert.equal(parseTrustPolicy(policyOfLength(8192 - empty)).lengthWithoutSpaces, 8192);
    for (const policy of [policyOfLength(8193 - empty), JSON.stringify(policyOfLength(8193 - empty))]) {
      assert.throws(
        () => parseTrustPolicy(policy),
        /it has 8193 characters without white space; IAM stores at most 4096 in a trust policy/,
      );
    }
  });

  it('refuses a document that is nested too deeply, as text and as an object', () => {
    const text = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    for (const policy of [text, JSON.parse(text), `${'['.repeat(60_000)}${']'.repeat(60_000)}`]) {
      assert.throws(() => parseTrustPolicy(policy), /it is nested deeper than any policy/);
    }
  });

  it('keeps the digits of a number that JavaScript would round', () => {
    const values = (list: string) =>
      parseTrustPolicy(
        JSON.stringify({ Statement: { ...GOOD, Condition: { NumericEquals: { k: 'LIST' } } } }).replace('"LIST"', list),
      ).statements[0]?.conditions[0]?.values;
    assert.deepEqual(values('[9007199254740993, 7, -1.50, 1e3, "1e3 9007199254740993", true]'), [
      '9007199254740993',
      '7',
      '-1.50',
      '1e3',
      '1e3 9007199254740993',
      'true',
    ]);
    for (const list of ['[01]', '[0123456789012345678]', '["12345678901234567890]', '[1.]', '[+1]']) {
      assert.throws(() => values(list), /it is not JSON/, list);
    }
  });

  it('treats a policy without Version as the older version, and "*" as everyone', () => {
    const { version, statements } = parseTrustPolicy({ Statement: { ...GOOD, Principal: '*' } });
    assert.equal(version, '2008-10-17');
    assert.deepEqual(
      statements.map(({ principal }) => principal),
      [{ negated: false, pointer: '/Statement/Principal', everyone: true, entries: [] }],
    );
  });

  it('allows one empty Sid after another', () => {
    assert.equal(
      parseTrustPolicy({
        Statement: [
          { ...GOOD, Sid: '' },
          { ...GOOD, Sid: '' },
        ],
      }).statements.length,
      2,
    );
  });

  it('does not quote the document in its message', () => {
    assert.throws(
      () => parseTrustPolicy('{"secret-looking": nonsense'),
      (error: Error) => !error.message.includes('secret'),
    );
  });

  it('treats __proto__ as a normal key', () => {
    const text =
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"Bool":{"__proto__":"true"}}}}';
    assert.deepEqual(
      parseTrustPolicy(text).statements[0]?.conditions.map(({ key }) => key),
      ['__proto__'],
    );
  });

  it('does not count white space towards the quota', () => {
    assert.equal(
      parseTrustPolicy(JSON.stringify({ Statement: GOOD }, null, 4)).lengthWithoutSpaces,
      JSON.stringify({ Statement: GOOD }).length,
    );
  });
});

describe('finding a duplicate member', () => {
  const cases: readonly [text: string, pointer: string | undefined][] = [
    ['{"a":1,"b":{"a":1}}', undefined],
    ['{"a":1,"a":2}', '/a'],
    ['{"a":{"b":[{"c":1},{"c":1,"d":2,"c":3}]}}', '/a/b/1/c'],
    ['[{"a":1},{"a":1}]', undefined],
    ['[[1,2],{"x":[],"x":{}}]', '/1/x'],
    ['{"a\\"b":1,"a\\u0022b":2}', '/a"b'],
    ['{"a":"a","b":"a"}', undefined],
    ['{"a":["a","a"],"b":"}"}', undefined],
    ['{"x/y":{"~":1,"~":2}}', '/x~1y/~0'],
    ['{"a":{},"a":1}', '/a'],
    ['"a"', undefined],
    ['7', undefined],
    ['[["a"],["a"],{"a":1,"a":2}]', '/2/a'],
    ['{"a":[{"b":1},{"b":1}],"c":{"a":1},"c":2}', '/c'],
    ['{ "a" :1, "b": ["a", {"c": "a:", "c" : 2}]}', '/b/1/c'],
    ['{"":1,"":2}', '/'],
    ['{"a\\\\":1,"a\\\\":2}', '/a\\'],
  ];
  for (const [text, pointer] of cases) {
    it(`${text}: ${pointer ?? 'none'}`, () => assert.equal(findDuplicateMember(text)?.pointer, pointer));
  }

  it('finds none in the output of JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => assert.equal(findDuplicateMember(JSON.stringify(value)), undefined)),
    );
  });

  it('keeps a repeated operator from losing its first conditions', () => {
    const text =
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"Bool":{"a":"true"},"Bool":{"b":"true"}}}}';
    assert.throws(() => parseTrustPolicy(text), /at \/Statement\/Condition\/Bool: "Bool" appears twice/);
  });
});

describe('finding the text of an object inside a JSON text', () => {
  const cases: readonly [text: string, pointer: string, found: string | undefined][] = [
    ['{"a": {"b": [1, {"c": 2}]}, "d": {}}', '/a', '{"b": [1, {"c": 2}]}'],
    ['{"a": {"b": [1, {"c": 2}]}, "d": {}}', '/a/b', '[1, {"c": 2}]'],
    ['{"a": {"b": [1, {"c": 2}]}, "d": {}}', '/a/b/1', '{"c": 2}'],
    ['{"a": "{}", "d": { "x": "}" }}', '/d', '{ "x": "}" }'],
    ['{"a": 1}', '/a', undefined],
    ['{"a": 1}', '', '{"a": 1}'],
  ];
  for (const [text, pointer, expected] of cases) {
    it(`${text} at "${pointer}": ${expected}`, () => assert.equal(containerTextAt(text, pointer), expected));
  }
});
