import assert from 'node:assert/strict';
import { assumeRole } from '../src/assume-role.ts';
import { awsEnvironment, plainText, profileFileVariables } from '../src/publish/aws-environment.ts';
import { profileFiles } from '../src/publish/aws-profile-files.ts';
import { conflictsWith, modeNames, profileOf } from '../src/publish/expose-mode.ts';
import { RecordingSystem, rawOptions, ScriptedRuntime, SECRET_KEY, SESSION_TOKEN, success } from './support.ts';

describe('the variables of AWS tools', () => {
  const assumed = (options = {}) =>
    assumeRole(
      new RecordingSystem(),
      rawOptions(options),
      { exposeModes: ['environment'] },
      new ScriptedRuntime([success]),
    );

  const valuesOf = (variables: ReturnType<typeof awsEnvironment>) =>
    Object.fromEntries(variables.map(({ name, value }) => [name, plainText(value)]));

  it('are key, token, expiry and both names of the region', async () => {
    const { sessions, options } = await assumed();
    const [session] = sessions;
    assert.ok(session);
    assert.deepEqual(valuesOf(awsEnvironment(session, options)), {
      AWS_ACCESS_KEY_ID: 'EXAMPLEKEYIDOFATEST',
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      AWS_SESSION_TOKEN: SESSION_TOKEN,
      AWS_CREDENTIAL_EXPIRATION: '2026-03-01T13:00:00.000Z',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
    });
  });

  it('have the prefix in their names', async () => {
    const { sessions, options } = await assumed({ variablePrefix: 'PROD_' });
    const [session] = sessions;
    assert.ok(session);
    assert.ok(Object.keys(valuesOf(awsEnvironment(session, options))).every((name) => name.startsWith('PROD_AWS_')));
  });

  it('point every SDK to a profile, the older ones with a switch', async () => {
    const { options } = await assumed({ variablePrefix: 'A_' });
    assert.deepEqual(valuesOf(profileFileVariables({ config: '/c', credentials: '/k' }, 'site', options)), {
      A_AWS_CONFIG_FILE: '/c',
      A_AWS_SHARED_CREDENTIALS_FILE: '/k',
      A_AWS_PROFILE: 'site',
      A_AWS_SDK_LOAD_CONFIG: '1',
    });
  });

  it('conflict with every other source, including older names', () => {
    const conflicts = conflictsWith([{ name: 'AWS_ACCESS_KEY_ID' }]);
    assert.ok(!conflicts.includes('AWS_ACCESS_KEY_ID'));
    for (const name of ['AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_SECRET_KEY', 'AMAZON_ACCESS_KEY_ID']) {
      assert.ok(conflicts.includes(name), name);
    }
  });

  it('are set by one of the modes, of which the first is the default', async () => {
    assert.deepEqual(modeNames([{ name: 'a' }, { name: 'b' }]), ['a', 'b']);
    const { sessions } = await assumed();
    assert.equal(profileOf(sessions[0]), 'default');
  });

  it('show no secret in JSON', async () => {
    const { sessions, options } = await assumed();
    const [session] = sessions;
    assert.ok(session);
    const printed = JSON.stringify([awsEnvironment(session, options), profileFiles([session], options)]);
    assert.ok(!printed.includes(SECRET_KEY) && !printed.includes(SESSION_TOKEN));
  });
});
