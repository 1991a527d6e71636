import assert from 'node:assert/strict';
import { access, constants } from 'node:fs/promises';
import { type EmulatorProcess, startEmulatorProcess } from '../../support/index.ts';
import {
  assertNoSecrets,
  awsOidc,
  azureScript,
  BUNDLE,
  bitbucketStep,
  CONNECTION,
  type Environment,
  gitHubJob,
  type Ran,
  ROLE,
} from './aws-oidc.ts';

/** Prints the command's environment, without the secrets. */
const SHOW = [
  '-e',
  'const e=process.env;console.log(JSON.stringify({id:/^ASIA/.test(e.AWS_ACCESS_KEY_ID),secret:e.AWS_SECRET_ACCESS_KEY.length,token:e.AWS_SESSION_TOKEN.length>100,region:[e.AWS_REGION,e.AWS_DEFAULT_REGION],profile:e.AWS_PROFILE??null}))',
];

describe('aws-oidc in the jobs of CI systems', () => {
  let emulator: EmulatorProcess;
  const runs: Ran[] = [];

  before(async () => {
    await access(BUNDLE, constants.X_OK);
    emulator = await startEmulatorProcess();
  });
  after(() => emulator?.stop());
  beforeEach(() => {
    runs.length = 0;
  });
  afterEach(() => assertNoSecrets(emulator, ...runs));

  async function run(env: Environment, ...args: string[]): Promise<Ran> {
    const ran = await awsOidc(args, { env });
    runs.push(ran);
    return ran;
  }

  const target = () => ['--role-arn', ROLE, '--region', 'eu-west-1', '--sts-endpoint', emulator.ready.sts];

  const systems = [
    {
      name: 'Bitbucket Pipelines',
      env: () => bitbucketStep(emulator),
      options: [],
      subject: /^\{b5c1d0f2-[-0-9a-f]+\}:\{1f0c9a2b-[-0-9a-f]+\}$/,
      unmatchable: 'branchName',
      session: 'bitbucket,acme,shop,42,1f0c9a2b',
    },
    {
      name: 'Azure Pipelines with a service connection',
      env: async () => azureScript(emulator),
      options: ['--service-connection-id', CONNECTION],
      subject: /^sc:\/\/acme\/shop\/aws-deploy$/,
      unmatchable: undefined,
      session: 'azure,acme,shop,4711,12f1170f',
    },
    {
      name: 'GitHub Actions',
      env: async () => gitHubJob(emulator),
      options: [],
      subject: /^repo:acme\/shop:ref:refs\/heads\/main$/,
      unmatchable: 'sha',
      session: 'github,acme,shop,987654',
    },
  ];

  for (const { name, env, options, subject, unmatchable, session } of systems) {
    describe(name, () => {
      it('inspect shows the claims and what IAM can match', async () => {
        const { status, stdout, stderr } = await run(await env(), 'inspect', '--json', '--role-arn', ROLE, ...options);
        assert.equal(status, 0, stderr);
        const view = JSON.parse(stdout);
        assert.match(view.claims.sub, subject);
        const keys = Object.keys(view.conditionKeys);
        assert.ok(keys.some((key) => key.endsWith(':sub')) && keys.some((key) => key.endsWith(':aud')));
        if (unmatchable !== undefined) assert.ok(view.unmatchable.includes(unmatchable));
        assert.ok(view.identityProvider.startsWith('arn:aws:iam::123456789012:oidc-provider/127.0.0.1:'));
        const forPeople = await run(await env(), 'inspect', ...options);
        assert.match(forPeople.stdout, /IAM can match/);
      });

      it('explain writes a statement, and that statement admits the token', async () => {
        const proposal = await run(await env(), 'explain', '--json', '--role-arn', ROLE, ...options);
        assert.equal(proposal.status, 0, proposal.stderr);
        const policy = JSON.stringify({ Version: '2012-10-17', Statement: [JSON.parse(proposal.stdout).statement] });
        const explanation = await awsOidc(['explain', '--policy', '-', ...options], {
          env: await env(),
          stdin: policy,
        });
        runs.push(explanation);
        assert.equal(explanation.status, 0, explanation.stdout);
        assert.match(explanation.stdout, /^✔ allowed: /);
      });

      it('explain names the condition that fails', async () => {
        const proposal = await run(await env(), 'explain', '--json', '--role-arn', ROLE, ...options);
        const statement = JSON.stringify(JSON.parse(proposal.stdout).statement);
        // Another customer's scope.
        const other = statement.replaceAll('acme/shop', 'acme/other').replaceAll('{b5c1', '{ffff');
        const policy = `{"Version":"2012-10-17","Statement":[${other}]}`;
        const explanation = await awsOidc(['explain', '--policy', '-', '--json', '--role-arn', ROLE, ...options], {
          env: await env(),
          stdin: policy,
        });
        runs.push(explanation);
        assert.equal(explanation.status, 1);
        const { cause, conditions, fix } = JSON.parse(explanation.stdout);
        assert.equal(cause, 'other-subject');
        assert.match(conditions[0].key, /:sub$/);
        assert.match(fix, /^Change .*:sub"/);
      });

      it('exec gives credentials to the command, removes other sources, and links to the run', async () => {
        await emulator.control.clearRequests();
        const conflictingVariables = {
          AWS_PROFILE: 'old',
          AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
          AWS_ACCESS_KEY_ID: 'old',
        };
        const { status, stdout, stderr } = await run(
          { ...(await env()), ...conflictingVariables },
          'exec',
          ...target(),
          ...options,
          '--',
          process.execPath,
          ...SHOW,
        );
        assert.equal(status, 0, stderr);
        assert.deepEqual(JSON.parse(stdout), {
          id: true,
          secret: 40,
          token: true,
          region: ['eu-west-1', 'eu-west-1'],
          profile: null,
        });
        const stsRequests = (await emulator.control.requests()).filter(({ endpoint }) => endpoint === 'sts');
        assert.deepEqual(
          stsRequests.map(({ action, parameters }) => [action, parameters['RoleSessionName']]),
          [['AssumeRoleWithWebIdentity', session]],
        );
        const back = await run({}, 'inspect', '--session-name', session, '--json');
        assert.match(
          JSON.parse(back.stdout).url,
          /^https:\/\/(?:bitbucket\.org|dev\.azure\.com|github\.com)\/acme\/shop\//,
        );
      });

      it('doctor reports that everything is in order', async () => {
        const { status, stdout } = await run(await env(), 'doctor', '--json', ...target(), ...options);
        const { checks } = JSON.parse(stdout);
        assert.deepEqual(
          checks.map((check: { name: string; status: string }) => `${check.status} ${check.name}`),
          ['token', 'discovery', 'keys', 'signature', 'sts', 'clock', 'provider', 'role', 'environment'].map(
            (name) => `ok ${name}`,
          ),
        );
        assert.equal(status, 0);
      });
    });
  }

  it("names the job's missing setting after a denial, and runs nothing", async () => {
    // If the job uses no connection, the token is the pipeline's own, which the role does not trust.
    const { status, stdout, stderr } = await run(azureScript(emulator), 'exec', ...target(), '--', 'echo', 'ran');
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^✖ AccessDenied/);
    assert.match(stderr, /This job uses no service connection\./);
    assert.match(stderr, /^Subject: {2}p:\/\/acme\/shop\/deploy$/m);
    assert.doesNotMatch(stderr, /"Statement"/);
  });

  it("repeats Azure DevOps's answer to a connection that the job does not name", async () => {
    const { status, stderr } = await run(
      azureScript(emulator),
      'inspect',
      '--service-connection-id',
      '00000000-0000-4000-8000-000000000000',
    );
    assert.equal(status, 1);
    assert.match(stderr, /TokenRequestRefused[\s\S]*no explicit reference to service connection/);
  });

  it('explains how to map the access token if the token service refuses it', async () => {
    const { status, stderr } = await run(
      { ...azureScript(emulator), SYSTEM_ACCESSTOKEN: 'not-the-token-of-this-job' },
      'inspect',
    );
    assert.equal(status, 1);
    assert.match(stderr, /^Fix: Map the access token of this very job: SYSTEM_ACCESSTOKEN: [\s\S]*HTTP 401/m);
  });

  it('retries the token service if that can help', async () => {
    await emulator.control.setFaults([{ match: { endpoint: 'azure-token', times: 1 }, fault: { status: 503 } }]);
    const { status, stderr } = await run(azureScript(emulator), 'inspect');
    await emulator.control.clearFaults();
    assert.equal(status, 0, stderr);
  });

  it("doctor fails if the issuer does not have the token's key", async () => {
    const token = await emulator.control.mint('bitbucket', {}, { signWith: 'wrong-key' });
    const ran = await awsOidc(['doctor', '--token-file', '-', '--json', ...target()], { stdin: token });
    runs.push(ran);
    assert.equal(ran.status, 1);
    const failed = JSON.parse(ran.stdout).checks.filter((check: { status: string }) => check.status === 'fail');
    assert.deepEqual(
      failed.map(({ name }: { name: string }) => name),
      ['signature'],
    );
  });

  it('doctor names unreachable hosts', async () => {
    // No server listens on port 1.
    const { status, stdout } = await run(
      await bitbucketStep(emulator),
      'doctor',
      '--sts-endpoint',
      'http://127.0.0.1:1',
    );
    assert.equal(status, 1);
    assert.match(stdout, /^fail sts +http:\/\/127\.0\.0\.1:1 cannot be reached: ECONNREFUSED/m);
  });

  it('an untrusted claim does not become a command of the agent', async () => {
    const env = await bitbucketStep(emulator, { branchName: '##vso[task.setvariable variable=PATH]x\u001b[2J' });
    for (const args of [['inspect'], ['inspect', '--json'], ['explain', '--role-arn', ROLE]]) {
      const { stdout } = await run(env, ...args);
      assert.ok(!stdout.includes('##vso['));
      assert.ok(!stdout.includes('\u001b'));
    }
  });
});
