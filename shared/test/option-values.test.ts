import assert from 'node:assert/strict';
import { isLoopback } from '../src/net/secret-url.ts';
import { textOf } from '../src/options/raw-option.ts';
import {
  oneOf,
  Problem,
  parseAccountId,
  parseBoolean,
  parseEndpoint,
  parseExternalId,
  parsePolicyArn,
  parseProfile,
  parseRoleOfProfile,
  parseSessionName,
  parseSessionPolicy,
  parseTag,
  parseVariablePrefix,
  refuseUndefinedVariable,
  wholeNumber,
} from '../src/options/values.ts';

/** Accepted values of each reader, and rejected ones that differ by one character. */
const READERS: readonly {
  readonly name: string;
  readonly read: (text: string) => unknown;
  readonly takes: readonly (readonly [text: string, value: unknown])[];
  readonly refuses: readonly string[];
}[] = [
  {
    name: 'account id',
    read: parseAccountId,
    takes: [['123456789012', '123456789012']],
    refuses: ['12345678901', '1234567890123', 'x123456789012', '123456789012x', '12345678901x'],
  },
  {
    name: 'profile',
    read: parseProfile,
    takes: [
      ['a', 'a'],
      ['A_z.0@+-', 'A_z.0@+-'],
      ['x'.repeat(64), 'x'.repeat(64)],
    ],
    refuses: ['a b', ' a', 'a]', '[a', 'a\nb', 'x'.repeat(65)],
  },
  {
    name: 'role of a profile',
    read: (text) => {
      const { profile, role } = parseRoleOfProfile(text);
      return [profile, role.arn];
    },
    takes: [['a = arn:aws:iam::123456789012:role/b', ['a', 'arn:aws:iam::123456789012:role/b']]],
    refuses: [
      '=arn:aws:iam::123456789012:role/b',
      'arn:aws:iam::123456789012:role/b',
      'a=',
      'a b=arn:aws:iam::123456789012:role/b',
    ],
  },
  {
    name: 'session name',
    read: parseSessionName,
    takes: [
      ['ab', 'ab'],
      ['=,.@+-_9', '=,.@+-_9'],
    ],
    refuses: ['a', 'a b', 'x'.repeat(65), 'ab\n'],
  },
  {
    name: 'external id',
    read: parseExternalId,
    takes: [
      ['ab', 'ab'],
      ['a/b:c=d,e.f@g-h_i+j', 'a/b:c=d,e.f@g-h_i+j'],
      ['x'.repeat(1224), 'x'.repeat(1224)],
    ],
    refuses: ['a', '!ab', 'ab!', 'x'.repeat(1225)],
  },
  {
    name: 'tag',
    read: parseTag,
    takes: [
      ['run', 'run'],
      ['true', 'run'],
      ['false', 'none'],
      ['Team=web', ['Team', 'web']],
      ['Team=', ['Team', '']],
      ['Größe 1=a=b', ['Größe 1', 'a=b']],
      [`${'k'.repeat(128)}=${'v'.repeat(256)}`, ['k'.repeat(128), 'v'.repeat(256)]],
    ],
    refuses: ['Team', '=web', '#Team=web', 'Team=web#', `${'k'.repeat(129)}=v`, `k=${'v'.repeat(257)}`],
  },
  {
    name: 'managed policy',
    read: parsePolicyArn,
    takes: [
      ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
      ['arn:aws-us-gov:iam::123456789012:policy/team/own', 'arn:aws-us-gov:iam::123456789012:policy/team/own'],
    ],
    refuses: [
      'xarn:aws:iam::aws:policy/a',
      'arn:aws:iam::aws:policy/a b',
      'arn:aws:iam::aws:policy/',
      'arn:aws-:iam::aws:policy/a',
      'arn:aws-1:iam::aws:policy/a',
      'arn:aws:iam::12345678901:policy/a',
      'arn:aws:iam::aws:role/a',
      `arn:aws:iam::aws:policy/${'x'.repeat(1001)}`,
    ],
  },
  {
    name: 'session policy',
    read: parseSessionPolicy,
    takes: [['{ "Statement": [ ] }', '{"Statement":[]}']],
    refuses: ['null', '"Statement"', '1', '{}', '[]', '{"Statement":[]', '{"Statement":[],"Id":"\u{1f680}"}'],
  },
  {
    name: 'prefix of variables',
    read: parseVariablePrefix,
    takes: [
      ['A', 'A'],
      ['_x9', '_x9'],
      ['x'.repeat(64), 'x'.repeat(64)],
    ],
    refuses: ['9x', 'a-b', '-a', 'a ', 'x'.repeat(65)],
  },
  {
    name: 'boolean',
    read: parseBoolean,
    takes: [
      ['true', true],
      ['False', false],
      ['TRUE', true],
    ],
    refuses: ['1', 'yes', 'truely', 'untrue', ''],
  },
  {
    name: 'number',
    read: wholeNumber(2, 10, 'things'),
    takes: [
      ['2', 2],
      ['10', 10],
      ['007', 7],
    ],
    refuses: ['1', '11', 'x5', '5x', '5.0', '-5', '+5', ' 5', '0000000005'],
  },
  {
    name: 'one of a list',
    read: oneOf(['a', 'b']),
    takes: [['b', 'b']],
    refuses: ['c', 'A', 'ab'],
  },
  {
    name: 'endpoint',
    read: parseEndpoint,
    takes: [
      ['https://sts.example.com', 'https://sts.example.com'],
      ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
      ['http://[::1]:4566', 'http://[::1]:4566'],
      ['http://localhost:4566', 'http://localhost:4566'],
    ],
    refuses: [
      'http://127.0.0.1.example.com',
      'http://localhost.example.com',
      'http://sts.localhost',
      'ftp://localhost',
      'ws://127.0.0.1',
      'http://10.0.0.1',
    ],
  },
  {
    name: 'value that is defined',
    read: (text) => refuseUndefinedVariable(text),
    takes: [
      ['a$B', undefined],
      ['$5 off', undefined],
      ['', undefined],
    ],
    refuses: ['$NAME', '${NAME}', '$(NAME)', '$(a b)'],
  },
];

describe('the reader of an option', () => {
  for (const { name, read, takes, refuses } of READERS) {
    for (const [text, value] of takes) {
      it(`accepts as a ${name}: ${JSON.stringify(text.slice(0, 60))}`, () => assert.deepEqual(read(text), value));
    }
    for (const text of refuses) {
      it(`rejects as a ${name}: ${JSON.stringify(text.slice(0, 60))}`, () => {
        assert.throws(
          () => read(text),
          (error) => error instanceof Problem && error.message.length > 20,
        );
      });
    }
  }

  it('reports the place of a JSON error', () => {
    assert.throws(() => parseSessionPolicy('{"Statement": [], }'), /^Error: is not valid JSON, see character 19$/);
  });

  it('reads a list of lines as one text', () => {
    assert.equal(textOf(['{"a":', '1}']), '{"a":\n1}');
    assert.equal(textOf(undefined), '');
    assert.equal(textOf('  x '), 'x');
  });
});

describe('this machine', () => {
  for (const host of ['127.0.0.1', '127.255.255.254', '[::1]', 'localhost']) {
    it(`is ${host}`, () => assert.equal(isLoopback(host), true));
  }
  for (const host of [
    '128.0.0.1',
    '1127.0.0.1',
    '127.0.0.1.example.com',
    '[::2]',
    'mylocalhost',
    'sts.localhost',
    'localhost.',
    'localhost.com',
    '',
  ]) {
    it(`is not ${host || 'nothing'}`, () => assert.equal(isLoopback(host), false));
  }
});
