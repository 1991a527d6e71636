import assert from 'node:assert/strict';
import {
  type Claims,
  evaluate,
  evaluatePolicy,
  explain,
  findDuplicateMember,
  lint,
  parseSubject,
} from '../src/index.ts';
import { patternMatcher, wildcardPattern } from '../src/policy/glob.ts';
import { findPlaceholder } from '../src/text/placeholder.ts';
import { BITBUCKET, GITHUB, ROLE_ARN } from './support.ts';

/** One second is the aim; a busy machine gets twice as much. */
const LIMIT_MS = 2000;
/** Measuring coverage slows loops down many times, so timings mean nothing there. */
const COUNTS_COVERAGE = process.env['NODE_V8_COVERAGE'] !== undefined;

function withinLimit(run: () => void): void {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1000;
  assert.ok(milliseconds < LIMIT_MS, `${milliseconds} ms of CPU time`);
}

const ALLOW = { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' };
const SUB = `${GITHUB}:sub`;
const CLAIMS: Claims = {
  iss: `https://${GITHUB}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:acme/site:ref:refs/heads/main',
};

const policyFor = (condition: object, issuer = GITHUB) => ({
  Version: '2012-10-17',
  Statement: {
    ...ALLOW,
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
    Condition: condition,
  },
});

/** Repeats a text to a length. */
const filled = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

interface Hostile {
  readonly name: string;
  readonly policy: unknown;
  readonly claims?: Claims;
}

/** Inputs that once took seconds, or crashed the program (findings of 2026-11). */
const SLOW_INPUTS: readonly Hostile[] = [
  { name: '64,000 times "$("', policy: policyFor({ StringLike: { [SUB]: '$('.repeat(64_000) } }) },
  {
    name: 'a provider of 110,000 slashes',
    policy: policyFor({ StringEquals: { [SUB]: 'x' } }, `a${'/'.repeat(110_000)}b`),
  },
  {
    name: 'a pattern of 60,000 characters with "?"',
    policy: policyFor({ StringLike: { [SUB]: `*${'a'.repeat(60_000)}?b*` } }),
    claims: { ...CLAIMS, sub: 'a'.repeat(120_000) },
  },
  {
    name: '9,000 values beside 2,000',
    policy: policyFor({
      'ForAnyValue:StringEquals': { [`${GITHUB}:amr`]: Array.from({ length: 9000 }, (_, n) => `p${n}`) },
    }),
    claims: { ...CLAIMS, amr: Array.from({ length: 2000 }, (_, n) => `q${n}`) },
  },
  {
    name: '3,000 variables of 20,000 characters',
    policy: policyFor({ StringLike: { [SUB]: `\${${SUB}}`.repeat(3000) } }),
    claims: { ...CLAIMS, sub: 'a'.repeat(20_000) },
  },
  { name: '20,000 nested objects', policy: `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}` },
  { name: '60,000 nested lists', policy: `${'['.repeat(60_000)}${']'.repeat(60_000)}` },
];

/** The same inputs at the largest accepted size, with a token that STS still accepts. */
const AT_THE_LIMIT: readonly Hostile[] = [
  { name: '"$(" as a value', policy: policyFor({ StringLike: { [SUB]: filled('$(', 7500) } }) },
  { name: 'slashes in the provider', policy: policyFor({ StringEquals: { [SUB]: 'x' } }, `a${'/'.repeat(7500)}b`) },
  {
    name: 'a long pattern with "?"',
    policy: policyFor({ StringLike: { [SUB]: `*${'a'.repeat(7000)}?b*` } }),
    claims: { ...CLAIMS, sub: 'a'.repeat(19_000) },
  },
  {
    name: '"a?" again and again',
    policy: policyFor({ StringLike: { [SUB]: `*${filled('a?', 7000)}b*` } }),
    claims: { ...CLAIMS, sub: 'a'.repeat(19_000) },
  },
  {
    name: '"?*" again and again',
    policy: policyFor({ StringLike: { [SUB]: `${filled('*a?', 7000)}b` } }),
    claims: { ...CLAIMS, sub: 'a'.repeat(19_000) },
  },
  {
    name: 'many values beside many',
    policy: policyFor({
      'ForAnyValue:StringLike': { [`${GITHUB}:amr`]: Array.from({ length: 1200 }, (_, n) => `*${n % 9}`) },
    }),
    claims: { ...CLAIMS, amr: Array.from({ length: 9000 }, () => 'x') },
  },
  {
    name: 'variables of a long subject',
    policy: policyFor({ StringLike: { [SUB]: `\${${SUB}}`.repeat(150) } }),
    claims: { ...CLAIMS, sub: 'a'.repeat(19_000) },
  },
  {
    name: 'wildcards and one letter',
    policy: policyFor({ StringLike: { [SUB]: 'x', [`${GITHUB}:aud`]: `${'*'.repeat(7500)}x` } }),
  },
];

/** Pieces that can make regular expressions over subjects and issuers slow. */
const PIECES = [
  '*',
  '?',
  '*a',
  'a?',
  '/',
  ':',
  '{',
  '}}',
  '${',
  "${a,'",
  '<a',
  'YOUR_',
  '@',
  'a@1/',
  'repo:a/',
  '\\',
  '"',
  'sc://',
  ':ref:',
  '/user/',
  '%7B',
  '0',
  ' ',
  '\u200b',
  '🚀',
];

function ask({ policy, claims = CLAIMS }: Hostile): void {
  lint(policy);
  explain(claims, policy, { roleArn: ROLE_ARN });
  try {
    evaluate(policy, { claims, roleArn: ROLE_ARN });
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'PolicySyntaxError', String(error));
  }
}

describe('hostile input', () => {
  before(function () {
    if (COUNTS_COVERAGE) this.skip();
  });

  for (const hostile of [...SLOW_INPUTS, ...AT_THE_LIMIT]) {
    it(`is answered within a second of CPU time: ${hostile.name}`, () => withinLimit(() => ask(hostile)));
  }

  for (const issuer of [
    GITHUB,
    BITBUCKET,
    'vstoken.dev.azure.com/99999999-1111-4222-8333-444444444444',
    'gitlab.com',
  ]) {
    it(`is answered within a second of CPU time: subjects of ${issuer} made of one piece`, () => {
      for (const piece of PIECES) {
        const sub = filled(piece, 19_000);
        withinLimit(() =>
          ask({
            name: piece,
            policy: policyFor({ StringLike: { [`${issuer}:sub`]: filled(piece, 7500) } }, issuer),
            claims: { iss: `https://${issuer}`, aud: 'a', sub },
          }),
        );
        withinLimit(() => void parseSubject(`https://${issuer}`, filled(piece, 130_000)));
      }
    });
  }

  it('is searched in time linear in its length', () => {
    withinLimit(() => assert.equal(findPlaceholder('$('.repeat(500_000)), undefined));
    withinLimit(() => assert.equal(findDuplicateMember(`[${'{"a":1},'.repeat(100_000)}1]`), undefined));
    const matches = patternMatcher(wildcardPattern(`*${'a'.repeat(20_000)}b*`));
    withinLimit(() => assert.equal(matches(Array.from('a'.repeat(200_000))), false));
  });
});

describe('input that IAM or STS would refuse by its length', () => {
  it('reports that such a policy cannot be stored', () => {
    const [finding, ...more] = lint(SLOW_INPUTS[0]?.policy);
    assert.deepEqual(more, []);
    assert.match(finding?.message ?? '', /^it has \d+ characters without white space; IAM stores at most 4096/);
  });

  it('reports that such a token cannot be sent', () => {
    const claims = { ...CLAIMS, sub: 'a'.repeat(20_001) };
    const policy = policyFor({ StringLike: { [SUB]: '*' } });
    const { decision, trace, note } = evaluate(policy, { claims, roleArn: ROLE_ARN });
    assert.deepEqual([decision, trace], ['deny', []]);
    assert.match(
      note ?? '',
      /^the token's claims have \d+ characters; STS accepts tokens of at most 20000 characters$/,
    );
    assert.equal(explain(claims, policy, { roleArn: ROLE_ARN }).cause, 'token-unusable');
  });

  it('accepts a value that variables make too long', () => {
    const request = {
      action: 'sts:AssumeRole',
      principal: { kind: 'AWS', identifiers: ['123456789012'] },
      context: { 'k:a': 'a'.repeat(20_000) },
    } as const;
    const policy = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: 'sts:*',
        Condition: { StringEquals: { 'k:a': '${k:a}${k:a}${k:a}' } },
      },
    };
    const [statement] = evaluatePolicy(policy, request).trace;
    assert.match(statement?.conditions[0]?.note ?? '', /with its policy variables the value has over 50000 characters/);
  });
});
