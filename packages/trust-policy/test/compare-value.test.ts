import assert from 'node:assert/strict';
import { evaluatePolicy } from '../src/index.ts';
import { differenceHint, parseOperator, prepareOperator } from '../src/policy/operators.ts';
import { type RequestContext, requestContext } from '../src/policy/request-context.ts';

type Verdict = 'yes' | 'no' | 'unknown';
type Case = readonly [operator: string, expected: string | readonly string[], observed: string, verdict: Verdict];

const CASE_ONLY = 'they differ only in upper and lower case, and this operator distinguishes them';
const NUMBER_EXPECTED = "the policy's value is not a number";

/** Values at the limits of what an operator accepts: one character more or less makes them invalid for IAM. */
const CASES: readonly Case[] = [
  ['NumericEquals', '+7', '7', 'yes'],
  ['NumericEquals', '-7.25', '-7.250', 'yes'],
  ['NumericEquals', '9007199254740993', '9007199254740992', 'no'],
  ['NumericEquals', '9007199254740993', '9007199254740993', 'yes'],
  ['NumericGreaterThan', '9007199254740992', '9007199254740993', 'yes'],
  ['NumericLessThan', '-9007199254740992', '-9007199254740993', 'yes'],
  ['NumericEquals', '0.10000000000000000001', '0.1', 'no'],
  ['NumericEquals', '-0', '0', 'yes'],
  ['NumericEquals', '007', '7', 'yes'],
  ['NumericLessThan', '10', '9', 'yes'],
  ['NumericLessThan', '0.2', '0.15', 'yes'],
  ['NumericEquals', '1e3', '1000', 'unknown'],
  ['NumericEquals', 'x7', '7', 'unknown'],
  ['NumericEquals', '7x', '7', 'unknown'],
  ['NumericEquals', '7', '7 ', 'unknown'],
  ['NumericEquals', '7.', '7', 'unknown'],
  ['NumericEquals', '7.125', '7.125', 'yes'],
  ['DateGreaterThan', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 'no'],
  ['DateGreaterThan', '2026-03-01T00:00:00Z', '2026-03-01T00:00:01Z', 'yes'],
  ['DateGreaterThanEquals', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 'yes'],
  ['DateLessThan', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 'no'],
  ['DateLessThanEquals', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', 'yes'],
  ['DateEquals', '2026-03', '2026-03-01', 'yes'],
  ['DateEquals', '2026-03-01T10:30Z', '2026-03-01T10:30:00Z', 'yes'],
  ['DateEquals', '2026-03-01T10:30:00.125Z', '2026-03-01T11:30:00.125+01:00', 'yes'],
  ['DateEquals', '2026-03-01T10:30:00.xZ', '2026-03-01T10:30:00Z', 'unknown'],
  ['DateEquals', 'x2026-03-01', '2026-03-01', 'unknown'],
  ['DateEquals', '2026-03-01 and on', '2026-03-01', 'unknown'],
  ['DateEquals', 'Sun 2026-03-01', '2026-03-01', 'unknown'],
  ['DateEquals', '2026-03-01 10:30', '2026-03-01', 'unknown'],
  ['DateEquals', 'March 1, 2026', '2026-03-01', 'unknown'],
  ['DateEquals', '2026-13-01', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-02-30', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-02-29', '2026-03-01', 'unknown'],
  ['DateLessThan', '2028-02-29', '2026-03-01', 'yes'],
  ['DateLessThan', '2027-04-31T00:00:00Z', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-00-10', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-02-00', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-01-01T24:00:00Z', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-01-01T10:60:00Z', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-01-01T10:00:60Z', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-01-01T10:00:00+24:00', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-01-01T10:00:00+01:60', '2026-03-01', 'unknown'],
  ['DateLessThan', '2027-01-01T10:00:00', '2026-03-01', 'unknown'],
  ['DateGreaterThan', '2099', '2026-03-01', 'unknown'],
  ['DateGreaterThan', '2026-03-01', '2099', 'unknown'],
  ['DateGreaterThan', '209901', '2026-03-01', 'unknown'],
  ['DateGreaterThan', '20990131', '2026-03-01', 'unknown'],
  ['DateLessThan', '4070908800000', '2026-03-01', 'unknown'],
  ['DateLessThan', '253402300799', '2026-03-01', 'yes'],
  ['DateEquals', '1772323200', '2026-03-01', 'yes'],
  ['DateEquals', '2026-03-01T00:00:00.1234567Z', '2026-03-01T00:00:00.1234568Z', 'no'],
  ['DateEquals', '2026-03-01T00:00:00.10Z', '2026-03-01T01:00:00.1+01:00', 'yes'],
  ['DateEquals', '2026-02-28T23:30:00-01:00', '2026-03-01T00:30:00Z', 'yes'],
  ['DateLessThan', '1970-01-01', '1969-12-31T23:59:59Z', 'yes'],
  ['DateLessThan', '1970-01-01', '1969-12-31T23:59:59.5Z', 'unknown'],
  ['DateEquals', '0050-03-01', '0050-03-01T00:00Z', 'yes'],
  ['DateEquals', '2026-03-01', 'yesterday', 'unknown'],
  ['BinaryEquals', 'YWJj', 'YWJj', 'yes'],
  ['BinaryEquals', 'YWI=', 'YWI=', 'yes'],
  ['BinaryEquals', 'YQ==', 'YQ==', 'yes'],
  ['BinaryEquals', 'YQ==', 'YWI=', 'no'],
  ['BinaryEquals', 'YWJ', 'YWJj', 'unknown'],
  ['BinaryEquals', 'Y===', 'YQ==', 'unknown'],
  ['BinaryEquals', 'Y=', 'YQ==', 'unknown'],
  ['BinaryEquals', '??==', 'YQ==', 'unknown'],
  ['BinaryEquals', '???=', 'YWI=', 'unknown'],
  ['IpAddress', 'office', '10.0.0.1', 'unknown'],
  ['IpAddress', '10.0.0.0/8', 'office', 'unknown'],
  ['ArnLike', 'arn:aws:iam::123456789012:role/*', 'arn:aws:iam::123456789012:role/a:b', 'yes'],
  ['ArnLike', 'arn:aws:iam::*', 'arn:aws:iam::123456789012:role/a', 'unknown'],
  ['ArnLike', 'urn:aws:iam::123456789012:role/a', 'urn:aws:iam::123456789012:role/a', 'unknown'],
  ['ArnLike', 'arn:aws:iam::123456789012:role/a', 'urn:aws:iam::123456789012:role/a', 'no'],
  ['ArnLike', 'arn:aws:iam::123456789012:role/a', 'arn:aws:iam', 'no'],
  ['StringEqualsIgnoreCase', 'STRASSE', 'straße', 'no'],
  ['StringEquals', ['a', 'b'], 'b', 'yes'],
  ['StringNotEquals', ['a', 'b'], 'b', 'no'],
  ['StringNotEquals', ['a', 'b'], 'c', 'yes'],
  ['NumericNotEquals', ['x', '7'], '8', 'unknown'],
  ['NumericNotEquals', ['x', '7'], '7', 'no'],
  ['NumericEquals', ['x', '7'], '7', 'yes'],
  ['NumericEquals', ['x', '7'], '8', 'unknown'],
];

const compare = (
  operator: string,
  expected: string | readonly string[],
  observed: string,
  context?: RequestContext,
) => {
  const parsed = parseOperator(operator);
  assert.ok(parsed, operator);
  const result = prepareOperator(parsed, [expected].flat(), context)(observed);
  return result.verdict === 'no' && result.note === undefined
    ? { ...result, note: differenceHint(parsed, [expected].flat(), [observed], context) }
    : result;
};

describe('comparing a value of a request with one of a policy', () => {
  for (const [operator, expected, observed, verdict] of CASES) {
    it(`${operator} ${JSON.stringify(expected)}, ${JSON.stringify(observed)}: ${verdict}`, () => {
      assert.equal(compare(operator, expected, observed).verdict, verdict);
    });
  }

  const notes: [operator: string, expected: string | readonly string[], observed: string, note: string | undefined][] =
    [
      ['NumericEquals', 'x', '7', NUMBER_EXPECTED],
      ['NumericEquals', '7', 'x', "the request's value is not a number"],
      ['NumericEquals', ['8', 'x'], '7', NUMBER_EXPECTED],
      ['NumericNotEquals', 'x', '7', NUMBER_EXPECTED],
      ['NumericNotEquals', '8', '7', undefined],
      ['DateEquals', 'x', '7', "the policy's value is not a date"],
      ['IpAddress', 'x', '10.0.0.1', "the policy's value is not an IP address or CIDR block"],
      ['IpAddress', '10.0.0.0/8', 'x', "the request's value is not an IP address"],
      ['ArnLike', 'x', 'arn:aws:iam::123456789012:role/a', "the policy's value is not an ARN"],
      ['Null', 'true', 'x', 'Null compares no values'],
      ['StringEquals', ['x', 'MAIN'], 'main', CASE_ONLY],
      ['StringNotEquals', 'MAIN', 'main', undefined],
    ];
  for (const [operator, expected, observed, note] of notes) {
    it(`explains why there is no answer: ${operator} ${JSON.stringify(expected)}`, () => {
      assert.equal(compare(operator, expected, observed).note, note);
    });
  }

  const variables: [operator: string, expected: string | readonly string[], verdict: Verdict, note: string][] = [
    ['StringEquals', ['MAIN', '${k:a'], 'unknown', 'a policy variable is not closed by "}"'],
    ['StringLike', '${}', 'unknown', 'a policy variable has no name'],
    ['StringLike', '${k:none, x}', 'unknown', 'the default of "${k:none}" is not in single quotes'],
    [
      'StringLike',
      '${k:list}',
      'unknown',
      '"${k:list}" can have several values, and IAM allows no multivalued key as a variable',
    ],
    ['StringLike', '${k:none}*', 'no', 'the request has no k:none, so nothing equals the policy variable'],
    ['StringEquals', '${k:none}', 'no', 'the request has no k:none, so nothing equals the policy variable'],
  ];
  for (const [operator, expected, verdict, note] of variables) {
    it(`explains a wrong policy variable: ${operator} ${JSON.stringify(expected)}`, () => {
      const context = requestContext({ 'k:list': ['1', '2'] }, 'sts:AssumeRole');
      assert.deepEqual(compare(operator, expected, 'main', context), { verdict, note });
    });
  }

  for (const operator of ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'ArnLike', 'ArnNotLike']) {
    it(`gives no answer for a variable with an unknown value: ${operator}`, () => {
      const arn = (resource: string) => `arn:aws:iam::123456789012:${resource}`;
      const unknown = compare(operator, arn('${aws:UserId}'), arn('x'), requestContext({}, 'sts:AssumeRole'));
      assert.deepEqual(unknown, {
        verdict: 'unknown',
        note: 'aws:UserId is in every request, and not known here',
        unknownKey: 'aws:UserId',
      });
    });
  }

  it('compares ARNs part by part, with any characters before a variable', () => {
    const evaluation = (resource: string) =>
      evaluatePolicy(
        {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: 'sts:AssumeRole',
            Condition: { ArnLike: { 'k:a': resource } },
          },
        },
        {
          action: 'sts:AssumeRole',
          principal: { kind: 'AWS', identifiers: ['123456789012'] },
          context: { 'k:a': 'arn:aws:s3:🚀web::bucket', 'k:team': 'web' },
        },
      ).decision;
    assert.equal(evaluation('arn:aws:s3:🚀${k:team}::bucket'), 'allow');
    assert.equal(evaluation('arn:aws:s3:🚀${k:other}::bucket'), 'deny');
    assert.equal(evaluation('arn:aws:s3:🚀{k:team}::bucket'), 'deny');
    assert.equal(evaluation('arn:aws:s3:🚀$k:team::bucket'), 'deny');
  });
});

describe('the operator Null', () => {
  it('rejects set prefixes and every other form', () => {
    assert.deepEqual(parseOperator('Null'), { base: 'Null', set: undefined, ifExists: false, negated: false });
    assert.equal(parseOperator('ForAnyValue:Null'), undefined);
    assert.equal(parseOperator('ForNoValue:StringEquals'), undefined);
  });
});
