import assert from 'node:assert/strict';
import { assertWording, problemText } from '../../test/messages/wording.ts';
import { readInputs } from '../AwsOidcAssume/AwsOidcAssumeV1/src/agent/inputs.ts';
import { EXPOSE_MODES } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/modes.ts';

const ID = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';

function read(inputs: Record<string, string>, fields: Record<string, string> = {}) {
  const variables: Record<string, string> = { 'System.DefaultWorkingDirectory': '/agent/_work/1/s' };
  return readInputs({
    input: (name) => inputs[name],
    variable: (name) => variables[name],
    connectionField: (_, field) => fields[field],
    connectionHasKeys: () => fields['password'] !== undefined,
  });
}
const problems = (inputs: Record<string, string>) => read(inputs).problems.map(problemText);

describe('the inputs of the task', () => {
  it('override the fields of the service connection, which are named if they are wrong', () => {
    const { raw } = read(
      { serviceConnection: ID, region: 'eu-west-1' },
      { region: 'us-east-1', roleArn: 'x', durationSeconds: '900', password: 'never read' },
    );
    assert.deepEqual(raw.region, { name: 'region', value: 'eu-west-1' });
    assert.deepEqual(raw.roleArn, { name: 'roleArn of the service connection', value: 'x' });
    assert.ok(!JSON.stringify(raw).includes('never read'));
  });

  it("include the fields of the AWS Toolkit, after the extension's own", () => {
    const toolkit = { assumeRoleArn: 'theirs', roleSessionName: 'theirs' };
    const { raw } = read({ serviceConnection: ID }, { ...toolkit, sessionName: 'ours' });
    assert.deepEqual([raw.roleArn.value, raw.sessionName.value], ['theirs', 'ours']);
  });

  it('name a service connection with keys and no role', () => {
    const keys = { password: 'never read' };
    const message = read({ serviceConnection: ID }, keys).problems.map(problemText);
    assertWording('Wrong inputs of the task', 'a service connection with access keys and no role', message);
    assert.equal(message.length, 1);
    assert.ok(!message.join().includes('never read'));
    assert.deepEqual(read({ serviceConnection: ID, roleArn: 'x' }, keys).problems, []);
    assert.deepEqual(read({ serviceConnection: ID, roles: 'a=x' }, keys).problems, []);
    assert.deepEqual(read({ serviceConnection: ID }, { ...keys, assumeRoleArn: 'x' }).problems, []);
    assert.deepEqual(read({ serviceConnection: ID }).problems, []);
  });

  it('treat the default of expose as missing if there are several roles', () => {
    assert.equal(read({ roles: 'a=b', expose: EXPOSE_MODES[0] }).raw.expose.value, undefined);
    assert.equal(read({ roles: 'a=b', expose: 'secret-variables' }).raw.expose.value, 'secret-variables');
    assert.equal(read({ expose: EXPOSE_MODES[0] }).raw.expose.value, 'environment');
  });

  it('have no trust policy file if the agent wrote a folder for an empty path', () => {
    const fileOf = (trustPolicyFile: string) => read({ trustPolicyFile }).raw.trustPolicyFile.value;
    assert.equal(fileOf('/agent/_work/1/s'), undefined);
    assert.equal(fileOf('/agent/_work/1/s/'), undefined);
    assert.equal(fileOf('/agent/_work/1/s/trust.json'), '/agent/_work/1/s/trust.json');
  });

  it('have settings with defaults', () => {
    assert.deepEqual(read({}).settings, {
      serviceConnectionId: undefined,
      tokenHosts: [],
      jobSummary: true,
    });
    assert.deepEqual(read({ tokenHosts: 'A.example.com, b\nc:8443', jobSummary: 'False' }).settings, {
      serviceConnectionId: undefined,
      tokenHosts: ['a.example.com', 'b', 'c:8443'],
      jobSummary: false,
    });
  });

  it('report problems of inputs that only the task has', () => {
    const wording = (situation: string, inputs: Parameters<typeof problems>[0]) =>
      assertWording('Wrong inputs of the task', situation, problems(inputs));
    wording('three wrong inputs', { serviceConnection: '$(connection)', tokenHosts: 'a/b', jobSummary: '1' });
    wording('a connection that the server did not replace by its id', { serviceConnection: 'aws' });
  });
});
