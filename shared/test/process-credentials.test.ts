import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { processCredentials } from '../src/publish/process-credentials.ts';
import { AssumedCredentials } from '../src/sts/assumed-credentials.ts';

describe('the output of a credential process', () => {
  it('has the members that AWS SDKs read', () => {
    const secretAccessKey = randomBytes(30).toString('base64');
    const sessionToken = randomBytes(90).toString('base64');
    const credentials = new AssumedCredentials({
      accessKeyId: 'EXAMPLEKEYIDOFATEST',
      secretAccessKey,
      sessionToken,
      expiration: new Date('2026-03-01T13:00:00Z'),
      assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/deploy/x',
      endpoint: 'https://sts.eu-west-1.amazonaws.com/',
    });
    assert.deepEqual(JSON.parse(processCredentials({ profile: undefined, credentials })), {
      Version: 1,
      AccessKeyId: 'EXAMPLEKEYIDOFATEST',
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: '2026-03-01T13:00:00.000Z',
      AccountId: '123456789012',
    });
  });
});
