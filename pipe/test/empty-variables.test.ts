import assert from 'node:assert/strict';
import { emptyVariables } from '../src/empty-variables.ts';
import { rawOptions } from '../src/variables.ts';

const SET = { AWS_OIDC_ROLE_ARN: 'arn', AWS_DEFAULT_REGION: 'eu-west-1' };

describe('variables that are listed but empty', () => {
  const cases: { name: string; env: Record<string, string>; missed: string | undefined }[] = [
    { name: 'nothing listed', env: {}, missed: undefined },
    { name: 'all set', env: { ...SET, ALLOWED_ACCOUNT_IDS: '123456789012' }, missed: undefined },
    {
      name: 'the required ones',
      env: { AWS_OIDC_ROLE_ARN: '', AWS_REGION: ' ' },
      missed: 'AWS_OIDC_ROLE_ARN, AWS_REGION',
    },
    { name: 'one whose other name is set', env: { ...SET, AWS_ROLE_ARN: '', AWS_REGION: '' }, missed: undefined },
    {
      name: 'the role where several are given',
      env: { ...SET, AWS_OIDC_ROLE_ARN: '', ROLES: 'a=b' },
      missed: undefined,
    },
    {
      name: 'limits',
      env: { ...SET, ALLOWED_ACCOUNT_IDS: '', SESSION_POLICY: '', SESSION_POLICY_ARNS: '' },
      missed: 'ALLOWED_ACCOUNT_IDS, SESSION_POLICY, SESSION_POLICY_ARNS',
    },
    {
      name: 'a list of an empty item',
      env: { ...SET, ALLOWED_ACCOUNT_IDS_COUNT: '1', ALLOWED_ACCOUNT_IDS_0: '' },
      missed: 'ALLOWED_ACCOUNT_IDS',
    },
    { name: 'a list of nothing', env: { ...SET, SESSION_POLICY_ARNS_COUNT: '0' }, missed: undefined },
    { name: 'one that is not missed', env: { ...SET, PROFILE: '', DEBUG: '' }, missed: undefined },
  ];
  for (const { name, env, missed } of cases) {
    it(`${missed === undefined ? 'pass without a word' : 'are named'}: ${name}`, () => {
      assert.equal(
        emptyVariables(env, rawOptions(env).raw),
        missed === undefined
          ? undefined
          : `Listed but empty, and so without effect: ${missed}. If a variable stands there, it is not defined for this step.`,
      );
    });
  }
});
