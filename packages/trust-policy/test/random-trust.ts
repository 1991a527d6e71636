import fc from 'fast-check';
import { type JobToken, TOKENS } from './random-jobs.ts';
import { providerArn } from './support.ts';

/** Policies as people write them for these jobs: correct, wide, mistyped, limited, or with several statements. */

const issuers = [...new Set(TOKENS.map(({ issuer }) => issuer))];

function subjectsOf(issuer: string): string[] {
  return TOKENS.filter((token) => token.issuer === issuer).map(({ claims }) => String(claims['sub']));
}

/** A value for a condition on the subject: whole, cut off with a wildcard, mistyped, or a placeholder. */
function subjectValue(issuer: string): fc.Arbitrary<string> {
  const cut = (subject: string, position: number) => subject.slice(0, Math.max(1, position % (subject.length + 1)));
  return fc
    .record({
      subject: fc.constantFrom(...subjectsOf(issuer)),
      position: fc.nat(200),
      form: fc.constantFrom('whole', 'whole', 'whole', 'cut', 'open', 'tail', 'braces', 'case', 'placeholder', 'other'),
    })
    .map(({ subject, position, form }) => {
      switch (form) {
        case 'cut':
          return `${cut(subject, position)}*`;
        case 'open':
          return subject.replace(/[^:/]*$/, '*');
        case 'tail':
          return `*${subject.slice(position % subject.length)}`;
        case 'braces':
          return subject.replaceAll(/[{}]/g, '').replace('//', '///');
        case 'case':
          return subject.toUpperCase();
        case 'placeholder':
          return subject.replace(/[^:/]+$/, position % 2 === 0 ? '<name>' : '${NAME}');
        case 'other':
          return (
            ['*', '?*', '{*', 'x', '${*}', `\${${issuer}:sub}`, 'repo:*', 'ref:refs/heads/main'][position % 8] ?? '*'
          );
        default:
          return subject;
      }
    });
}

function keyOf(issuer: string, claim: string): fc.Arbitrary<string> {
  const key = `${issuer}:${claim}`;
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant(key) },
    fc.constant(`https://${key}`),
    fc.constant(`${providerArn(issuer)}:${claim}`),
    fc.constant(key.toUpperCase()),
    fc.constantFrom(...issuers).map((other) => `${other}:${claim}`),
  );
}

const OPERATORS = [
  'StringEquals',
  'StringEquals',
  'StringLike',
  'StringLike',
  'StringEqualsIgnoreCase',
  'ForAnyValue:StringLike',
  'ForAllValues:StringEquals',
  'StringEqualsIfExists',
  'StringLikeIfExists',
  'StringNotEquals',
  'StringNotLike',
  'Stringlike',
];

type Conditions = Record<string, Record<string, unknown>>;

function condition(operator: string, key: string, values: readonly unknown[]): Conditions {
  return { [operator]: { [key]: values.length === 1 ? values[0] : values } };
}

function subjectCondition(issuer: string): fc.Arbitrary<Conditions> {
  return fc
    .tuple(
      fc.constantFrom(...OPERATORS),
      keyOf(issuer, 'sub'),
      fc.array(subjectValue(issuer), { minLength: 1, maxLength: 3 }),
    )
    .map(([operator, key, values]) => condition(operator, key, values));
}

function audienceCondition(issuer: string): fc.Arbitrary<Conditions> {
  const audience = TOKENS.find((token) => token.issuer === issuer)?.claims['aud'];
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.constant(audience) },
    fc.constantFrom('sts.amazonaws.com', 'api://*', 'x', '<audience>'),
  );
  return fc
    .tuple(
      fc.constantFrom('StringEquals', 'StringEquals', 'StringEquals', 'StringLike', 'StringEqualsIfExists'),
      keyOf(issuer, 'aud'),
      fc.array(value, { minLength: 1, maxLength: 2 }),
    )
    .map(([operator, key, values]) => condition(operator, key, values));
}

/** A condition on another claim or on the request. */
function furtherCondition(issuer: string): fc.Arbitrary<Conditions> {
  const claims = TOKENS.filter((token) => token.issuer === issuer).flatMap((token) =>
    Object.entries(token.claims).filter(([name]) => !['iss', 'aud', 'sub'].includes(name)),
  );
  const onClaim = fc
    .tuple(
      fc.constantFrom('StringEquals', 'StringLike', 'StringNotEquals', 'StringEqualsIfExists'),
      fc.constantFrom(...(claims.length === 0 ? [['email', 'a@b'] as const] : claims)),
      fc.constantFrom('', '', '1', '*'),
    )
    .map(([operator, [name, value], suffix]) =>
      condition(operator, `${issuer}:${name}`, [`${String(value)}${suffix}`]),
    );
  const onRequest = fc.constantFrom<Conditions>(
    condition('IpAddress', 'aws:SourceIp', ['203.0.113.0/24']),
    condition('NotIpAddress', 'aws:SourceIp', ['198.51.100.0/24']),
    condition('StringLike', 'sts:RoleSessionName', ['ci-*']),
    condition('StringEquals', 'sts:ExternalId', ['secret']),
    condition('Bool', 'sts:RoleAuthorizedByIdp', ['true']),
    condition('Bool', 'aws:MultiFactorAuthPresent', ['true']),
    condition('StringEquals', 'aws:TransactionContext/IdentityProvider/branch', ['main']),
    condition('DateLessThan', 'aws:CurrentTime', ['2030-01-01T00:00:00Z']),
    condition('Null', `${issuer}:sub`, ['false']),
  );
  return fc.oneof(onClaim, onRequest);
}

function merged(all: readonly Conditions[]): Conditions {
  const result: Conditions = {};
  for (const one of all) {
    for (const [operator, block] of Object.entries(one)) result[operator] = { ...result[operator], ...block };
  }
  return result;
}

function statement(issuer: string): fc.Arbitrary<object> {
  const maybe = (arbitrary: fc.Arbitrary<Conditions>, weight: number) =>
    fc.option(arbitrary, { nil: {}, freq: weight });
  const federated = fc.oneof(
    { weight: 12, arbitrary: fc.constant<unknown>(providerArn(issuer)) },
    fc.constant<unknown>(providerArn(issuer, '210987654321')),
    fc.constantFrom(...issuers).map<unknown>((other) => providerArn(other)),
    fc.constantFrom(...issuers).map<unknown>((other) => [providerArn(issuer), providerArn(other)]),
    fc.constant<unknown>(`https://${issuer}`),
  );
  return fc
    .record({
      effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
      federated,
      isWithCaller: fc.boolean(),
      action: fc.oneof(
        { weight: 8, arbitrary: fc.constant<unknown>('sts:AssumeRoleWithWebIdentity') },
        fc.constantFrom<unknown>(
          'sts:AssumeRole',
          'sts:*',
          ['sts:AssumeRole', 'sts:TagSession'],
          ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        ),
      ),
      audience: maybe(audienceCondition(issuer), 6),
      subject: maybe(subjectCondition(issuer), 8),
      second: fc.option(subjectCondition(issuer), { nil: {}, freq: 5 }),
      further: fc.array(furtherCondition(issuer), { maxLength: 2 }),
    })
    .map(({ effect, federated: provider, isWithCaller, action, audience, subject, second, further }) => ({
      Effect: effect,
      Principal:
        effect === 'Deny'
          ? '*'
          : { Federated: provider, ...(isWithCaller ? { AWS: 'arn:aws:iam::999988887777:root' } : {}) },
      Action: action,
      Condition: merged([audience, subject, second, ...further]),
    }));
}

export interface RandomCase {
  readonly policy: object;
  /** Jobs whose tokens are explained, one after the other. */
  readonly jobs: readonly JobToken[];
}

/** A policy mostly about one issuer, and jobs of that issuer. */
export const RANDOM_CASE: fc.Arbitrary<RandomCase> = fc.constantFrom(...issuers).chain((issuer) =>
  fc
    .record({
      version: fc.constantFrom('2012-10-17', '2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'),
      statements: fc.array(
        fc.oneof(
          { weight: 5, arbitrary: statement(issuer) },
          fc.constantFrom(...issuers).chain((other) => statement(other)),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      isList: fc.boolean(),
      jobs: fc.array(
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...TOKENS.filter((token) => token.issuer === issuer)) },
          fc.constantFrom(...TOKENS),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      tags: fc.constantFrom(false, false, false, true),
    })
    .map(({ version, statements, isList, jobs, tags }) => ({
      policy: { Version: version, Statement: statements.length === 1 && !isList ? statements[0] : statements },
      jobs: jobs.map((token) => (tags ? tagged(token) : token)),
    })),
);

function tagged(token: JobToken): JobToken {
  return {
    ...token,
    claims: { ...token.claims, 'https://aws.amazon.com/tags': { principal_tags: { Team: ['blue'] } } },
  };
}
