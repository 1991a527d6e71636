import assert from 'node:assert/strict';
import { AzureAgent } from './agent.ts';
import { jobOf } from './job.ts';

describe('a job of the emulator', () => {
  const ids = {
    project: '9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c66',
    plan: 'plan-id',
    job: 'job-id',
    organization: 'org-id',
  };
  const readyOf = (hub: string): Parameters<typeof jobOf>[0] => ({
    sts: 'http://127.0.0.1:1',
    issuers: {
      bitbucket: 'http://127.0.0.1:1/bitbucket',
      azureDevOps: `http://127.0.0.1:1/vstoken/${ids.organization}`,
      github: 'http://127.0.0.1:1/github',
    },
    oidcRequestUri: `http://127.0.0.1:1/acme/${ids.project}/_apis/distributedtask/hubs/${hub}/plans/${ids.plan}/jobs/${ids.job}/oidctoken`,
    accessToken: 'access-token-of-the-job-0123456789',
    mint: 'http://127.0.0.1:1/mint',
    control: 'http://127.0.0.1:1/control',
    github: { requestUrl: 'http://127.0.0.1:1/github/token', requestToken: 'request-token' },
  });

  it("has the variables of a build, from the emulator's ready line", () => {
    const { hub, variables, systemConnection } = jobOf(readyOf('build'));
    assert.deepEqual(
      ['CollectionUri', 'CollectionId', 'TeamProjectId', 'PlanId', 'JobId', 'HostType'].map(
        (name) => variables[`System.${name}`],
      ),
      ['http://127.0.0.1:1/acme/', ids.organization, ids.project, ids.plan, ids.job, 'build'],
    );
    assert.deepEqual([hub, systemConnection.url], ['build', 'http://127.0.0.1:1/acme/']);
    assert.ok('Build.BuildId' in variables && !('Release.ReleaseId' in variables));
  });

  it('has the variables of a release, without a build', () => {
    const { hub, variables } = jobOf(readyOf('rm'));
    assert.deepEqual([hub, variables['System.HostType']], ['rm', 'release']);
    assert.ok('Release.ReleaseId' in variables && !('Build.BuildId' in variables));
  });

  for (const hub of ['build', 'rm']) {
    it(`can be run by an agent: ${hub}`, async () => {
      const agent = new AzureAgent(jobOf(readyOf(hub)));
      const { stdout } = await agent.runScript(
        'echo "$SYSTEM_OIDCREQUESTURI $AGENT_VERSION"; test -d "$AGENT_TEMPDIRECTORY"',
      );
      assert.equal(stdout.trim(), `${readyOf(hub).oidcRequestUri} 4.265.1`);
      assert.ok(agent.store.isReadOnly('System.JobId'));
      await agent.finish();
    });
  }
});
