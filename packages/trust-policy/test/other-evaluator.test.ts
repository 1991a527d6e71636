import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Context, evaluatePolicy } from '../src/index.ts';
import { otherDecision } from './other-evaluator.ts';
import { GITHUB, providerArn } from './support.ts';

const REPOSITORY = `${GITHUB}:repository`;
const ACTOR = `${GITHUB}:actor`;

function ourDecision(policy: object, context: Context): 'allow' | 'deny' {
  return evaluatePolicy(policy, {
    action: 'sts:AssumeRoleWithWebIdentity',
    principal: { kind: 'Federated', identifiers: [providerArn(GITHUB)] },
    context,
  }).decision;
}

/** Short texts of few characters, so that values often match. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ':', '/'), minLength: 1, maxLength: 5 });
const pattern = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', ':', '/', '*', '?', '*'),
  minLength: 1,
  maxLength: 6,
});
const variable = fc.constantFrom(
  `\${${ACTOR}}`,
  `\${${REPOSITORY}}`,
  '${*}',
  '${?}',
  '${$}',
  "${aws:RequestTag/team, 'a'}",
);
const textValue = fc.oneof(
  { weight: 6, arbitrary: pattern },
  { weight: 1, arbitrary: fc.tuple(text, variable, pattern).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: variable },
);
const octet = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(fc.constantFrom(10, 192), fc.constantFrom(0, 1), octet, octet).map((parts) => parts.join('.'));
const block = fc.tuple(address, fc.integer({ min: 1, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`);
const number = fc
  .oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.integer({ min: -20, max: 20 }).map((n) => n / 4),
  )
  .map(String);
const date = fc
  .tuple(fc.integer({ min: 2025, max: 2028 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T12:00:00Z`);
const arnPart = fc.constantFrom('aws', 'sns', 'eu-west-1', '123456789012', '', 'a');
const arn = fc.tuple(arnPart, arnPart, arnPart, arnPart, text).map((parts) => ['arn', ...parts].join(':'));
const arnPattern = fc
  .tuple(...Array.from({ length: 4 }, () => fc.oneof(arnPart, fc.constantFrom('*', 'a*', '?'))), pattern)
  .map((parts) => ['arn', ...parts].join(':'));

const lists = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }));

/** A condition on one value: operators, keys and values that fit together. */
const plainCondition = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ),
    fc.constantFrom(REPOSITORY, ACTOR, 'sts:RoleSessionName'),
    lists(textValue),
  ),
  fc.tuple(fc.constantFrom('IpAddress', 'NotIpAddress'), fc.constant('aws:SourceIp'), lists(fc.oneof(address, block))),
  fc.tuple(
    fc.constantFrom(
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericLessThanEquals',
      'NumericGreaterThan',
      'NumericGreaterThanEquals',
    ),
    fc.constant('aws:MultiFactorAuthAge'),
    lists(number),
  ),
  fc.tuple(
    fc.constantFrom(
      'DateEquals',
      'DateNotEquals',
      'DateLessThan',
      'DateLessThanEquals',
      'DateGreaterThan',
      'DateGreaterThanEquals',
    ),
    fc.constant('aws:CurrentTime'),
    lists(date),
  ),
  fc.tuple(
    fc.constant('Bool'),
    fc.constantFrom('aws:SecureTransport', 'aws:MultiFactorAuthPresent'),
    fc.constantFrom<string | boolean>('true', 'false', true, false),
  ),
  fc.tuple(
    fc.constantFrom('ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'),
    fc.constant('aws:SourceArn'),
    lists(arnPattern),
  ),
);

const condition = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(plainCondition, fc.boolean())
      .map(([[operator, key, value], ifExists]) => [ifExists ? `${operator}IfExists` : operator, key, value] as const),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc
        .constantFrom('ForAnyValue', 'ForAllValues')
        .chain((set) =>
          fc
            .constantFrom('StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike')
            .map((base) => `${set}:${base}`),
        ),
      fc.constant('aws:TagKeys'),
      lists(textValue),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('Null'),
      fc.constantFrom(REPOSITORY, ACTOR, 'aws:TagKeys', 'aws:MultiFactorAuthAge', 'aws:SourceArn'),
      fc.constantFrom('true', 'false'),
    ),
  },
);

/** The same key in another case. */
const withCase = (key: string, isLoud: boolean) => (isLoud ? key.toUpperCase() : key);

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    provider: fc.constantFrom(
      providerArn(GITHUB),
      providerArn(GITHUB),
      [providerArn('ci.example'), providerArn(GITHUB)],
      providerArn('ci.example'),
    ),
    Action: fc.constantFrom<string | string[]>(
      'sts:AssumeRoleWithWebIdentity',
      'sts:AssumeRoleWithWebIdentity',
      ['sts:TagSession', 'sts:assumerolewithwebidentity'],
      'sts:*Identity',
      'sts:AssumeRole',
      'sts:?ssumeRole*',
    ),
    conditions: fc.array(fc.tuple(condition, fc.boolean()), { maxLength: 3 }),
  })
  .map(({ Effect, provider, Action, conditions }) => {
    const Condition: Record<string, Record<string, unknown>> = {};
    for (const [[operator, key, value], isLoud] of conditions) {
      const block = Condition[operator] ?? {};
      // IAM treats two spellings of one key in one block as one key, and does not document the order of their values.
      if (!Object.keys(block).some((other) => other.toLowerCase() === key.toLowerCase()))
        block[withCase(key, isLoud)] = value;
      Condition[operator] = block;
    }
    return { Effect, Principal: { Federated: provider }, Action, ...(conditions.length === 0 ? {} : { Condition }) };
  });

const policy = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((Statement) => ({ Version: '2012-10-17', Statement }));

const context = fc.record(
  {
    [REPOSITORY]: text,
    [ACTOR]: text,
    'sts:RoleSessionName': text,
    'aws:SourceIp': address,
    'aws:CurrentTime': date,
    'aws:MultiFactorAuthAge': number,
    'aws:SecureTransport': fc.constantFrom('true', 'false'),
    'aws:MultiFactorAuthPresent': fc.constantFrom('true', 'false'),
    'aws:SourceArn': arn,
    'aws:RequestTag/team': text,
    'aws:TagKeys': fc.array(text, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['sts:RoleSessionName', 'aws:SourceIp', 'aws:CurrentTime', 'aws:SecureTransport'] },
);

/** Whether a negated condition has a policy variable without a value: see the listed differences. */
function negatesMissingVariable(document: { readonly Statement: readonly object[] }, request: Context): boolean {
  const negated = document.Statement.flatMap((one) => ('Condition' in one ? Object.entries(one.Condition ?? {}) : []))
    .filter(([operator]) => operator.includes('Not'))
    .map(([, block]) => JSON.stringify(block));
  return [ACTOR, REPOSITORY].some(
    (key) => request[key] === undefined && negated.some((block) => block.includes(`\${${key}}`)),
  );
}

/** More runs by hand: OTHER_EVALUATOR_RUNS=200000. */
const RUNS = Number(process.env['OTHER_EVALUATOR_RUNS'] ?? 2000);
const SEED = Number(process.env['OTHER_EVALUATOR_SEED'] ?? 20261126);

/**
 * `@cloud-copilot/iam-simulate` is licensed under the AGPL. It is a dependency of this test only, and is never bundled
 * or published.
 */
describe('another evaluator', () => {
  it(`agrees on ${RUNS} random policies and requests`, async function () {
    this.timeout(Math.max(60_000, RUNS * 10));
    let allowed = 0;
    await fc.assert(
      fc.asyncProperty(policy, context, async (document, request) => {
        fc.pre(!negatesMissingVariable(document, request));
        const ourAnswer = ourDecision(document, request);
        if (ourAnswer === 'allow') allowed += 1;
        assert.equal(ourAnswer, await otherDecision(document, request));
      }),
      { numRuns: RUNS, seed: SEED },
    );
    assert.ok(allowed > RUNS / 20, `only ${allowed} were allowed`);
  });
});

interface Difference {
  readonly name: string;
  readonly condition?: object;
  /** Conditions of a Deny next to the Allow. */
  readonly deny?: object;
  readonly statement?: object;
  readonly version?: string;
  readonly context?: Context;
  /** Reason for our answer. */
  readonly source: string;
  readonly ourAnswer: 'allow' | 'deny';
}

const ALWAYS: Context = {
  'sts:RoleSessionName': 'ci',
  'aws:SourceIp': '10.0.0.1',
  'aws:CurrentTime': '2026-03-01T12:00:00Z',
  'aws:SecureTransport': 'true',
};

/** Differences between the two evaluators, with the documented answer. In all other cases they agree. */
const DIFFERENCES: readonly Difference[] = [
  {
    name: 'the block 0.0.0.0/0',
    condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } },
    source: 'RFC 4632: a prefix of no bits contains every address',
    ourAnswer: 'allow',
  },
  {
    name: 'an IPv6 address in another spelling',
    condition: { IpAddress: { 'aws:SourceIp': '2001:db8::1' } },
    context: { 'aws:SourceIp': '2001:0db8:0:0::1' },
    source: 'RFC 4291 §2.2: both are the same address',
    ourAnswer: 'allow',
  },
  {
    name: 'a date in seconds since 1970',
    condition: { DateLessThan: { 'aws:CurrentTime': '1900000000' } },
    source: 'IAM guide, "Date condition operators": epoch time is in seconds',
    ourAnswer: 'allow',
  },
  {
    name: 'ForAnyValue with IfExists and a missing key',
    condition: { 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'a' } },
    source: 'IAM guide, "…IfExists condition operators": a missing key makes the condition true',
    ourAnswer: 'allow',
  },
  {
    name: 'a negated operator and a variable without a value',
    condition: { StringNotEquals: { 'sts:RoleSessionName': `\${${ACTOR}}` } },
    source: 'IAM guide, "Policy variables with no value": nothing equals the variable',
    ourAnswer: 'allow',
  },
  {
    name: 'a variable in the language of 2008-10-17',
    condition: { StringEquals: { 'sts:RoleSessionName': '${aws:SourceIp}' } },
    context: { 'sts:RoleSessionName': '10.0.0.1' },
    version: '2008-10-17',
    source: 'IAM guide, "Version": the older language has no policy variables',
    ourAnswer: 'deny',
  },
  {
    name: 'a number with an exponent',
    condition: { NumericEquals: { 'aws:MultiFactorAuthAge': '1e3' } },
    context: { 'aws:MultiFactorAuthAge': '1' },
    source: 'not documented, hence unknown',
    ourAnswer: 'deny',
  },
  {
    name: 'an empty value and ForAnyValue',
    condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': '' } },
    context: { 'aws:TagKeys': [''] },
    source: 'IAM guide, "Single-valued vs. multivalued context keys": an empty string is an empty set',
    ourAnswer: 'deny',
  },
  {
    name: 'a Deny on several values without a set operator',
    deny: { StringEquals: { 'aws:TagKeys': 'b' } },
    context: { 'aws:TagKeys': ['a'] },
    source: 'not documented, hence unknown, and a Deny bites',
    ourAnswer: 'deny',
  },
  {
    name: 'Principal "*"',
    statement: { Principal: '*' },
    source: 'seen on live AWS: it does not authorise AssumeRoleWithWebIdentity',
    ourAnswer: 'deny',
  },
];

describe('the differences from the other evaluator', () => {
  for (const { name, condition, deny, statement, version, context = {}, source, ourAnswer } of DIFFERENCES) {
    it(`${name} (${source})`, async () => {
      const policyOf = {
        Version: version ?? '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Federated: providerArn(GITHUB) },
            Action: 'sts:AssumeRoleWithWebIdentity',
            ...(condition === undefined ? {} : { Condition: condition }),
            ...statement,
          },
          ...(deny === undefined
            ? []
            : [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity', Condition: deny }]),
        ],
      };
      const request = { ...ALWAYS, ...context };
      assert.equal(ourDecision(policyOf, request), ourAnswer);
      assert.equal(await otherDecision(policyOf, request), ourAnswer === 'allow' ? 'deny' : 'allow');
    });
  }
});
