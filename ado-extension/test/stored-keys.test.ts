import assert from 'node:assert/strict';
import { assertWording } from '../../test/messages/wording.ts';
import { storedKeysWarning } from '../AwsOidcAssume/AwsOidcAssumeV1/src/agent/stored-keys.ts';

const job = (plain: Readonly<Record<string, string>>, secret: Readonly<Record<string, string>> = {}) => {
  const names = (variables: object) => new Set(Object.keys(variables).map((name) => name.toUpperCase()));
  return {
    plainNames: names(plain),
    secretNames: names(secret),
    secretVariable: (name: string) => ({ ...plain, ...secret })[name],
  };
};

describe('stored keys in the variables of a job', () => {
  it('are those of the AWS Toolkit, which its tasks prefer', () => {
    const warning =
      storedKeysWarning(job({ 'AWS.AccessKeyID': 'value-1' }, { 'AWS.SecretAccessKey': 'value-2' })) ?? '';
    assert.match(
      warning,
      /^Stored AWS keys are in the variables of this job: AWS\.AccessKeyID, AWS\.SecretAccessKey\. Tasks of the AWS Toolkit use AWS\.AccessKeyID rather than/,
    );
    assert.ok(!warning.includes('value'));
    assertWording('Warnings', 'stored keys of the AWS Toolkit in the variables of the job', [warning]);
  });

  for (const [kind, host] of [
    ['plain', job({ AWS_ACCESS_KEY_ID: 'AKIA-value' })],
    ['secret', job({}, { AWS_ACCESS_KEY_ID: 'AKIA-value' })],
  ] as const) {
    it(`are the key id of an IAM user in a ${kind} variable`, () => {
      const warning = storedKeysWarning(host) ?? '';
      assert.match(
        warning,
        /: AWS_ACCESS_KEY_ID\. In a step that sets AWS_ACCESS_KEY_ID with env:, the AWS CLI and most SDKs use the stored key/,
      );
      assert.match(warning, /Remove the keys from the pipeline's variables/);
      assert.ok(!warning.includes('value') && !warning.includes('\n'));
      assertWording('Warnings', `the key id of an IAM user in a ${kind} variable of the job`, [warning]);
    });
  }

  it('are not the temporary credentials of an earlier step', () => {
    assert.equal(storedKeysWarning(job({ AWS_ACCESS_KEY_ID: 'ASIA-value' })), undefined);
    assert.equal(storedKeysWarning(job({})), undefined);
  });
});
