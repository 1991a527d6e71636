import assert from 'node:assert/strict';
import { accountOfArn } from '../src/aws/arn.ts';

describe('the account of an ARN', () => {
  it('is read for any service', () => {
    assert.equal(accountOfArn('arn:aws:sts::123456789012:assumed-role/deploy/x'), '123456789012');
    assert.equal(accountOfArn('arn:aws:s3:eu-west-1:123456789012:thing'), '123456789012');
  });

  for (const arn of ['arn:aws:iam::aws:policy/x', 'x:arn:aws:sts::123456789012:y', 'arn:aws:sts::12345:x', '']) {
    it(`is unknown for ${JSON.stringify(arn)}`, () => assert.equal(accountOfArn(arn), undefined));
  }
});
