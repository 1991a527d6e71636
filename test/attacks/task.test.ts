/** Attacks of an earlier step on the packed task, which only prints text or writes files. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { arnOf, Jobs, NEXT_ROLE, startEmulator } from '../e2e/task/support.ts';

describe('attacks of an earlier step on the task', () => {
  let jobs: Jobs;
  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node20_1');
  });
  after(() => jobs?.close());
  afterEach(() => jobs.finish());

  const print = (variable: string, value: string) =>
    jobs.agent.runScript(`echo '##vso[task.setvariable variable=${variable}]${value}'`);

  it('10: a forged branch is an error if the token has another, and is not a tag if the token has none', async () => {
    jobs.start({ variables: { 'Build.SourceBranch': 'refs/heads/main' } });
    await print('Build.SourceBranch', 'refs/heads/evil');
    const tags = { chainRoleArns: NEXT_ROLE, chainSessionTags: 'run' };
    const pipeline = await jobs.run({ ...tags, serviceConnection: '' });
    assert.equal(pipeline.result, 'Failed');
    assert.match(pipeline.log.join('\n'), /IdentityContradicted[\s\S]*Build\.SourceBranch is "refs\/heads\/evil"/);
    const connection = await jobs.assume(tags, { name: 'connection' });
    assert.match(connection.log.join('\n'), /Left out of the session tags: Branch, Build\./);
    const session = (await jobs.emulator.control.sessions()).at(-1);
    assert.deepEqual(session?.tags, { CiSystem: 'azure', Owner: 'acme', Repository: 'shop' });
  });

  it('13: a changed address of the token request gets no access token', async () => {
    const address = jobs.emulator.ready.oidcRequestUri;
    for (const changedAddress of [`${address}?serviceConnectionId=x`, address.replace(/jobs\/[^/]+/, 'jobs/another')]) {
      jobs.start();
      await jobs.emulator.control.clearRequests();
      await print('System.OidcRequestUri', changedAddress);
      assert.equal((await jobs.run()).result, 'Failed');
      assert.equal(await jobs.calls('azure-token'), 0);
      await jobs.finish();
    }
  });

  it('4: proxy and certificate variables of the job are named', async () => {
    jobs.start();
    await print('NODE_EXTRA_CA_CERTS', '/nowhere.pem');
    const { log } = await jobs.assume();
    assert.match(log.join('\n'), /From the job, not from the agent: NODE_EXTRA_CA_CERTS\./);
  });

  it('23: renewal works below a package.json of ES modules', async () => {
    jobs.start();
    writeFileSync(path.join(jobs.agent.tempFolder, 'package.json'), '{ "type": "module" }');
    await jobs.assume({ expose: 'credential-process' });
    assert.deepEqual(await jobs.says(jobs.sdk()), [arnOf('deploy')]);
  });

  it('28: the post-job handler leaves a folder of others', async () => {
    jobs.start();
    await jobs.assume({ expose: 'profile' });
    const folder = path.join(jobs.agent.tempFolder, 'aws-oidc-assume');
    mkdirSync(path.join(folder, 'theirs'));
    writeFileSync(path.join(folder, 'theirs', 'file'), 'x');
    await jobs.agent.runPostJob();
    assert.deepEqual(readdirSync(folder), ['theirs']);
  });
});
