import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { type Permission, type PipelineRequest, renderPipelineFile } from '../src/index.ts';
import { ENVIRONMENT, ORGANIZATION, REPOSITORY, WORKSPACE } from './support.ts';

const roleArn = 'arn:aws:iam::123456789012:role/deploy';
const region = 'eu-west-1';
const bitbucket = {
  provider: 'bitbucket',
  workspace: 'acme',
  workspaceUuid: WORKSPACE,
  repositoryUuid: REPOSITORY,
} as const;
const azure = {
  provider: 'azure-devops',
  organizationId: ORGANIZATION,
  organization: 'acme',
  project: 'shop',
} as const;
const common = { roleArn, region, permissions: [], pipeVersion: '1.2.3' };

const PERMISSIONS: Readonly<Record<string, Permission>> = {
  site: { preset: 's3-sync', bucket: 'acme-site' },
  invalidation: { preset: 'cloudfront-invalidation', distributionId: 'E1EXAMPLE2SITE' },
  image: { preset: 'ecr-push', region: 'eu-central-1', repository: 'acme/shop' },
  stack: { preset: 'cloudformation-deploy', region, stackName: 'shop', executionRoleArn: roleArn },
  cdk: { preset: 'cdk-deploy', region },
};
const permissionsNamed = (...names: string[]) => names.flatMap((name) => PERMISSIONS[name] ?? []);

interface Step {
  readonly name: string;
  readonly image: string;
  readonly oidc?: boolean;
  readonly deployment?: string;
  readonly services?: readonly string[];
  readonly script: readonly (string | { readonly pipe: string; readonly variables: object })[];
}

function bitbucketSteps(request: Partial<PipelineRequest>): Step[] {
  const file = renderPipelineFile({ ...common, scope: bitbucket, ...request });
  assert.equal(file?.path, 'bitbucket-pipelines.yml');
  const steps: { step: Step }[] = parse(file.text).pipelines.branches.main;
  return steps.map(({ step }) => step);
}

function azureSteps(request: Partial<PipelineRequest>): Record<string, unknown>[] {
  const file = renderPipelineFile({ ...common, scope: { ...azure, pipeline: 'deploy' }, ...request });
  assert.equal(file?.path, 'azure-pipelines.yml');
  return parse(file.text).steps;
}

describe('renderPipelineFile', () => {
  it('builds a site in a step without credentials, and deploys it with the AWS CLI', () => {
    const [build, deploy, ...more] = bitbucketSteps({ permissions: permissionsNamed('site', 'invalidation') });
    assert.deepEqual(more, []);
    assert.equal(build?.oidc, undefined);
    assert.deepEqual(deploy, {
      name: 'Deploy',
      image: 'amazon/aws-cli',
      oidc: true,
      script: [
        {
          pipe: 'aws-oidc-assume/aws-oidc-assume:1.2.3',
          variables: { AWS_OIDC_ROLE_ARN: roleArn, AWS_DEFAULT_REGION: region },
        },
        '. ./.aws-oidc/env',
        'aws s3 sync dist s3://acme-site --delete',
        "aws cloudfront create-invalidation --distribution-id E1EXAMPLE2SITE --paths '/*'",
      ],
    });
  });

  it("deploys to the scope's environment by its name", () => {
    const scope = { ...bitbucket, deploymentEnvironmentUuid: ENVIRONMENT };
    assert.equal(bitbucketSteps({ scope })[0]?.deployment, 'production');
    assert.equal(bitbucketSteps({ scope, deployment: 'Live: #1' })[0]?.deployment, 'Live: #1');
    assert.equal(bitbucketSteps({})[0]?.deployment, undefined);
  });

  it('builds the image of the commit before there are credentials, logs in to the registry and pushes', () => {
    const [step] = bitbucketSteps({ permissions: permissionsNamed('image') });
    assert.deepEqual(step?.services, ['docker']);
    const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
    const [build, , source, ...push] = step?.script ?? [];
    assert.equal(build, `docker build -t ${registry}/acme/shop:$BITBUCKET_COMMIT .`);
    assert.equal(source, '. ./.aws-oidc/env');
    assert.deepEqual(push, [
      `aws ecr get-login-password --region eu-central-1 | docker login --username AWS --password-stdin ${registry}`,
      `docker push ${registry}/acme/shop:$BITBUCKET_COMMIT`,
    ]);
    const china = bitbucketSteps({ permissions: permissionsNamed('image'), roleArn: roleArn.replace('aws', 'aws-cn') });
    assert.match(JSON.stringify(china), /\.eu-central-1\.amazonaws\.com\.cn\/acme/);
  });

  it('has an image for the CDK with the AWS CLI only if something needs it, and installs before there are credentials', () => {
    const [cdk] = bitbucketSteps({ permissions: permissionsNamed('cdk') });
    assert.equal(cdk?.image, 'node:24');
    const [installed, pipe, ...deploy] = cdk?.script ?? [];
    assert.equal(installed, 'npm ci');
    assert.match(JSON.stringify(pipe), /aws-oidc-assume/);
    assert.deepEqual(deploy, ['. ./.aws-oidc/env', 'npx cdk deploy --all --require-approval never']);
    const [both, ...more] = bitbucketSteps({ permissions: permissionsNamed('cdk', 'stack') });
    assert.deepEqual(more, []);
    assert.match(String(both?.script[0]), /install .*awscli/);
  });

  it("prints the job's identity if the role has no permission", () => {
    assert.equal(bitbucketSteps({})[0]?.script[2], 'aws sts get-caller-identity');
    assert.deepEqual(azureSteps({}), [
      { task: 'AwsOidcAssume@1', inputs: { roleArn, region } },
      { script: 'aws sts get-caller-identity' },
    ]);
  });

  it('uses the service connection that the scope names', () => {
    const scope = { ...azure, serviceConnection: 'it\'s "aws": #1' };
    const permissions = permissionsNamed('site', 'image', 'stack', 'cdk');
    const steps = azureSteps({ scope, permissions });
    const index = steps.findIndex(({ task }) => task === 'AwsOidcAssume@1');
    assert.deepEqual(steps[index], {
      task: 'AwsOidcAssume@1',
      inputs: { serviceConnection: 'it\'s "aws": #1', roleArn, region },
    });
    assert.deepEqual(
      steps.slice(0, index).map(({ script }) => script),
      [
        'npm ci',
        'npm run build',
        'docker build -t 123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop:$(Build.SourceVersion) .',
      ],
    );
    assert.match(JSON.stringify(steps.slice(index)), /docker push \S+shop:\$\(Build\.SourceVersion\)/);
    assert.match(
      JSON.stringify(steps.slice(index)),
      /--template-file template\.yaml --role-arn arn:aws:iam::123456789012:role\/deploy/,
    );
  });

  it('keeps a prefix literal in YAML and in the shell', () => {
    const prefix = 'a b: #c\'s "d"';
    const [, deploy] = bitbucketSteps({
      permissions: [{ preset: 's3-sync', bucket: 'acme-site', prefix, allowDelete: false }],
    });
    assert.equal(deploy?.script[2], `aws s3 sync dist s3://acme-site/'a b: #c'\\''s "d"'`);
  });

  it('writes no file for a CI system without a pipe or task', () => {
    const scope = { provider: 'github', owner: 'acme', repository: 'site', branch: 'main' } as const;
    assert.equal(renderPipelineFile({ ...common, scope }), undefined);
  });
});
