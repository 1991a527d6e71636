import assert from 'node:assert/strict';
import { HAS_AWS_CLI } from '../../support/aws-cli.ts';
import {
  AUDIT_ROLE,
  arnOf,
  CONNECTION,
  exposed,
  Jobs,
  LOCKED_ROLE,
  OTHER_ACCOUNT,
  startEmulator,
  warningsOf,
} from './support.ts';

const MAPPED = {
  AWS_ACCESS_KEY_ID: '$(AWS_ACCESS_KEY_ID)',
  AWS_SECRET_ACCESS_KEY: '$(AWS_SECRET_ACCESS_KEY)',
  AWS_SESSION_TOKEN: '$(AWS_SESSION_TOKEN)',
};

describe('the environment of later steps after the task', () => {
  let jobs: Jobs;

  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node20_1');
  });
  after(() => jobs?.close());
  afterEach(() => jobs.finish());

  describe('a second role in the same job', () => {
    const modes = ['environment', 'profile', 'credential-process'];
    for (const first of [...modes, 'secret-variables']) {
      for (const second of modes) {
        if (first === 'secret-variables' && second === 'environment') continue;
        it(`replaces the first: ${first}, then ${second}`, async () => {
          jobs.start();
          await jobs.assume({ expose: first });
          await jobs.assume({ expose: second, roleArn: AUDIT_ROLE }, { name: 'audit' });
          await jobs.clientsAre(arnOf('audit', OTHER_ACCOUNT));
        });
      }
    }

    it('exists next to the first under another profile', async () => {
      jobs.start();
      await jobs.assume({ expose: 'profile', profile: 'shop' });
      await jobs.assume({ expose: 'credential-process', profile: 'audit', roleArn: AUDIT_ROLE }, { name: 'audit' });
      await jobs.clientsAre(arnOf('audit', OTHER_ACCOUNT));
      assert.deepEqual(await jobs.says(jobs.cli('shop')), [arnOf('deploy')]);
    });

    it('leaves nothing of the first if it fails', async () => {
      for (const expose of modes) {
        jobs.start();
        await jobs.assume({ expose });
        const failed = await jobs.run({ expose, roleArn: LOCKED_ROLE }, { name: 'locked' });
        assert.equal(failed.result, 'Failed');
        assert.deepEqual(exposed(failed), []);
        assert.match(failed.log.join('\n'), /Emptied, so that no later step goes on with older credentials/);
        await jobs.clientsFindNothing();
        if (expose !== modes.at(-1)) await jobs.finish();
      }
    });

    it('replaces the first if the agent runs the task again after a failure', async () => {
      for (const expose of modes) {
        jobs.start();
        await jobs.assume({ expose });
        // The first attempt fails, as for a role that was just created.
        await jobs.emulator.control.setFaults([
          { match: { endpoint: 'sts', times: 1 }, fault: { status: 403, code: 'AccessDenied' } },
        ]);
        await jobs.assume({ expose, roleArn: AUDIT_ROLE }, { name: 'audit', retryCountOnTaskFailure: 1 });
        await jobs.clientsAre(arnOf('audit', OTHER_ACCOUNT));
        if (expose !== modes.at(-1)) await jobs.finish();
      }
    });

    it('is missing from the environment if the first made the variables secret, and reports it', async () => {
      jobs.start();
      await jobs.assume({ expose: 'secret-variables' });
      const result = await jobs.assume({ expose: 'environment' }, { name: 'again' });
      assert.match(
        warningsOf(result).join('\n'),
        /AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN are already secret variables of this job/,
      );
      await jobs.clientsFindNothing();
      await jobs.clientsAre(arnOf('deploy'), { env: MAPPED });
    });
  });

  describe('earlier variables', () => {
    it('are named if the pipeline keeps them secret, because later steps will lack them', async () => {
      jobs.start({ secretVariables: { AWS_SECRET_ACCESS_KEY: 'of-the-variable-group-0' } });
      const result = await jobs.assume();
      const [warning = ''] = warningsOf(result);
      assert.match(warning, /^AWS_SECRET_ACCESS_KEY is already a secret variable of this job and stays secret/);
      const [, name = '', value = ''] = /env: \{ (\w+): (.*) \}$/.exec(warning) ?? [];
      await jobs.clientsAre(arnOf('deploy'), { env: { [name]: value } });
    });

    it('are overridden: keys, web identity and container credentials of the agent', async () => {
      jobs.start({
        environment: {
          AWS_ACCESS_KEY_ID: 'of-the-machine',
          AWS_SECRET_ACCESS_KEY: 'of-the-machine-too',
          AWS_SECURITY_TOKEN: 'of-the-machine',
          AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
          AWS_ROLE_ARN: AUDIT_ROLE,
          AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9/',
        },
      });
      for (const expose of ['environment', 'profile', 'credential-process']) {
        await jobs.assume({ expose });
        await jobs.clientsAre(arnOf('deploy'));
      }
    });

    for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) {
      it(`are overridden: ${name}, which no step can remove`, async () => {
        for (const [index, before] of [
          { environment: { [name]: 'of-the-machine' } },
          { variables: { [name]: 'of-the-pipeline' } },
        ].entries()) {
          if (index > 0) await jobs.finish();
          jobs.start(before);
          const result = await jobs.assume();
          await jobs.clientsAre(arnOf('deploy'));
          assert.match(result.log.join('\n'), new RegExp(`${name} was set and cannot be removed`));
        }
      });
    }

    it('are reported if secret variables cannot override them, e.g. a profile', async () => {
      jobs.start({ variables: { AWS_PROFILE: 'of-the-pipeline' } });
      const result = await jobs.assume({ expose: 'secret-variables' });
      assert.match(warningsOf(result).join('\n'), /AWS_PROFILE is set in this job and cannot be removed/);
    });

    it('are reported if they are stored keys of the AWS Toolkit, without a value', async () => {
      const keys = { 'AWS.AccessKeyID': 'toolkit-key-id-0', 'AWS.SecretAccessKey': 'toolkit-secret-0' };
      jobs.start({ variables: keys });
      const result = await jobs.assume();
      const [warning = '', ...others] = warningsOf(result);
      assert.deepEqual(others, []);
      assert.match(
        warning,
        /^Stored AWS keys are in the variables of this job: AWS\.AccessKeyID, AWS\.SecretAccessKey\./,
      );
      assert.doesNotMatch(result.log.join('\n'), /toolkit-(?:key|secret)/);
    });

    it('are reported if a step can map a stored key, which the AWS CLI then prefers to a profile', async () => {
      const keys = { AWS_ACCESS_KEY_ID: 'AKIASTORED', AWS_SECRET_ACCESS_KEY: 'stored-secret-0' };
      jobs.start({ secretVariables: keys });
      const result = await jobs.assume({ expose: 'profile' });
      assert.match(
        warningsOf(result).join('\n'),
        /^Stored AWS keys are in the variables of this job: AWS_ACCESS_KEY_ID\. In a step that sets AWS_ACCESS_KEY_ID with env:/m,
      );
      assert.doesNotMatch(result.log.join('\n'), /AKIASTORED/);
      await jobs.clientsAre(arnOf('deploy'));
      const env = { ...MAPPED, AWS_SESSION_TOKEN: '' };
      // The emulator does not know this key. The SDK for JavaScript prefers the profile.
      if (HAS_AWS_CLI) await assert.rejects(jobs.says(jobs.cli(), { env }), /InvalidClientTokenId/);
      assert.deepEqual(await jobs.says(jobs.sdk(), { env }), [arnOf('deploy')]);
    });

    it('are not used if a service connection has keys and no role', async () => {
      const parameters = { username: 'connection-key-id-0', password: 'connection-secret-0' };
      const connection = { name: 'aws-keys', type: 'AWS', scheme: 'UsernamePassword', parameters };
      jobs.start({ serviceConnections: { [CONNECTION]: connection } });
      const result = await jobs.run({ roleArn: '' });
      assert.equal(result.result, 'Failed');
      const errors = result.issues.filter(({ type }) => type === 'error').map(({ message }) => message);
      assert.equal(errors.length, 1);
      assert.match(
        errors[0] ?? '',
        /roleArn is missing: the service connection has access keys and no role, and this task never uses keys.*Fix: Set roleArn, or "Role to Assume"/,
      );
      assert.doesNotMatch(result.log.join('\n'), /connection-(?:key|secret)/);
      await jobs.assume({}, { name: 'again' });
    });

    it('are overwritten although read-only, as the agent warns', async () => {
      jobs.start({ variables: { AWS_REGION: 'us-east-1' }, readOnlyVariables: ['AWS_REGION'] });
      const result = await jobs.assume();
      assert.deepEqual(await jobs.says('echo $AWS_REGION'), ['eu-west-1']);
      assert.match(warningsOf(result).join('\n'), /Overwriting readonly variable 'AWS_REGION'/);
    });
  });

  describe('under restrictions of the step', () => {
    it('works with restricted commands, except for the summary', async () => {
      jobs.start();
      const result = await jobs.assume({}, { target: { commands: 'restricted' } });
      await jobs.clientsAre(arnOf('deploy'));
      assert.deepEqual(result.summaries, []);
      assert.match(warningsOf(result).join('\n'), /task\.uploadsummary\] is not allowed/);
      const quiet = await jobs.assume({ jobSummary: 'false' }, { target: { commands: 'restricted' } });
      assert.deepEqual(warningsOf(quiet), []);
    });

    it('explains a restriction of variables in the log, because a task cannot detect it', async () => {
      jobs.start({ variables: { 'System.Debug': 'true' } });
      const result = await jobs.assume({}, { target: { settableVariables: ['AWS_REGION'] } });
      assert.match(warningsOf(result).join('\n'), /Setting variable 'AWS_ACCESS_KEY_ID' has been disabled/);
      assert.match(result.log.join('\n'), /remove `target: settableVariables` from this step/);
      await jobs.clientsFindNothing();
    });

    it('sets all its variables within its own list, with any prefix', async () => {
      jobs.start();
      for (const variablePrefix of ['', 'x', 'a_b_']) {
        const result = await jobs.assume({ variablePrefix, expose: 'profile' }, { name: `with${variablePrefix}` });
        assert.deepEqual(warningsOf(result), []);
      }
    });
  });

  it('reports role, account, subject, expiry and mode in a summary', async () => {
    jobs.start();
    const {
      summaries: [summary = ''],
    } = await jobs.assume();
    for (const text of ['deploy/job', '123456789012', 'sc://acme/shop/aws-deploy', 'environment variables']) {
      assert.ok(summary.includes(text), `${text} in:\n${summary}`);
    }
    const masked = await jobs.assume({ maskAccountId: 'true' }, { name: 'masked' });
    assert.ok(!masked.summaries[0]?.includes('123456789012'));
    assert.ok(!masked.log.join('\n').includes('123456789012'));
  });

  it('names the subject for the trust policy', async () => {
    jobs.start();
    const withConnection = await jobs.assume();
    assert.match(withConnection.summaries.join(), /sc:\/\/acme\/shop\/aws-deploy/);
    const withoutConnection = await jobs.assume({ serviceConnection: '' }, { name: 'own' });
    assert.match(withoutConnection.summaries.join(), /p:\/\/acme\/shop\/deploy/);
  });

  it('works in a Classic release', async () => {
    const release = new Jobs(await startEmulator({ hub: 'rm' }), 'Node20_1');
    try {
      release.start();
      await release.assume({ sessionName: '' });
      const [arn = ''] = await release.says(release.cli());
      assert.match(arn, /assumed-role\/deploy\/azure,acme,shop,1234,[0-9a-f]{8}$/);
      await release.finish();
    } finally {
      await release.close();
    }
  });
});
