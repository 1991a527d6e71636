import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { AUDIT_ROLE, arnOf, HANDLERS, Jobs, OTHER_ACCOUNT, ROLE, startEmulator, warningsOf } from './support.ts';

const MAPPED = {
  AWS_ACCESS_KEY_ID: '$(AWS_ACCESS_KEY_ID)',
  AWS_SECRET_ACCESS_KEY: '$(AWS_SECRET_ACCESS_KEY)',
  AWS_SESSION_TOKEN: '$(AWS_SESSION_TOKEN)',
};

for (const handler of HANDLERS) {
  describe(`credentials for later steps, from the task on ${handler}`, () => {
    let jobs: Jobs;

    before(async () => {
      jobs = new Jobs(await startEmulator(), handler);
    });
    after(() => jobs?.close());
    afterEach(() => jobs.finish());

    const profileFolder = () => path.join(jobs.agent.tempFolder, 'aws-oidc-assume');

    it('environment: every later step gets them', async () => {
      jobs.start();
      const result = await jobs.assume();
      await jobs.clientsAre(arnOf('deploy'));
      assert.deepEqual(warningsOf(result), []);
      assert.ok(!existsSync(profileFolder()));
    });

    it('secret-variables: only steps that map them get them', async () => {
      jobs.start();
      await jobs.assume({ expose: 'secret-variables' });
      await jobs.clientsAre(arnOf('deploy'), { env: MAPPED });
      await jobs.clientsFindNothing();
    });

    it('profile: files that only the agent can read, selected by variables', async () => {
      jobs.start();
      await jobs.assume({ expose: 'profile' });
      await jobs.clientsAre(arnOf('deploy'));
      assert.equal(statSync(profileFolder()).mode & 0o777, 0o700);
      for (const file of ['config', 'credentials']) {
        assert.equal(statSync(path.join(profileFolder(), file)).mode & 0o777, 0o600);
      }
      assert.deepEqual(await jobs.says('echo "${AWS_ACCESS_KEY_ID:-none}"'), ['none']);
    });

    it('profile: several roles of several accounts from one token', async () => {
      jobs.start();
      await jobs.emulator.control.clearRequests();
      await jobs.assume({ roleArn: '', roles: `shop=${ROLE}\naudit=${AUDIT_ROLE}` });
      await jobs.clientsAre(arnOf('deploy'));
      assert.deepEqual(await jobs.says(jobs.cli('audit')), [arnOf('audit', OTHER_ACCOUNT)]);
      assert.deepEqual(await jobs.says(jobs.sdk('audit')), [arnOf('audit', OTHER_ACCOUNT)]);
      const tokenRequests = (await jobs.emulator.control.requests()).filter(
        ({ endpoint }) => endpoint === 'azure-token',
      );
      assert.equal(tokenRequests.length, 1);
    });

    it('credential-process: a profile that fetches them itself', async () => {
      jobs.start();
      await jobs.assume({ expose: 'credential-process' });
      await jobs.clientsAre(arnOf('deploy'));
      assert.deepEqual(
        readdirSync(profileFolder())
          .map((name) => name.replace(/^[0-9a-f]{12}(?=\.)/, '<id>'))
          .sort(),
        ['<id>.state.json', 'config', 'core.cjs', 'credential-process.cjs', 'credentials', 'diagnosis.cjs'],
      );
    });

    it('removes its files at the end of the job, not before', async () => {
      jobs.start();
      await jobs.assume({ expose: 'credential-process' });
      const folder = profileFolder();
      assert.ok(existsSync(folder));
      const [post] = await jobs.agent.runPostJob();
      assert.equal(post?.result, 'Succeeded');
      assert.ok(!existsSync(folder));
    });

    it('does nothing at the end of the job if it left nothing, or did not run', async () => {
      jobs.start();
      await jobs.assume();
      jobs.agent.skipTask({ folder: jobs.folder, inputs: {} });
      const posts = await jobs.agent.runPostJob();
      assert.deepEqual(
        posts.map(({ result, raw }) => ({ result, raw })),
        [
          { result: 'Succeeded', raw: '' },
          { result: 'Succeeded', raw: '' },
        ],
      );
    });

    it('with a prefix, sets variables that have no effect by themselves', async () => {
      jobs.start();
      await jobs.assume({ variablePrefix: 'STAGING_' });
      await jobs.clientsFindNothing();
      const mapped = Object.fromEntries(Object.keys(MAPPED).map((name) => [name, `$(STAGING_${name})`]));
      await jobs.clientsAre(arnOf('deploy'), { env: { ...mapped, AWS_REGION: 'eu-west-1' } });
    });
  });
}
