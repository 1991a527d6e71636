/** Runs snippets of the guides that have no own folder under examples/. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { debianPackages } from '../../support/heavy-packages.ts';
import { unlessMissing } from '../../support/tools.ts';
import { Cloud } from './cloud/cloud.ts';
import { commandsUnder, snippetUnder } from './documented.ts';
import { runAzure, runBitbucket } from './pipelines.ts';
import { azureDevOps, BITBUCKET, SUBJECTS } from './systems.ts';

const BUCKET = 'acme-site-123456789012';
const PROXY = 'http://proxy.example.com:3128';

const PERMISSIONS = {
  eks: [
    { Effect: 'Allow', Action: 'eks:DescribeCluster', Resource: 'arn:aws:eks:eu-west-1:123456789012:cluster/shop' },
  ],
  bucket: [
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${BUCKET}/*` },
  ],
};

/** Trust policies of the role `deploy` for the step and the connection of the guides. */
const TRUST = {
  bitbucket: {
    issuer: 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    audience: 'ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11',
    subject: SUBJECTS.withoutDeployment,
  },
  azure: {
    issuer: 'vstoken.dev.azure.com/2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
    audience: 'api://AzureADTokenExchange',
    subject: 'sc://acme/shop/aws-deploy',
  },
};

describe('guide', function () {
  this.timeout(240_000);
  let cloud: Cloud;
  let repository: string;

  beforeEach(async function () {
    cloud = await unlessMissing(this, Cloud.start);
    repository = path.join(cloud.folder, 'repository');
    for (const folder of ['site', 'ci']) mkdirSync(path.join(repository, folder), { recursive: true });
    writeFileSync(path.join(repository, 'site/index.html'), 'hello');
    copyFileSync(cloud.caFile, path.join(repository, 'ci/company-ca.pem'));
  });
  afterEach(() => cloud?.stop());

  function createRole(system: keyof typeof TRUST, permissions: keyof typeof PERMISSIONS): void {
    const { issuer, audience, subject } = TRUST[system];
    cloud.iam.createProvider(`https://${issuer}`, [audience]);
    const Federated = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
    const Condition = { StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: subject } };
    const Statement = [
      { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition },
    ];
    const role = cloud.iam.createRole('deploy', { Version: '2012-10-17', Statement }, 3600);
    role.policies.set('deploy', { Version: '2012-10-17', Statement: PERMISSIONS[permissions] });
  }

  async function onBitbucket(snippet: string, env: Readonly<Record<string, string>>, isBehindProxy = false) {
    const emulator = await cloud.openDoor(BITBUCKET);
    const file = stringify({ pipelines: { branches: { main: parse(snippet) } } });
    const result = await runBitbucket({
      emulator,
      file,
      repository,
      env,
      sub: SUBJECTS.withoutDeployment,
      isBehindProxy,
    });
    assert.equal(result.exitCode, 0, `${result.log}\n${cloud.faults.join('\n')}`);
  }

  async function onAzure(
    snippet: string,
    run: { env: Readonly<Record<string, string>>; agent?: Readonly<Record<string, string>> },
  ) {
    const emulator = await cloud.openDoor(azureDevOps());
    const { agent, env } = run;
    const steps = parse(snippet);
    const file = stringify(Array.isArray(steps) ? { steps } : steps);
    const behindProxy = agent === undefined ? {} : { isBehindProxy: true, agent };
    const result = await runAzure({ emulator, file, repository, env, connection: 'aws-deploy', ...behindProxy });
    assert.equal(result.exitCode, 0, `${result.log}\n${cloud.faults.join('\n')}`);
  }

  const yamlWith = (document: string, heading: string, word: string) =>
    snippetUnder(document, heading, { language: 'yaml', word });
  const isInBucket = async () => assert.equal(await cloud.sh(`aws s3 cp s3://${BUCKET}/index.html -`), 'hello');

  it('for moving off stored keys finds the key, disables it, and deletes it with its user', async () => {
    const document = 'docs/moving-off-stored-keys.md';
    const keys = cloud.iam.createUser('ci', ['AKIAEXAMPLEXABCD', 'AKIAEXAMPLEXWXYZ']);
    const find = commandsUnder(document, '## Find the key and what it may do');
    const prove = commandsUnder(document, '## Prove that the key is unused');
    const [disable = '', remove = '', removeUser = ''] = commandsUnder(
      document,
      '## Switch the key off, then delete it',
    ).split(/^(?=aws iam delete-access-key|for name in \$\(aws iam list-user-policies)/m);
    assert.match(await cloud.sh(`${find}\n${prove}\n${disable}`), /"LastUsedDate": "2026-11-20T/);
    const isActive = () => keys.map(({ active }) => active);
    assert.deepEqual(isActive(), [false, true]);
    await cloud.sh(remove, { env: { KEY_USER: 'ci', KEY_ID: 'AKIAEXAMPLEXABCD' } });
    assert.deepEqual(cloud.iam.keysOf('ci'), ['AKIAEXAMPLEXWXYZ']);
    await cloud.sh('aws iam delete-access-key --user-name ci --access-key-id AKIAEXAMPLEXWXYZ');
    await cloud.sh(removeUser, { env: { KEY_USER: 'ci' } });
    assert.equal(cloud.iam.users.has('ci'), false);
  });

  /** A PATH with Debian's kubectl in it. */
  async function withKubectl(context: Mocha.Context) {
    const root = await unlessMissing(context, async () =>
      debianPackages({ suite: 'trixie', names: ['kubernetes-client'] }),
    );
    return { ...cloud.network, PATH: `${path.join(root, 'usr/bin')}${path.delimiter}${cloud.path}` };
  }

  for (const system of ['bitbucket', 'azure'] as const) {
    it(`restarts a deployment in EKS (${system})`, async function () {
      const env = await withKubectl(this);
      createRole(system, 'eks');
      const document = system === 'bitbucket' ? 'docs/bitbucket.md' : 'docs/azure-devops.md';
      const snippet = yamlWith(document, '## Recipes', 'update-kubeconfig');
      await (system === 'bitbucket' ? onBitbucket(snippet, env) : onAzure(snippet, { env }));
      assert.equal(cloud.kubernetes.restarts.length, 1);
      assert.match(cloud.kubernetes.restarts[0] ?? '', /kubectl\.kubernetes\.io\/restartedAt/);
      assert.deepEqual([...cloud.kubernetes.callers], ['deploy']);
    });
  }

  it('has a step for a runner behind a proxy that inspects TLS', async () => {
    createRole('bitbucket', 'bucket');
    await cloud.sh(`aws s3 mb s3://${BUCKET}`);
    const heading = '## Self-hosted runners, proxies and private networks';
    const snippet = yamlWith('docs/bitbucket.md', heading, 'runs-on').replaceAll(PROXY, cloud.proxyUrl);
    await onBitbucket(snippet, { PATH: cloud.path }, true);
    await isInBucket();
  });

  it('has steps for an agent behind a proxy', async () => {
    createRole('azure', 'bucket');
    await cloud.sh(`aws s3 mb s3://${BUCKET}`);
    const snippet = yamlWith('docs/azure-devops.md', '## Recipes', 'HTTPS_PROXY').replaceAll(PROXY, cloud.proxyUrl);
    const agent = { 'Agent.ProxyUrl': cloud.proxyUrl, 'Agent.CAInfo': cloud.caFile };
    // Certificate authorities of the machine.
    await onAzure(snippet, { env: { PATH: cloud.path, AWS_CA_BUNDLE: cloud.caFile }, agent });
    await isInBucket();
  });

  it('has steps for a Windows agent with lines for any shell', async () => {
    createRole('azure', 'bucket');
    await cloud.sh(`aws s3 mb s3://${BUCKET}`);
    await onAzure(yamlWith('docs/azure-devops.md', '## Recipes', 'windows-latest'), { env: cloud.network });
    await isInBucket();
  });
});
