import assert from 'node:assert/strict';
import { guardRoles } from '../src/account-guard.ts';
import { parseOptions } from '../src/options/options.ts';
import type { OptionKey } from '../src/options/table.ts';
import { rawOptions } from './support.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const guard = (values: Partial<Record<OptionKey, string>>) =>
  guardRoles(parseOptions(rawOptions(values), { exposeModes: ['environment'] }), 'ALLOWED');

describe('the allowed accounts', () => {
  it('are all if none is named', () => guard({}));

  it('prevent assuming a role of another account', () => {
    assert.throws(() => guard({ allowedAccountIds: '210987654321,321098765432' }), {
      code: 'AccountNotAllowed',
      message: `${ROLE} is in account 123456789012, but ALLOWED allows only 210987654321, 321098765432.`,
    });
    guard({ allowedAccountIds: '210987654321,123456789012' });
  });

  it('apply to each of several roles', () => {
    const roles = `a=${ROLE}\nb=arn:aws:iam::210987654321:role/b`;
    guard({ roleArn: '', roles, allowedAccountIds: '210987654321,123456789012' });
    assert.throws(() => guard({ roleArn: '', roles, allowedAccountIds: '123456789012' }), /role\/b is in account/);
  });

  it('apply to the last role of a chain', () => {
    const chainRoleArns = 'arn:aws:iam::210987654321:role/next';
    guard({ allowedAccountIds: '210987654321', chainRoleArns });
    assert.throws(() => guard({ allowedAccountIds: '123456789012', chainRoleArns }), {
      code: 'AccountNotAllowed',
      message: `${chainRoleArns} is in account 210987654321, but ALLOWED allows only 123456789012.`,
    });
  });
});
