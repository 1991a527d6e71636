/** Runs each recipe of examples/ unchanged, from its infrastructure to the deployment. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../docs/snippets.ts';
import { needsCdk } from '../../support/cdk.ts';
import { needsTerraform } from '../../support/terraform.ts';
import { unlessMissing } from '../../support/tools.ts';
import { cdkApp } from './cdk-app.ts';
import { Cloud } from './cloud/cloud.ts';
import { needsDocker, startDocker } from './cloud/docker.ts';
import { REGISTRY_HOST } from './cloud/ecr.ts';
import { commandsUnder, snippetsUnder } from './documented.ts';
import { pipelineIn, runAzure, runBitbucket } from './pipelines.ts';
import { azureDevOps, BITBUCKET, SUBJECTS } from './systems.ts';

const SYSTEMS = ['bitbucket', 'azure-devops'] as const;
type System = (typeof SYSTEMS)[number];

interface Job {
  readonly repository: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Subject of a step on Bitbucket. */
  readonly sub?: string;
  /** Names of the connection and of the pipeline on Azure DevOps. */
  readonly names?: { readonly connection?: string; readonly pipeline?: string };
  /** Steps to run on Bitbucket. */
  readonly steps?: readonly string[];
  /** Stage to run on Azure DevOps. */
  readonly stage?: string;
}

describe('recipe', function () {
  this.timeout(400_000);
  let cloud: Cloud;

  beforeEach(async function () {
    cloud = await unlessMissing(this, Cloud.start);
  });
  afterEach(() => cloud?.stop());

  /** A copy of a recipe's folder, after commands ran in it. */
  async function prepared(folder: string, commands: string): Promise<string> {
    const copy = mkdtempSync(path.join(cloud.folder, 'recipe-'));
    cpSync(path.join(ROOT, 'examples', folder), copy, { recursive: true });
    await cloud.sh(commands, { cwd: copy });
    return copy;
  }
  const setUp = (folder: string, heading: string) => prepared(folder, commandsUnder('examples/README.md', heading));

  /** A copy of a recipe's folder for recipes whose README has a snippet for each system. */
  function setUpFor(system: System, recipe: string): Promise<string> {
    const snippets = snippetsUnder('examples/recipes/README.md', `## ${recipe}`);
    const commands = snippets.filter(({ language }) => language === 'sh')[SYSTEMS.indexOf(system)];
    return prepared(`recipes/${recipe}/${system}`, commands?.text ?? 'exit 1');
  }

  /** Files of a repository by path. */
  function repositoryOf(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(path.join(cloud.folder, 'repository-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return folder;
  }

  async function run(system: System, recipe: string, { repository, sub = SUBJECTS.production, ...job }: Job) {
    const issuers = system === 'bitbucket' ? BITBUCKET : azureDevOps(job.names);
    const emulator = await cloud.openDoor(issuers);
    const common = { emulator, file: pipelineIn(recipe), repository, env: { ...cloud.network, ...job.env } };
    return system === 'bitbucket'
      ? runBitbucket({ ...common, sub, ...(job.steps && { steps: job.steps }) })
      : runAzure({
          ...common,
          connection: job.names?.connection ?? 'aws-deploy',
          ...(job.stage && { stage: job.stage }),
        });
  }

  async function deploy(system: System, recipe: string, job: Job) {
    const result = await run(system, recipe, job);
    assert.equal(result.exitCode, 0, `${result.log}\n${cloud.faults.join('\n')}`);
    assert.deepEqual(cloud.denied(), []);
  }

  for (const system of SYSTEMS) {
    it(`site-deploy for ${system} builds, syncs to S3 and invalidates CloudFront`, async () => {
      const recipe = await setUp(`${system}/site-deploy`, '## A site on S3 and CloudFront');
      const build = "mkdir -p dist/assets && echo '<p>hello' > dist/index.html && echo 1 > dist/assets/app.js";
      const repository = repositoryOf({
        'package.json': JSON.stringify({ name: 'site', version: '1.0.0', scripts: { build } }),
        'package-lock.json': JSON.stringify({ name: 'site', version: '1.0.0', lockfileVersion: 3, packages: {} }),
      });
      await cloud.sh('echo old > old.html; aws s3 cp old.html s3://acme-site/old.html', { cwd: cloud.folder });
      await deploy(system, recipe, { repository });
      assert.equal(await keysIn('acme-site'), 'assets/app.js\tindex.html');
      assert.deepEqual([...cloud.cloudFront.distributions.values()], [['/*']]);
      // Permissions for files above 8 MB, and for `aws cloudfront wait`. GetObject is for a sync in the other
      // direction.
      const rare = ['cloudfront:GetInvalidation', 's3:AbortMultipartUpload', 's3:GetObject'];
      assert.deepEqual(cloud.neverUsed('site-deploy'), rare);
    });
  }

  for (const system of SYSTEMS) {
    it(`image-push for ${system} pushes the image of the commit`, async function () {
      needsDocker(this);
      const recipe = await setUp(`${system}/image-push`, '## An image in ECR');
      const registry = await unlessMissing(this, () => cloud.openRegistry());
      const docker = await startDocker({ folder: path.join(cloud.folder, 'docker'), cloud });
      try {
        const repository = repositoryOf({ Dockerfile: 'FROM scratch\nCOPY . /\n', hello: 'hello' });
        const env = { DOCKER_HOST: docker.host, DOCKER_BUILDKIT: '0' };
        const names = { pipeline: 'image-push' };
        await deploy(system, recipe, { repository, env, sub: SUBJECTS.withoutDeployment, names });
        const files = await docker.filesOf(`${REGISTRY_HOST}/acme/shop:0123456789abcdef0123456789abcdef01234567`);
        assert.ok(files.includes('hello'));
        assert.deepEqual(
          files.filter((name) => name.includes('aws-oidc')),
          [],
        );
      } finally {
        await docker.stop();
      }
      assert.deepEqual(await registry.tags('acme/shop'), ['0123456789abcdef0123456789abcdef01234567']);
      // Permissions for pulls, and for engines that check whether an image exists before they push it.
      assert.deepEqual(cloud.neverUsed('image-push'), ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']);
    });

    it(`stack-deploy for ${system} deploys the stack with its execution role`, async () => {
      const recipe = await setUp(`${system}/stack-deploy`, '## A CloudFormation stack');
      const template = { Resources: { Orders: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'shop-orders' } } } };
      await deploy(system, recipe, { repository: repositoryOf({ 'template.yaml': JSON.stringify(template) }) });
      const stack = cloud.formation.stacks.get('shop');
      assert.deepEqual([...(stack?.resources.keys() ?? [])], ['Orders']);
      assert.equal(stack?.roleArn, 'arn:aws:iam::123456789012:role/shop-stack-execution');
      // Permissions for failed deployments, for those without a change, and for newer versions of the AWS CLI.
      const rare = ['DeleteChangeSet', 'DescribeStackEvents', 'GetTemplateSummary'].map(
        (name) => `cloudformation:${name}`,
      );
      assert.deepEqual(cloud.neverUsed('stack-deploy'), rare);
    });
  }

  for (const system of SYSTEMS) {
    it(`cdk-deploy for ${system} deploys with the roles of cdk bootstrap`, async function () {
      needsCdk(this);
      const repository = await cdkApp(cloud);
      await cloud.sh('npm ci --silent', { cwd: repository.folder, env: repository.env });
      cpSync(
        path.join(ROOT, 'examples', system, 'cdk-deploy/cloudformation.yaml'),
        path.join(repository.folder, 'cloudformation.yaml'),
      );
      await cloud.sh(commandsUnder('examples/README.md', '## An app of the CDK'), {
        cwd: repository.folder,
        env: repository.env,
      });
      rmSync(path.join(repository.folder, 'node_modules'), { recursive: true });
      await deploy(system, path.join(ROOT, 'examples', system, 'cdk-deploy'), {
        repository: repository.folder,
        env: repository.env,
      });
      const stack = cloud.formation.stacks.get('shop');
      assert.equal(stack?.resources.get('Orders')?.type, 'AWS::SQS::Queue');
      assert.match(stack.roleArn, /:role\/cdk-hnb659fds-cfn-exec-role-/);
      // Images and lookups of the app would need the other two.
      const assumed = cloud.recorded.filter(({ role }) => role === 'cdk-deploy').map(({ resource }) => resource);
      const roles = ['deploy', 'file-publishing'].map(
        (name) => `role/cdk-hnb659fds-${name}-role-123456789012-eu-west-1`,
      );
      assert.deepEqual(
        [...new Set(assumed)].sort(),
        roles.map((role) => `arn:aws:iam::123456789012:${role}`),
      );
    });
  }

  for (const system of SYSTEMS) {
    it(`aws-cli.sh for ${system} creates the same role and provider as cloudformation.yaml, for each setup`, async () => {
      for (const setup of ['site-deploy', 'image-push', 'stack-deploy', 'cdk-deploy']) {
        const file = (name: string) => path.join(ROOT, 'examples', system, setup, name);
        const isFirst = setup === 'site-deploy';
        await cloud.sh(`sh '${file('aws-cli.sh')}'`);
        const [byScript, providers] = [cloud.iam.roles.get(setup), [...cloud.iam.providers]];
        cloud.iam.roles.delete(setup);
        if (isFirst) cloud.iam.providers.clear();
        const body = readFileSync(file('cloudformation.yaml'), 'utf8');
        await cloud.formation.deploy({ stack: setup, body, parameters: new Map(), roleArn: '' });
        assert.ok(byScript !== undefined);
        assert.deepEqual(cloud.iam.roles.get(setup), byScript);
        assert.deepEqual([...cloud.iam.providers], providers);
      }
    });
  }

  const keysIn = async (bucket: string) =>
    (await cloud.sh(`aws s3api list-objects-v2 --bucket ${bucket} --query "Contents[].Key" --output text`)).trim();
  const production = { connection: 'aws-production' };

  it('two-accounts for bitbucket deploys to production, and the deployment of staging cannot', async () => {
    const recipe = await setUpFor('bitbucket', 'two-accounts');
    const job = {
      repository: repositoryOf({ 'site/index.html': 'hello' }),
      env: { AWS_OIDC_ROLE_ARN: 'arn:aws:iam::123456789012:role/deploy', BUCKET: 'acme-site-production' },
      steps: ['Production'],
    };
    const { exitCode, log } = await run('bitbucket', recipe, { ...job, sub: SUBJECTS.staging });
    assert.equal(exitCode, 1);
    assert.match(log, /AccessDenied/);
    await deploy('bitbucket', recipe, job);
    assert.equal(await keysIn('acme-site-production'), 'index.html');
    assert.deepEqual(cloud.neverUsed('deploy'), ['s3:DeleteObject']);
  });

  it('two-accounts for azure-devops deploys to production', async () => {
    const recipe = await setUpFor('azure-devops', 'two-accounts');
    const repository = repositoryOf({ 'site/index.html': 'hello' });
    await deploy('azure-devops', recipe, { repository, names: production, stage: 'Production' });
    assert.equal(await keysIn('acme-site-production'), 'index.html');
    assert.deepEqual(cloud.neverUsed('deploy'), ['s3:DeleteObject']);
  });

  for (const system of SYSTEMS) {
    it(`terraform-deploy for ${system} ends with a queue, and with the state in the bucket`, async function () {
      const { plugins } = needsTerraform(this);
      const recipe = await setUpFor(system, 'terraform-deploy');
      const env = {
        TF_CLI_ARGS_init: `-plugin-dir=${plugins}`,
        CHECKPOINT_DISABLE: '1',
        TF_CLI_CONFIG_FILE: '/dev/null',
      };
      await deploy(system, recipe, { repository: recipe, env, names: production });
      const queues = await cloud.sh('aws sqs list-queues --query QueueUrls --output text');
      assert.match(queues, /\/shop-orders\n$/);
      assert.equal(await keysIn('acme-terraform-state-123456789012'), 'shop/terraform.tfstate');
      // Permissions for changes to an existing queue.
      const later = ['sqs:DeleteQueue', 'sqs:GetQueueUrl', 'sqs:SetQueueAttributes', 'sqs:TagQueue', 'sqs:UntagQueue'];
      assert.deepEqual(cloud.neverUsed('deploy'), later);
      const seconds = (await cloud.sessions())[0]?.durationSeconds;
      assert.equal(seconds, system === 'bitbucket' ? 7200 : 3600);
      // Bitbucket's step has an image with Terraform.
      assert.equal(cloud.hashiCorp.downloads.length, system === 'bitbucket' ? 0 : 2);
    });
  }
});
