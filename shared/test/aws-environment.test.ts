import assert from 'node:assert/strict';
import { assumeRole } from '../src/assume-role.ts';
import { awsEnvironment, revealed } from '../src/publish/aws-environment.ts';
import { credentialsSection } from '../src/publish/aws-profile-files.ts';
import { RecordingSystem, rawOptions, ScriptedRuntime, SECRET_KEY, SESSION_TOKEN, success } from './support.ts';

describe('what AWS tools read', () => {
  const assumed = (options = {}) =>
    assumeRole(
      new RecordingSystem(),
      rawOptions(options),
      { exposeModes: ['environment'] },
      new ScriptedRuntime([success]),
    );

  const valuesOf = (variables: ReturnType<typeof awsEnvironment>) =>
    Object.fromEntries(variables.map(({ name, value }) => [name, revealed(value)]));

  it('is key, token, expiry and both names of the region', async () => {
    const { sessions, options } = await assumed();
    const [session] = sessions;
    assert.ok(session);
    assert.deepEqual(valuesOf(awsEnvironment(session, options)), {
      AWS_ACCESS_KEY_ID: 'EXAMPLEKEYID',
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      AWS_SESSION_TOKEN: SESSION_TOKEN,
      AWS_CREDENTIAL_EXPIRATION: '2026-03-01T13:00:00.000Z',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
    });
  });

  it('has the names that the prefix makes', async () => {
    const { sessions, options } = await assumed({ variablePrefix: 'PROD_' });
    const [session] = sessions;
    assert.ok(session);
    assert.ok(Object.keys(valuesOf(awsEnvironment(session, options))).every((name) => name.startsWith('PROD_AWS_')));
  });

  it('shows no secret when it is printed as JSON', async () => {
    const { sessions, options } = await assumed();
    const [session] = sessions;
    assert.ok(session);
    const printed = JSON.stringify([awsEnvironment(session, options), credentialsSection(session)]);
    assert.ok(!printed.includes(SECRET_KEY) && !printed.includes(SESSION_TOKEN));
    assert.equal(revealed(credentialsSection(session)['aws_secret_access_key'] ?? ''), SECRET_KEY);
  });
});
