import type { Context } from '../src/index.ts';

/** One condition, evaluated in a statement that otherwise matches. */
export interface ConditionCase {
  readonly name: string;
  readonly source: string;
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly context?: Context;
  readonly matches: boolean;
  /** Default Allow. In a Deny an unknown answer must count as a match. */
  readonly effect?: 'Deny';
  /** Default 2012-10-17; null leaves Version out. */
  readonly version?: '2008-10-17' | null;
}

const OPERATORS = 'IAM User Guide: IAM JSON policy elements: Condition operators';
const SETS = 'IAM User Guide: Single-valued vs. multivalued context keys';
const LOGIC = 'IAM User Guide: Conditions with multiple context keys or values';
const VARIABLES = 'IAM User Guide: IAM policy elements: Variables and tags';
const KEYS = 'IAM User Guide: IAM JSON policy elements: Condition';
const FAIL_CLOSED = 'DESIGN: fails closed on what it does not know';
const MATCHING = 'facts/aws-and-peers 2.7';

const one = (operator: string, value: unknown, key = 'k:a') => ({ [operator]: { [key]: value } });
const has = (value: string | readonly string[], key = 'k:a'): Context => ({ [key]: value });

type Row = readonly [name: string, condition: ConditionCase['condition'], context: Context, matches: boolean];

function cases(source: string, rows: readonly Row[], more: Partial<ConditionCase> = {}): ConditionCase[] {
  return rows.map(([name, condition, context, matches]) => ({ source, name, condition, context, matches, ...more }));
}

const STRINGS = cases(OPERATORS, [
  ['StringEquals: the same text', one('StringEquals', 'main'), has('main'), true],
  ['StringEquals: another text', one('StringEquals', 'main'), has('mainline'), false],
  ['StringEquals: case counts', one('StringEquals', 'main'), has('Main'), false],
  ['StringEquals: the empty text equals itself', one('StringEquals', ''), has(''), true],
  ['StringEquals: missing key', one('StringEquals', 'main'), {}, false],
  ['StringNotEquals: the same text', one('StringNotEquals', 'main'), has('main'), false],
  ['StringNotEquals: another text', one('StringNotEquals', 'main'), has('dev'), true],
  ['StringNotEquals: missing key', one('StringNotEquals', 'main'), {}, true],
  ['StringEqualsIgnoreCase: other case', one('StringEqualsIgnoreCase', 'Main'), has('mAIN'), true],
  ['StringEqualsIgnoreCase: another text', one('StringEqualsIgnoreCase', 'main'), has('dev'), false],
  ['StringEqualsIgnoreCase: "*" is literal', one('StringEqualsIgnoreCase', 'M*'), has('main'), false],
  ['StringNotEqualsIgnoreCase: other case', one('StringNotEqualsIgnoreCase', 'MAIN'), has('main'), false],
  ['StringNotEqualsIgnoreCase: another text', one('StringNotEqualsIgnoreCase', 'MAIN'), has('dev'), true],
  ['StringNotEqualsIgnoreCase: missing key', one('StringNotEqualsIgnoreCase', 'MAIN'), {}, true],
  ['StringLike: "*" is any run', one('StringLike', 'repo:*'), has('repo:acme/site:ref'), true],
  ['StringLike: "*" is also nothing', one('StringLike', 'repo*'), has('repo'), true],
  ['StringLike: "?" is one character', one('StringLike', 'v?'), has('v1'), true],
  ['StringLike: "?" is not nothing', one('StringLike', 'v?'), has('v'), false],
  ['StringLike: "?" is not two', one('StringLike', 'v?'), has('v12'), false],
  ['StringLike: no wildcard is equality', one('StringLike', 'main'), has('main'), true],
  ['StringLike: no wildcard is not a prefix', one('StringLike', 'main'), has('mainline'), false],
  ['StringLike: case counts', one('StringLike', 'Repo:*'), has('repo:x'), false],
  ['StringLike: a lone "*" takes the empty text', one('StringLike', '*'), has(''), true],
  ['StringLike: a lone "*" needs the key', one('StringLike', '*'), {}, false],
  ['StringLike: several wildcards', one('StringLike', 'a*b?c*d'), has('a--bxc++d'), true],
  ['StringLike: both ends are anchored', one('StringLike', '*:prod'), has('x:prod:y'), false],
  ['StringLike: prefix and suffix may not overlap', one('StringLike', 'aba*aba'), has('aba'), false],
  ['StringNotLike: matches', one('StringNotLike', 'dev-*'), has('dev-1'), false],
  ['StringNotLike: does not match', one('StringNotLike', 'dev-*'), has('prod'), true],
  ['StringNotLike: missing key', one('StringNotLike', 'dev-*'), {}, true],
]);

const ON_SUBJECTS = cases(MATCHING, [
  ['StringEquals: "*" is literal', one('StringEquals', '{r}:*'), has('{r}:{s}'), false],
  ['StringEquals: "*" equals "*"', one('StringEquals', '{r}:*'), has('{r}:*'), true],
  ['StringLike: "*" crosses colons', one('StringLike', '{r}:*'), has('{r}:{e}:{s}'), true],
  ['StringLike: "*" crosses slashes', one('StringLike', 'sc://acme/*'), has('sc://acme/p/c'), true],
  ['StringLike: braces are literal', one('StringLike', '{r}*:{e}:*'), has('{r}:{e}:{s}'), true],
  ['StringLike: braces are no alternatives', one('StringLike', '{a,b}'), has('a'), false],
  ['StringLike: brackets are no sets', one('StringLike', '[ab]'), has('a'), false],
  ['StringLike: a backslash is literal', one('StringLike', 'a\\*'), has('a\\x'), true],
  ['StringLike: regular expressions are literal', one('StringLike', 'a.c'), has('abc'), false],
]);

const NUMBERS = cases(OPERATORS, [
  ['NumericEquals: equal', one('NumericEquals', '10'), has('10'), true],
  ['NumericEquals: compares numbers, not text', one('NumericEquals', '10'), has('10.0'), true],
  ['NumericEquals: JSON number', one('NumericEquals', 10), has('10'), true],
  ['NumericEquals: other', one('NumericEquals', '10'), has('9'), false],
  ['NumericEquals: negative', one('NumericEquals', '-1'), has('-1'), true],
  ['NumericNotEquals: other', one('NumericNotEquals', '10'), has('9'), true],
  ['NumericNotEquals: equal', one('NumericNotEquals', '10'), has('10'), false],
  ['NumericNotEquals: missing key', one('NumericNotEquals', '10'), {}, true],
  ['NumericLessThan: less', one('NumericLessThan', '10'), has('9'), true],
  ['NumericLessThan: equal', one('NumericLessThan', '10'), has('10'), false],
  ['NumericLessThan: as numbers 9 < 10', one('NumericLessThan', '10'), has('9.5'), true],
  ['NumericLessThanEquals: equal', one('NumericLessThanEquals', '10'), has('10'), true],
  ['NumericLessThanEquals: greater', one('NumericLessThanEquals', '10'), has('11'), false],
  ['NumericGreaterThan: greater', one('NumericGreaterThan', '10'), has('100'), true],
  ['NumericGreaterThan: equal', one('NumericGreaterThan', '10'), has('10'), false],
  ['NumericGreaterThanEquals: equal', one('NumericGreaterThanEquals', '10'), has('10'), true],
  ['NumericGreaterThanEquals: less', one('NumericGreaterThanEquals', '10'), has('9'), false],
  ['NumericLessThan: missing key', one('NumericLessThan', '10'), {}, false],
]);

const DATES = cases(OPERATORS, [
  ['DateLessThan: before', one('DateLessThan', '2026-06-30T00:00:00Z'), has('2026-06-29T23:59:59Z'), true],
  ['DateLessThan: the same moment', one('DateLessThan', '2026-06-30T00:00:00Z'), has('2026-06-30T00:00:00Z'), false],
  ['DateLessThanEquals: the same moment', one('DateLessThanEquals', '2026-06-30'), has('2026-06-30T00:00:00Z'), true],
  ['DateLessThanEquals: after', one('DateLessThanEquals', '2026-06-30'), has('2026-06-30T00:00:01Z'), false],
  ['DateGreaterThan: after', one('DateGreaterThan', '2026-06-30'), has('2026-07-01'), true],
  ['DateGreaterThan: before', one('DateGreaterThan', '2026-06-30'), has('2026-06-01'), false],
  ['DateGreaterThanEquals: the same', one('DateGreaterThanEquals', '2026-06'), has('2026-06-01'), true],
  ['DateGreaterThanEquals: before', one('DateGreaterThanEquals', '2026-06'), has('2026-05-31'), false],
  ['DateEquals: with another zone', one('DateEquals', '2026-06-30T12:00:00Z'), has('2026-06-30T14:00:00+02:00'), true],
  ['DateEquals: seconds since 1970', one('DateEquals', '1970-01-02T00:00:00Z'), has('86400'), true],
  ['DateEquals: other', one('DateEquals', '2026-06-30'), has('2026-06-29'), false],
  ['DateNotEquals: other', one('DateNotEquals', '2026-06-30'), has('2026-06-29'), true],
  ['DateNotEquals: the same', one('DateNotEquals', '2026-06-30'), has('2026-06-30'), false],
  ['DateEquals: missing key', one('DateEquals', '2026-06-30'), {}, false],
]);

const BOOLEANS_AND_BYTES = cases(OPERATORS, [
  ['Bool: true', one('Bool', 'true'), has('true'), true],
  ['Bool: false is not true', one('Bool', 'true'), has('false'), false],
  ['Bool: JSON boolean', one('Bool', true), has('true'), true],
  ['Bool: false', one('Bool', 'false'), has('false'), true],
  ['Bool: case of the value does not count', one('Bool', 'True'), has('true'), true],
  ['Bool: missing key', one('Bool', 'false'), {}, false],
  ['BinaryEquals: the same bytes', one('BinaryEquals', 'QmluYXJ5'), has('QmluYXJ5'), true],
  ['BinaryEquals: other bytes', one('BinaryEquals', 'QmluYXJ5'), has('QmluYXJ6'), false],
  ['Null true: missing key', one('Null', 'true'), {}, true],
  ['Null true: present key', one('Null', 'true'), has('x'), false],
  ['Null false: present key', one('Null', 'false'), has('x'), true],
  ['Null false: missing key', one('Null', 'false'), {}, false],
  ['Null: JSON boolean', one('Null', true), {}, true],
]);

const ADDRESSES = cases(OPERATORS, [
  ['IpAddress: in the block', one('IpAddress', '203.0.113.0/24'), has('203.0.113.77'), true],
  ['IpAddress: outside the block', one('IpAddress', '203.0.113.0/24'), has('203.0.114.1'), false],
  ['IpAddress: a single address', one('IpAddress', '203.0.113.5'), has('203.0.113.5'), true],
  ['IpAddress: a single address is a /32', one('IpAddress', '203.0.113.5'), has('203.0.113.6'), false],
  ['IpAddress: /0 is every address', one('IpAddress', '0.0.0.0/0'), has('198.51.100.1'), true],
  ['IpAddress: an odd length', one('IpAddress', '10.0.0.0/9'), has('10.127.255.255'), true],
  ['IpAddress: past an odd length', one('IpAddress', '10.0.0.0/9'), has('10.128.0.0'), false],
  ['IpAddress: one of several blocks', one('IpAddress', ['10.0.0.0/8', '203.0.113.0/24']), has('203.0.113.1'), true],
  ['IpAddress: IPv6 block', one('IpAddress', '2001:DB8:1234:5678::/64'), has('2001:db8:1234:5678::1'), true],
  [
    'IpAddress: outside an IPv6 block',
    one('IpAddress', '2001:db8:1234:5678::/64'),
    has('2001:db8:1234:5679::1'),
    false,
  ],
  ['IpAddress: spellings of one IPv6 address', one('IpAddress', '2001:db8::1'), has('2001:db8:0:0:0:0:0:1'), true],
  ['IpAddress: IPv4 is not in an IPv6 block', one('IpAddress', '::/0'), has('203.0.113.1'), false],
  ['IpAddress: IPv4 within IPv6', one('IpAddress', '::ffff:192.0.2.0/120'), has('::ffff:192.0.2.9'), true],
  ['IpAddress: a full IPv6 address', one('IpAddress', '1:2:3:4:5:6:7:8'), has('1:2:3:4:5:6:7:8'), true],
  [
    'IpAddress: an IPv4 address as a block of all its bits',
    one('IpAddress', '203.0.113.5/32'),
    has('203.0.113.5'),
    true,
  ],
  ['IpAddress: an IPv6 gap of one group', one('IpAddress', '1:2:3:4:5:6:7::'), has('1:2:3:4:5:6:7:0'), true],
  ['IpAddress: an IPv6 gap before one group', one('IpAddress', '::2:3:4:5:6:7:8'), has('0:2:3:4:5:6:7:8'), true],
  ['IpAddress: an IPv6 gap alone', one('IpAddress', '::'), has('0:0:0:0:0:0:0:0'), true],
  [
    'IpAddress: IPv4 at the end of six groups',
    one('IpAddress', '1:2:3:4:5:6:1.2.3.4'),
    has('1:2:3:4:5:6:102:304'),
    true,
  ],
  ['IpAddress: missing key', one('IpAddress', '0.0.0.0/0'), {}, false],
  ['NotIpAddress: in the block', one('NotIpAddress', '203.0.113.0/24'), has('203.0.113.77'), false],
  ['NotIpAddress: outside the block', one('NotIpAddress', '203.0.113.0/24'), has('198.51.100.1'), true],
  ['NotIpAddress: missing key', one('NotIpAddress', '203.0.113.0/24'), {}, true],
]);

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const ARNS = cases(OPERATORS, [
  ['ArnEquals: the same', one('ArnEquals', ROLE), has(ROLE), true],
  ['ArnEquals: takes wildcards like ArnLike', one('ArnEquals', 'arn:aws:iam::*:role/dep*'), has(ROLE), true],
  ['ArnLike: each part by itself', one('ArnLike', 'arn:aws:*:role/deploy'), has(ROLE), false],
  [
    'ArnLike: "*" in the last part crosses colons',
    one('ArnLike', 'arn:aws:sns:*:*:*'),
    has('arn:aws:sns:eu-west-1:1:a:b'),
    true,
  ],
  ['ArnLike: "?"', one('ArnLike', 'arn:aws:iam::12345678901?:role/deploy'), has(ROLE), true],
  ['ArnLike: case counts', one('ArnLike', 'arn:aws:iam::*:role/Deploy'), has(ROLE), false],
  ['ArnLike: what is no ARN', one('ArnLike', 'arn:aws:iam::*:role/*'), has('deploy'), false],
  ['ArnLike: a brace in a part', one('ArnLike', 'arn:aws:s3:{a:b}:x'), has('arn:aws:s3:{a:b}:x'), true],
  ['ArnLike: a dollar at the end of a part', one('ArnLike', 'arn:aws:s3:a$:b:x'), has('arn:aws:s3:a$:b:x'), true],
  ['ArnLike: an empty part', one('ArnLike', 'arn:aws:s3:::site'), has('arn:aws:s3::1:site'), false],
  ['ArnLike: a line break in the last part', one('ArnLike', 'arn:aws:s3:::*'), has('arn:aws:s3:::a\nb'), true],
  ['ArnNotEquals: other', one('ArnNotEquals', 'arn:aws:iam::*:role/other'), has(ROLE), true],
  ['ArnNotLike: matches', one('ArnNotLike', 'arn:aws:iam::*:role/*'), has(ROLE), false],
  ['ArnNotLike: missing key', one('ArnNotLike', 'arn:aws:iam::*:role/*'), {}, true],
  ['ArnLike: missing key', one('ArnLike', 'arn:aws:iam::*:role/*'), {}, false],
]);

const IF_EXISTS = cases(`${OPERATORS}, ...IfExists`, [
  ['missing key passes', one('StringEqualsIfExists', 'main'), {}, true],
  ['present key must match', one('StringEqualsIfExists', 'main'), has('dev'), false],
  ['present key that matches', one('StringLikeIfExists', 'm*'), has('main'), true],
  ['Bool', one('BoolIfExists', 'true'), {}, true],
  ['IpAddress, present', one('IpAddressIfExists', '10.0.0.0/8'), has('192.0.2.1'), false],
  ['Numeric', one('NumericLessThanIfExists', '5'), {}, true],
  ['negated, present', one('StringNotEqualsIfExists', 'main'), has('main'), false],
  ['negated, missing', one('StringNotEqualsIfExists', 'main'), {}, true],
]);

const SET_OPERATORS = cases(SETS, [
  ['ForAnyValue: one of them', one('ForAnyValue:StringEquals', ['a', 'b']), has(['x', 'b']), true],
  ['ForAnyValue: none of them', one('ForAnyValue:StringEquals', ['a', 'b']), has(['x', 'y']), false],
  ['ForAnyValue: missing key', one('ForAnyValue:StringEquals', 'a'), {}, false],
  ['ForAnyValue: empty list', one('ForAnyValue:StringEquals', 'a'), has([]), false],
  ['Null: an empty list is a missing key', one('Null', 'true'), has([]), true],
  ['ForAnyValue: single value', one('ForAnyValue:StringLike', 'a*'), has('abc'), true],
  ['ForAnyValue: missing key with IfExists', one('ForAnyValue:StringEqualsIfExists', 'a'), {}, true],
  [
    'ForAnyValue: negated, one value is not listed',
    one('ForAnyValue:StringNotEquals', ['a', 'b']),
    has(['a', 'x']),
    true,
  ],
  [
    'ForAnyValue: negated, all values are listed',
    one('ForAnyValue:StringNotEquals', ['a', 'b']),
    has(['a', 'b']),
    false,
  ],
  ['ForAnyValue: negated, missing key', one('ForAnyValue:StringNotEquals', 'a'), {}, false],
  ['ForAllValues: all listed', one('ForAllValues:StringEquals', ['a', 'b', 'c']), has(['a', 'c']), true],
  ['ForAllValues: one not listed', one('ForAllValues:StringEquals', ['a', 'b']), has(['a', 'x']), false],
  ['ForAllValues: missing key is true', one('ForAllValues:StringEquals', 'a'), {}, true],
  ['ForAllValues: empty list is true', one('ForAllValues:StringEquals', 'a'), has([]), true],
  ['ForAllValues: empty text is a null set, and true', one('ForAllValues:StringEquals', 'a'), has(''), true],
  ['ForAllValues: negated, none listed', one('ForAllValues:StringNotLike', 'x*'), has(['a', 'b']), true],
  ['ForAllValues: negated, one listed', one('ForAllValues:StringNotLike', 'x*'), has(['a', 'xb']), false],
  [
    'ForAllValues with Null false shuts the gap',
    { ...one('ForAllValues:StringEquals', 'a'), Null: { 'k:a': 'false' } },
    {},
    false,
  ],
]);

const STRUCTURE = cases(LOGIC, [
  ['values of a key: any', one('StringEquals', ['a', 'b']), has('b'), true],
  ['values of a negated key: none, first listed', one('StringNotEquals', ['a', 'b']), has('a'), false],
  ['values of a negated key: none, last listed', one('StringNotEquals', ['a', 'b']), has('b'), false],
  ['values of a negated key: none', one('StringNotEquals', ['a', 'b']), has('c'), true],
  ['keys of an operator: all', { StringEquals: { 'k:a': '1', 'k:b': '2' } }, { 'k:a': '1', 'k:b': '2' }, true],
  ['keys of an operator: one fails', { StringEquals: { 'k:a': '1', 'k:b': '2' } }, { 'k:a': '1', 'k:b': '3' }, false],
  ['operators: all', { StringEquals: { 'k:a': '1' }, StringLike: { 'k:b': '2*' } }, { 'k:a': '1', 'k:b': '22' }, true],
  [
    'operators: one fails',
    { StringEquals: { 'k:a': '1' }, StringLike: { 'k:b': '2*' } },
    { 'k:a': '1', 'k:b': '3' },
    false,
  ],
  ['no condition', {}, {}, true],
  ['an operator without keys', { StringEquals: {} }, {}, true],
]);

const KEY_NAMES = cases(KEYS, [
  ['case does not count in the policy', one('StringEquals', 'x', 'K:A'), has('x'), true],
  ['case does not count in the request', one('StringEquals', 'x'), has('x', 'K:a'), true],
  ['tag keys as well', one('StringEquals', 'x', 'aws:RequestTag/Team'), has('x', 'aws:requesttag/team'), true],
]);

const CALLER: Context = { 'aws:username': 'ann', 'k:list': ['1', '2'], 'k:star': 'a*', 'k:a': 'ann' };
const contextWith = (value: string): Context => ({ ...CALLER, 'k:a': value });
const POLICY_VARIABLES = [
  ...cases(VARIABLES, [
    ['a value', one('StringEquals', '${aws:username}'), contextWith('ann'), true],
    ['inside text', one('StringEquals', 'home/${aws:username}/x'), contextWith('home/ann/x'), true],
    ['case of the name does not count', one('StringEquals', '${AWS:UserName}'), contextWith('ann'), true],
    [
      'in StringLike, with wildcards around',
      one('StringLike', 'home/${aws:username}/*'),
      contextWith('home/ann/x'),
      true,
    ],
    ['in StringNotEquals', one('StringNotEquals', '${aws:username}'), contextWith('bob'), true],
    ['without a value nothing is equal', one('StringEquals', '${aws:missing}'), contextWith(''), false],
    ['without a value nothing is like it', one('StringLike', '${aws:missing}*'), contextWith('x'), false],
    ['without a value the negated operator matches', one('StringNotEquals', '${aws:missing}'), contextWith('x'), true],
    ['default, not needed', one('StringEquals', "${aws:username, 'all'}"), contextWith('ann'), true],
    ['default, needed', one('StringEquals', "${aws:missing, 'all'}"), contextWith('all'), true],
    ['default after spaces', one('StringEquals', "${ aws:missing , 'all' }"), contextWith('all'), true],
    ['name between spaces', one('StringEquals', '${ aws:username }'), contextWith('ann'), true],
    ['two in one text', one('StringEquals', '${aws:username}-${aws:username}'), contextWith('ann-ann'), true],
    ['default with a brace', one('StringEquals', "${aws:missing, 'a}b'}"), contextWith('a}b'), true],
    ['default that is empty', one('StringEquals', "x${aws:missing, ''}"), contextWith('x'), true],
    ['${*} is a literal star', one('StringLike', 'a${*}'), contextWith('a*'), true],
    ['${*} is no wildcard', one('StringLike', 'a${*}'), contextWith('ab'), false],
    ['${?} is a literal question mark', one('StringLike', 'a${?}'), contextWith('a?'), true],
    ['${?} is no wildcard', one('StringLike', 'a${?}'), contextWith('ab'), false],
    ['${$} is a literal dollar', one('StringEquals', '${$}{x}'), contextWith('${x}'), true],
    ['a dollar alone is literal', one('StringEquals', '$x{y}'), contextWith('$x{y}'), true],
    [
      'in ARN operators',
      one('ArnLike', 'arn:aws:iam::*:user/${aws:username}'),
      contextWith('arn:aws:iam::1:user/ann'),
      true,
    ],
    [
      'in ARN operators, without a value',
      one('ArnLike', 'arn:aws:iam::*:user/${aws:missing}'),
      contextWith('arn:aws:iam::1:user/x'),
      false,
    ],
  ]),
  ...cases(FAIL_CLOSED, [
    ['a wildcard in a value stays literal', one('StringLike', '${k:star}'), contextWith('abc'), false],
    ['not in NumericEquals', one('NumericEquals', '${k:n}'), { 'k:a': '1', 'k:n': '1' }, false],
    ['not in IpAddress', one('IpAddress', '${k:n}'), { 'k:a': '192.0.2.1', 'k:n': '192.0.2.1' }, false],
  ]),
  ...cases(
    VARIABLES,
    [
      ['2008-10-17 takes them literally', one('StringEquals', '${aws:username}'), contextWith('${aws:username}'), true],
      ['2008-10-17 replaces nothing', one('StringEquals', '${aws:username}'), contextWith('ann'), false],
    ],
    { version: '2008-10-17' },
  ),
  ...cases(
    VARIABLES,
    [['no Version means 2008-10-17', one('StringEquals', '${aws:username}'), contextWith('ann'), false]],
    {
      version: null,
    },
  ),
];

const UNKNOWN: readonly Row[] = [
  ['an operator IAM does not have', one('StringStartsWith', 'a'), has('abc'), false],
  ['an operator in another case', one('stringequals', 'a'), has('a'), false],
  ['a set prefix IAM does not have', one('ForSomeValues:StringEquals', 'a'), has('a'), false],
  ['Null with IfExists', one('NullIfExists', 'true'), {}, false],
  ['Null with a set prefix', one('ForAnyValue:Null', 'true'), {}, false],
  ['Null with another value', one('Null', 'maybe'), {}, false],
  ['no value', one('StringEquals', []), has('a'), false],
  ['several values without a set prefix', one('StringEquals', 'a'), has(['a', 'b']), false],
  ['a policy number that is none', one('NumericEquals', 'ten'), has('10'), false],
  ['a request number that is none', one('NumericLessThan', '10'), has('nine'), false],
  ['a negated number that is none', one('NumericNotEquals', '10'), has('nine'), false],
  ['a policy date that is none', one('DateLessThan', 'tomorrow'), has('2026-01-01'), false],
  ['a policy date that does not exist', one('DateLessThan', '2026-13-45'), has('2026-01-01'), false],
  ['a request date that is none', one('DateLessThan', '2026-01-01'), has('today'), false],
  ['a policy boolean that is none', one('Bool', 'yes'), has('true'), false],
  ['a request boolean that is none', one('Bool', 'true'), has('1'), false],
  ['base64 that is none', one('BinaryEquals', '?'), has('QQ=='), false],
  ['a block that is none', one('IpAddress', '203.0.113.0/33'), has('203.0.113.1'), false],
  ['a block with leading zeros', one('IpAddress', '010.0.0.0/8'), has('10.0.0.1'), false],
  ['a block with two lengths', one('IpAddress', '10.0.0.0/8/8'), has('10.0.0.1'), false],
  ['an address that is none', one('NotIpAddress', '10.0.0.0/8'), has('localhost'), false],
  ['an IPv6 block with two gaps', one('IpAddress', '1::2::3/16'), has('1::1'), false],
  ['an IPv6 address that is too short', one('IpAddress', '1:2:3'), has('1::1'), false],
  ['an IPv6 address that is too long', one('IpAddress', '1:2:3:4:5:6:7:8:9'), has('1::1'), false],
  ['an IPv6 gap of nothing', one('IpAddress', '1:2:3:4::5:6:7:8'), has('1::1'), false],
  ['an IPv6 address with a bad IPv4 end', one('IpAddress', '::ffff:192.0.2.999'), has('1::1'), false],
  ['an IPv6 block that is none', one('IpAddress', '2001:::/16'), has('2001::1'), false],
  ['a policy ARN that is none', one('ArnLike', '*'), has('arn:aws:iam::1:role/x'), false],
  ['a policy variable: a multivalued key is no variable', one('StringEquals', '${k:list}'), contextWith('1'), false],
  ['a policy variable: not closed', one('StringEquals', '${aws:username'), contextWith('${aws:username'), false],
  [
    'a policy variable: not closed, in StringLike',
    one('StringLike', '${aws:username'),
    contextWith('${aws:username'),
    false,
  ],
  ['a policy variable: without a name', one('StringEquals', '${}'), contextWith('${}'), false],
  ['a policy variable: default without quotes', one('StringEquals', '${aws:missing, all}'), contextWith('all'), false],
  [
    'a policy variable: in an ARN, not closed',
    one('ArnLike', 'arn:aws:iam::1:user/${x'),
    contextWith('arn:aws:iam::1:user/${x'),
    false,
  ],
  [
    'a policy variable: default that ends without a quote',
    one('StringEquals', "${aws:missing, 'all' x}"),
    contextWith('all'),
    false,
  ],
  [
    'a policy variable: default that begins without a quote',
    one('StringEquals', "${aws:missing, x 'all'}"),
    contextWith('all'),
    false,
  ],
  [
    'a policy variable: default of two texts',
    one('StringEquals', "${aws:missing, 'a' 'b'}"),
    contextWith("a' 'b"),
    false,
  ],
  ['a policy variable: default that is one quote', one('StringEquals', "${aws:missing, '}"), contextWith(''), false],
  [
    'a policy variable: default whose quote is not closed',
    one('StringEquals', "${aws:missing, 'all}"),
    contextWith('all'),
    false,
  ],
  ['a policy variable: name of spaces', one('StringEquals', '${ }'), contextWith('${ }'), false],
  ['a block with a sign in its length', one('IpAddress', '10.0.0.0/+8'), has('192.0.2.1'), false],
  ['a block with a space after its length', one('IpAddress', '10.0.0.0/8 '), has('192.0.2.1'), false],
  ['a block without a length after the slash', one('IpAddress', '10.0.0.0/'), has('192.0.2.1'), false],
  ['an IPv4 address of three parts', one('IpAddress', '10.0.0'), has('192.0.2.1'), false],
  ['an IPv4 address of five parts', one('IpAddress', '10.0.0.0.0'), has('192.0.2.1'), false],
  [
    'an IPv6 address with a second gap after eight groups',
    one('IpAddress', '1:2:3:4:5:6:7:8::1::2'),
    has('1::1'),
    false,
  ],
  ['an IPv6 gap after eight groups', one('IpAddress', '1:2:3:4:5:6:7:8::'), has('1::1'), false],
  ['an IPv6 gap of three colons', one('IpAddress', '1:::2'), has('1::1'), false],
  ['an IPv4 part before the end', one('IpAddress', '1:2:3:4:5:192.0.2.1:8'), has('1::1'), false],
  ['an IPv4 part before the gap', one('IpAddress', '192.0.2.1::1'), has('1::1'), false],
  ['an IPv4 part that ends at the gap', one('IpAddress', '64:ff9b:192.0.2.1::'), has('1::1'), false],
  ['an IPv6 group of five digits', one('IpAddress', '12345::1'), has('1::1'), false],
];

/** The same questions in a Deny, where an unknown answer must count as a match. */
const UNKNOWN_IN_DENY = cases(
  FAIL_CLOSED,
  UNKNOWN.map(([name, condition, context]) => [`${name}, in a Deny`, condition, context, true] as const),
  { effect: 'Deny' },
);

export const CONDITION_CASES: readonly ConditionCase[] = [
  ...STRINGS,
  ...ON_SUBJECTS,
  ...NUMBERS,
  ...DATES,
  ...BOOLEANS_AND_BYTES,
  ...ADDRESSES,
  ...ARNS,
  ...IF_EXISTS,
  ...SET_OPERATORS,
  ...STRUCTURE,
  ...KEY_NAMES,
  ...POLICY_VARIABLES,
  ...cases(FAIL_CLOSED, UNKNOWN),
  ...UNKNOWN_IN_DENY,
];
