import assert from 'node:assert/strict';
import { accountOfArn, parseRoleArn } from '../src/aws/role-arn.ts';

describe('the ARN of a role', () => {
  const role = (arn: string, partition: string, roleName: string) => ({
    arn,
    partition,
    accountId: '123456789012',
    roleName,
  });

  for (const [arn, partition, name] of [
    ['arn:aws:iam::123456789012:role/deploy', 'aws', 'deploy'],
    ['arn:aws-cn:iam::123456789012:role/a+b=c,d.e@f-g_h', 'aws-cn', 'a+b=c,d.e@f-g_h'],
    ['arn:aws-us-gov:iam::123456789012:role/team/web/deploy', 'aws-us-gov', 'deploy'],
    [`arn:aws:iam::123456789012:role/${'x'.repeat(64)}`, 'aws', 'x'.repeat(64)],
  ] as const) {
    it(`is read: ${arn}`, () => assert.deepEqual(parseRoleArn(arn), role(arn, partition, name)));
  }

  for (const arn of [
    ' arn:aws:iam::123456789012:role/deploy',
    'xarn:aws:iam::123456789012:role/deploy',
    'arn:aws:iam::123456789012:role/deploy ',
    'arn:aws:iam::123456789012:role/deploy\n',
    'arn:aws:iam::123456789012:role/',
    'arn:aws:iam::123456789012:role/team/',
    'arn:aws:iam::123456789012:role/te am/deploy',
    'arn:aws:iam::12345678901:role/deploy',
    'arn:aws:iam::1234567890123:role/deploy',
    'arn:aws:iam::123456789012:user/deploy',
    'arn:aws:sts::123456789012:assumed-role/deploy/x',
    'arn:AWS:iam::123456789012:role/deploy',
    'arn:aws-:iam::123456789012:role/deploy',
    `arn:aws:iam::123456789012:role/${'x'.repeat(65)}`,
    '',
  ]) {
    it(`is none: ${JSON.stringify(arn)}`, () => assert.equal(parseRoleArn(arn), undefined));
  }

  it('tells the account, as do others', () => {
    assert.equal(accountOfArn('arn:aws:sts::123456789012:assumed-role/deploy/x'), '123456789012');
    assert.equal(accountOfArn('arn:aws:s3:eu-west-1:123456789012:thing'), '123456789012');
    for (const arn of ['arn:aws:iam::aws:policy/x', 'x:arn:aws:sts::123456789012:y', 'arn:aws:sts::12345:x', '']) {
      assert.equal(accountOfArn(arn), undefined, arn);
    }
  });
});
