import assert from 'node:assert/strict';
import { issuerPath, parseProviderArn, parseRoleArn, providerArnFor } from '../src/policy/arn.ts';
import { ROLE_ARN } from './support.ts';

const ROLE = 'arn:aws:iam::123456789012:role';

describe('parseRoleArn', () => {
  const accepted: readonly [title: string, arn: string, parts: { partition?: string; path?: string; name: string }][] =
    [
      ['a role without a path', `${ROLE}/deploy`, { name: 'deploy' }],
      ['a path', `${ROLE}/ci/web/deploy`, { path: '/ci/web/', name: 'deploy' }],
      [
        'every character that IAM allows in a name',
        'arn:aws-cn:iam::123456789012:role/a+b=c,d.e@f-g_h',
        { partition: 'aws-cn', name: 'a+b=c,d.e@f-g_h' },
      ],
      ['a partition of three words', 'arn:aws-us-gov:iam::123456789012:role/x', { partition: 'aws-us-gov', name: 'x' }],
      ['a name of 64 characters', `${ROLE}/${'x'.repeat(64)}`, { name: 'x'.repeat(64) }],
      ['a path of 512 characters', `${ROLE}/${'x'.repeat(510)}/y`, { path: `/${'x'.repeat(510)}/`, name: 'y' }],
      [
        'characters in a path that a name cannot have',
        `${ROLE}/team(a)/*:~!/deploy`,
        { path: '/team(a)/*:~!/', name: 'deploy' },
      ],
      ['repeated slashes in a path', `${ROLE}/a//b/deploy`, { path: '/a//b/', name: 'deploy' }],
    ];
  for (const [title, arn, { partition = 'aws', path = '/', name }] of accepted) {
    it(`reads ${title}`, () =>
      assert.deepEqual(parseRoleArn(arn), { arn, partition, accountId: '123456789012', path, name }));
  }

  for (const [title, arn] of [
    ['empty text', ''],
    ['a bare name', 'deploy'],
    ['a leading space', ` ${ROLE_ARN}`],
    ['a leading character', `x${ROLE_ARN}`],
    ['a trailing space', `${ROLE_ARN} `],
    ['a trailing line break', `${ROLE_ARN}\n`],
    ['an account of eleven digits', 'arn:aws:iam::12345678901:role/x'],
    ['an account of thirteen digits', 'arn:aws:iam::1234567890123:role/x'],
    ['a user', 'arn:aws:iam::123456789012:user/x'],
    ['an assumed role', 'arn:aws:sts::123456789012:assumed-role/deploy/x'],
    ['a partition in capitals', 'arn:AWS:iam::123456789012:role/x'],
    ['a partition that ends in a hyphen', 'arn:aws-:iam::123456789012:role/x'],
    ['a missing name', `${ROLE}/`],
    ['a path without a name', `${ROLE}/team/`],
    ['an empty path', `${ROLE}//deploy`],
    ['a name of 65 characters', `${ROLE}/${'x'.repeat(65)}`],
    ['a path of 513 characters', `${ROLE}/${'x'.repeat(511)}/y`],
    ['a space in a path', `${ROLE}/te am/deploy`],
    ['a letter with an accent in a path', `${ROLE}/équipe/deploy`],
    ['a character in a name that only a path can have', `${ROLE}/team(a)`],
  ] as const) {
    it(`rejects ${title}`, () => assert.equal(parseRoleArn(arn), undefined));
  }
});

describe('parseProviderArn', () => {
  it('reads partition, account and issuer', () => {
    assert.deepEqual(parseProviderArn('arn:aws:iam::123456789012:oidc-provider/ci.example/a'), {
      partition: 'aws',
      account: '123456789012',
      issuerPath: 'ci.example/a',
    });
  });

  for (const arn of [
    'arn:aws:iam::123456789012:saml-provider/x',
    'xarn:aws:iam::123456789012:oidc-provider/ci.example',
    'arn:aws:iam::123456789012:oidc-provider/ci.example\n',
  ]) {
    it(`rejects ${JSON.stringify(arn)}`, () => assert.equal(parseProviderArn(arn), undefined));
  }
});

describe('providerArnFor', () => {
  it("names the provider in the role's account and partition", () => {
    assert.equal(
      providerArnFor('https://ci.example/a/', 'arn:aws-us-gov:iam::210987654321:role/x'),
      'arn:aws-us-gov:iam::210987654321:oidc-provider/ci.example/a/',
    );
  });

  it('accepts every path that IAM accepts', () => {
    assert.equal(
      providerArnFor('https://ci.example', `${ROLE}/team(a)/deploy`),
      'arn:aws:iam::123456789012:oidc-provider/ci.example',
    );
  });

  it('throws on text that is not the ARN of a role', () => {
    assert.throws(
      () => providerArnFor('https://ci.example', 'x'),
      new RangeError('The role ARN must look like arn:aws:iam::123456789012:role/name.'),
    );
  });
});

describe('issuerPath', () => {
  it('removes a scheme only at the beginning', () => {
    assert.equal(issuerPath('https://ci.example/http://x'), 'ci.example/http://x');
    assert.equal(issuerPath('ci.example/https://x'), 'ci.example/https://x');
  });
});
