import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { runCli } from './support.ts';

const WORKSPACE_UUID = '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11';
const REPOSITORY_UUID = '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}';
const ENVIRONMENT_UUID = '{3c2b1a09-8f7e-4d6c-9b5a-493827160544}';
const ORGANIZATION_ID = '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55';

const BITBUCKET = [
  ...['--system', 'bitbucket', '--workspace', 'acme', '--workspace-uuid', WORKSPACE_UUID],
  ...['--repository-uuid', REPOSITORY_UUID, '--account', '123456789012', '--region', 'eu-west-1'],
];
const AZURE = [
  ...['--system', 'azure-devops', '--organization', 'acme', '--organization-id', ORGANIZATION_ID, '--project', 'shop'],
  ...['--service-connection', 'aws-deploy', '--account', '123456789012', '--region', 'eu-west-1'],
];

describe('init', () => {
  it('writes pipeline and template from options, and prints the three commands to run', async () => {
    const { status, stdout, stderr, context } = await runCli(['init', ...BITBUCKET, '--allow-s3-sync', 'acme-site']);
    assert.equal(status, 0);
    assert.deepEqual([...context.writtenFiles.keys()], ['bitbucket-pipelines.yml', 'aws/cloudformation.yaml']);
    assert.equal(
      stdout,
      `Wrote bitbucket-pipelines.yml, aws/cloudformation.yaml.

The bucket acme-site must exist.

Then run:
  aws cloudformation deploy --template-file aws/cloudformation.yaml --stack-name role-ci-deploy --capabilities CAPABILITY_NAMED_IAM --region eu-west-1
  git add bitbucket-pipelines.yml aws && git commit -m 'Deploy to AWS without stored keys'
  git push
`,
    );
    assert.match(stderr, /^note: Every branch of the repository may assume the role/m);
    assert.match(
      stderr,
      /^note: If the account already has the identity provider, run this again with --existing-provider/m,
    );
  });

  it('lists the steps in Azure DevOps that come first', async () => {
    const { stdout } = await runCli([
      'init',
      ...AZURE,
      '--format',
      'terraform',
      '--allow-cdk-deploy',
      '--output',
      'app',
    ]);
    assert.match(stdout, /^Wrote azure-pipelines\.yml, aws\/main\.tf, aws\/versions\.tf in app\.$/m);
    assert.match(stdout, /^First install the extension .*\nCreate the service connection aws-deploy: /m);
    assert.match(stdout, /^Then run in app:\n {2}terraform -chdir=aws init && terraform -chdir=aws apply$/m);
  });

  it('warns that a role without permissions can do nothing', async () => {
    const { status, stderr } = await runCli(['init', ...AZURE]);
    assert.equal(status, 0);
    assert.match(stderr, /The role may do nothing yet/);
  });

  it('does not mention an existing provider if the options or the answers decide', async () => {
    const withOption = await runCli(['init', ...AZURE, '--existing-provider']);
    const withAnswer = await runCli(['init', ...AZURE, '--allow-cdk-deploy', '--format', 'terraform'], {
      replies: ['no'],
    });
    for (const { status, stderr } of [withOption, withAnswer]) {
      assert.equal(status, 0);
      assert.doesNotMatch(stderr, /already has/);
    }
  });

  it('names each bucket that must exist once, after the steps in Azure DevOps', async () => {
    const buckets = ['acme-site/a', 'acme-site/b', 'acme-docs'].flatMap((place) => ['--allow-s3-sync', place]);
    const { stdout } = await runCli(['init', ...AZURE, ...buckets]);
    assert.match(
      stdout,
      /federation\.\nThe bucket acme-site must exist\.\nThe bucket acme-docs must exist\.\n\nThen run:/,
    );
  });

  it('names every missing option if it cannot ask', async () => {
    const { status, stderr, context } = await runCli(['init', '--system', 'bitbucket']);
    assert.equal(status, 2);
    for (const option of ['workspace', 'workspace-uuid', 'repository-uuid', 'account', 'region']) {
      assert.match(stderr, new RegExp(`--${option} is missing`));
    }
    assert.match((await runCli(['init'])).stderr, /--system is missing: bitbucket or azure-devops\./);
    assert.match(
      (await runCli(['init', ...BITBUCKET.slice(0, -2)])).stderr,
      /--region is missing: the pipeline file needs it\./,
    );
    const push = await runCli(['init', ...BITBUCKET.slice(0, -2), '--allow-ecr-push', 'acme/shop']);
    assert.equal(push.stderr.match(/--region/g)?.length, 1, push.stderr);
    assert.equal(context.writtenFiles.size, 0);
  });

  it('overwrites nothing', async () => {
    const files = { 'bitbucket-pipelines.yml': 'mine' };
    const { status, stderr, context } = await runCli(['init', ...BITBUCKET], { files });
    assert.equal(status, 2);
    assert.match(stderr, /bitbucket-pipelines\.yml already exists\. Move it away/);
    assert.equal(context.writtenFiles.size, 0);
    const both = { ...files, 'aws/cloudformation.yaml': 'mine' };
    const second = await runCli(['init', ...BITBUCKET], { files: both });
    assert.match(second.stderr, /pipelines\.yml, aws\/cloudformation\.yaml already exist\. Move them away/);
  });

  it('asks for everything for a Bitbucket environment, and repeats a question after a wrong answer', async () => {
    const replies = [
      'bitbucket',
      ...['acme/shop', 'acme', WORKSPACE_UUID, 'shop', REPOSITORY_UUID, ENVIRONMENT_UUID, 'live'],
      ...['12345', '123456789012', 'Frankfurt', 'eu-central-1'],
      ...['site', '*', 'acme-site', ''],
      ...['aws-cli', 'no'],
    ];
    const { status, context } = await runCli(['init'], { replies });
    assert.equal(status, 0);
    const complaints = context.dialog.filter((line) => line.startsWith('It '));
    assert.deepEqual(complaints, [
      "It must be the workspace's slug, as in its URL.",
      'It must be a UUID, with or without braces.',
      'It must be twelve digits.',
      'It must be a region such as eu-central-1.',
      'It must be the name of one bucket.',
    ]);
    const pipeline = parse(context.writtenFiles.get('bitbucket-pipelines.yml')?.text ?? '');
    const [, { step }] = pipeline.pipelines.branches.main;
    assert.equal(step.deployment, 'live');
    const script = context.writtenFiles.get('aws/aws-cli.sh')?.text ?? '';
    assert.ok(script.includes(`${REPOSITORY_UUID}:${ENVIRONMENT_UUID}:*`));
    assert.ok(script.includes('create-open-id-connect-provider'));
  });

  const jobs = [
    { name: 'an image', replies: ['image', 'acme/shop'], expected: /"PushImages"/ },
    {
      name: 'a stack',
      replies: ['stack', 'shop', 'arn:aws:iam::123456789012:role/shop'],
      expected: /Default: "arn:aws:iam::123456789012:role\/shop"/,
    },
    { name: 'a CDK app', replies: ['cdk'], expected: /"AssumeCdkRoles"/ },
    { name: 'nothing yet', replies: ['nothing'], expected: /RoleArn/ },
    {
      name: 'a site with a distribution',
      replies: ['site', 'acme-site', 'E1EXAMPLE2SITE'],
      expected: /E1EXAMPLE2SITE/,
    },
  ];
  for (const { name, replies, expected } of jobs) {
    it(`asks for everything for an Azure pipeline that deploys ${name}`, async () => {
      const scope = ['azure-devops', 'acme', ORGANIZATION_ID, 'shop', 'pipeline', 'deploy'];
      const { status, context } = await runCli(['init'], {
        replies: [...scope, '123456789012', 'eu-west-1', ...replies, 'cloudformation', 'yes'],
      });
      assert.equal(status, 0);
      const template = context.writtenFiles.get('aws/cloudformation.yaml')?.text ?? '';
      assert.match(template, expected);
      assert.match(template, /p:\/\/acme\/shop\/deploy/);
      assert.equal(parse(template).Parameters.CreateIdentityProvider.Default, 'false');
    });
  }

  it('asks only for missing options', async () => {
    const { status, context } = await runCli(['init', ...AZURE, '--allow-cdk-deploy', '--format', 'terraform'], {
      replies: ['no'],
    });
    assert.equal(status, 0);
    assert.deepEqual(context.dialog, ['Does the account have the identity provider already?']);
  });

  it('writes nothing if the user leaves', async () => {
    const { status, stderr, context } = await runCli(['init'], { replies: ['bitbucket', 'acme'] });
    assert.equal(status, 130);
    assert.equal(stderr, 'Cancelled: nothing was written.\n');
    assert.equal(context.writtenFiles.size, 0);
  });
});
