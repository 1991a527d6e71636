import assert from 'node:assert/strict';
import {
  ACCOUNT,
  AUDIT_ROLE,
  arnOf,
  CONNECTION,
  Jobs,
  NEXT_ROLE,
  OTHER_ACCOUNT,
  ROLE,
  startEmulator,
} from './support.ts';

describe('inputs of the task', () => {
  let jobs: Jobs;

  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node24');
  });
  after(() => jobs?.close());
  afterEach(() => jobs.finish());

  const lastSession = async () => (await jobs.emulator.control.sessions()).at(-1);
  const connection = (fields: object) =>
    jobs.start({ serviceConnections: { [CONNECTION]: { name: 'aws-deploy', type: 'AwsOidcFederation', ...fields } } });
  const nothing = { roleArn: '', region: '', sessionName: '', durationSeconds: '' };

  describe('from a service connection', () => {
    const data = { roleArn: ROLE, region: 'eu-west-1', sessionName: 'by-connection', durationSeconds: '900' };

    it("may be of the extension's type: role, region, session name and duration", async () => {
      connection({ data });
      const result = await jobs.assume(nothing);
      assert.equal((await lastSession())?.durationSeconds, 900);
      await jobs.clientsAre(arnOf('deploy', ACCOUNT, 'by-connection'));
      // The agent would mask values in the authorization, and with them every "eu-west-1" in the job's log.
      assert.match(result.log.join('\n'), /assumed-role\/deploy\/by-connection/);
    });

    it("apply only if the task's input is empty", async () => {
      connection({ data });
      await jobs.assume({ ...nothing, roleArn: AUDIT_ROLE, sessionName: 'by-input' });
      assert.equal((await lastSession())?.arn, arnOf('audit', OTHER_ACCOUNT, 'by-input'));
    });

    it('allow several roles', async () => {
      connection({ data });
      await jobs.assume({ ...nothing, roles: `a=${ROLE}\nb=${AUDIT_ROLE}` });
      assert.deepEqual(await jobs.says(jobs.cli('b')), [arnOf('audit', OTHER_ACCOUNT, 'by-connection')]);
    });

    it("may be of the AWS Toolkit's type: role and session name, never its keys", async () => {
      const parameters = {
        username: 'key-id-of-the-connection',
        password: 'secret-key-of-the-connection',
        assumeRoleArn: ROLE,
        roleSessionName: 'by-toolkit',
        useOIDC: 'yes',
      };
      connection({ type: 'AWS', scheme: 'UsernamePassword', parameters });
      const result = await jobs.assume({ ...nothing, region: 'eu-west-1' });
      assert.equal((await lastSession())?.arn, arnOf('deploy', ACCOUNT, 'by-toolkit'));
      assert.ok(!/key-of-the-connection|key-id-of/.test(result.raw));
    });

    it('are named if their value is wrong', async () => {
      connection({ data: { ...data, roleArn: 'deploy', durationSeconds: '5' } });
      const log = (await jobs.run(nothing)).log.join('\n');
      assert.match(log, /roleArn of the service connection is "deploy", not the ARN of an IAM role/);
      assert.match(log, /durationSeconds of the service connection is "5"/);
    });
  });

  it('accept the spelling of other tools', async () => {
    jobs.start();
    await jobs.agent.runTask({
      folder: jobs.folder,
      name: 'assume',
      inputs: {
        awsCredentials: 'aws-deploy',
        roleToAssume: ROLE,
        regionName: 'eu-west-1',
        roleSessionName: 'alias',
        roleDurationSeconds: '1800',
        stsEndpoint: jobs.emulator.ready.sts,
      },
    });
    assert.equal((await lastSession())?.arn, arnOf('deploy', ACCOUNT, 'alias'));
    assert.equal((await lastSession())?.durationSeconds, 1800);
  });

  it('open a chain of roles, with external id and tags of the run, and policies that narrow the last', async () => {
    jobs.start();
    const result = await jobs.assume({
      chainRoleArns: NEXT_ROLE,
      chainExternalId: 'partner:42',
      chainSessionTags: 'run\nTeam=shop',
      sessionPolicyArns: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    });
    await jobs.clientsAre(arnOf('next'));
    const session = await lastSession();
    assert.deepEqual(session?.policyArns, ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']);
    assert.deepEqual(session?.tags, {
      CiSystem: 'azure',
      Owner: 'acme',
      Repository: 'shop',
      Team: 'shop',
    });
    // A token of a service connection has neither branch nor run.
    assert.match(result.log.join('\n'), /Left out of the session tags: Branch, Build\./);
    await jobs.assume(
      { serviceConnection: '', chainRoleArns: NEXT_ROLE, chainSessionTags: 'run' },
      { name: 'pipeline' },
    );
    await jobs.clientsAre(arnOf('next'));
    const pipeline = { CiSystem: 'azure', Owner: 'acme', Repository: 'shop', Branch: 'main', Build: '4711' };
    assert.deepEqual((await lastSession())?.tags, pipeline);
  });

  it('are all checked, and their mistakes reported together, before anything is sent', async () => {
    jobs.start();
    await jobs.emulator.control.clearRequests();
    const log = (
      await jobs.run({
        roleArn: '$(deployRole)',
        durationSeconds: '5',
        expose: 'files',
        maskAccountId: 'yes',
        jobSummary: 'perhaps',
        tokenHosts: 'https://example.com/',
        variablePrefix: '1',
      })
    ).log.join('\n');
    for (const name of [
      'roleArn',
      'durationSeconds',
      'expose',
      'maskAccountId',
      'jobSummary',
      'tokenHosts',
      'variablePrefix',
    ]) {
      assert.match(log, new RegExp(`^ {2}${name} `, 'm'));
    }
    assert.deepEqual(await jobs.emulator.control.requests(), []);
  });

  it("are reported separately on the run's page", async () => {
    jobs.start();
    const { issues, log } = await jobs.run({ durationSeconds: '5', expose: 'files' });
    assert.deepEqual(
      issues.map(({ message }) => message),
      [
        'InvalidOptions: 2 options are wrong: durationSeconds, expose. Nothing was sent. Fix: Correct each of them: durationSeconds is "5", not a whole number of seconds from 900 to 43200. expose is "files", not one of environment, secret-variables, profile, credential-process.',
      ],
    );
    assert.ok(log.includes('  durationSeconds is "5", not a whole number of seconds from 900 to 43200.'));
    assert.ok(log.some((line) => line.startsWith('  expose is "files", not one of environment, ')));
  });

  it('publish nothing for a forbidden account', async () => {
    jobs.start();
    const log = (await jobs.run({ allowedAccountIds: OTHER_ACCOUNT })).log.join('\n');
    assert.match(log, /AccountNotAllowed/);
    await jobs.clientsFindNothing();
  });

  it('name the failing condition with the trust policy in the repository', async () => {
    jobs.start();
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: {
            Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/vstoken.dev.azure.com/66666666-7777-4888-8999-000000000000`,
          },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: { 'vstoken.dev.azure.com/66666666-7777-4888-8999-000000000000:sub': 'sc://acme/shop/other' },
          },
        },
      ],
    };
    await jobs.says(`mkdir -p iam && cat > iam/trust.json <<'JSON'\n${JSON.stringify(policy)}\nJSON`);
    const log = (
      await jobs.run({ roleArn: `arn:aws:iam::${ACCOUNT}:role/locked`, trustPolicyFile: 'iam/trust.json' })
    ).log.join('\n');
    assert.match(log, /"sc:\/\/acme\/shop\/other".*"sc:\/\/acme\/shop\/aws-deploy".*iam\/trust\.json/);
  });

  it('end cleanly after a cancellation', async () => {
    jobs.start();
    await jobs.emulator.control.setFaults([{ match: { endpoint: 'sts' }, fault: { hang: true } }]);
    try {
      const cancel = new AbortController();
      const cancelOnceAsked = async () => {
        const requests = await jobs.emulator.control.requests();
        if (requests.some(({ endpoint }) => endpoint === 'sts')) cancel.abort();
      };
      await jobs.emulator.control.clearRequests();
      const poll = setInterval(() => void cancelOnceAsked(), 100);
      const result = await jobs.run({}, { signal: cancel.signal }).finally(() => clearInterval(poll));
      assert.equal(result.result, 'Canceled');
      assert.match(result.log.join('\n'), /Cancelled: The run was cancelled/);
      jobs.agent.verify();
      // The signal also cancels the rest of that job.
      jobs.agent.dispose();
      jobs.start();
    } finally {
      await jobs.emulator.control.clearFaults();
    }
  });
});
