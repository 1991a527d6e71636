import type { TrustScope } from '../ci-systems/index.ts';
import type { Permission } from '../generate/permissions.ts';

/** A pipeline that assumes the role and does what the role's permissions allow. */
export interface PipelineRequest {
  /** The job of the pipeline. */
  readonly scope: TrustScope;
  readonly roleArn: string;
  readonly region: string;
  readonly permissions: readonly Permission[];
  /** Version of the Bitbucket Pipe, such as `1.0.0`. */
  readonly pipeVersion: string;
  /** Name of the Bitbucket deployment environment. Default `production` for a scope with an environment. */
  readonly deployment?: string;
}

export interface PipelineFile {
  /** Path in the repository. */
  readonly path: string;
  readonly text: string;
}

/**
 * Writes the pipeline file of a repository: the same text for the same input. Undefined for CI systems whose pipelines this
 * project has no pipe or task for.
 */
export function renderPipelineFile(request: PipelineRequest): PipelineFile | undefined {
  switch (request.scope.provider) {
    case 'bitbucket':
      return { path: 'bitbucket-pipelines.yml', text: bitbucketPipelines(request) };
    case 'azure-devops':
      return { path: 'azure-pipelines.yml', text: azurePipelines(request) };
    default:
      return undefined;
  }
}

/** Work of a pipeline for one kind of permission. */
interface Work {
  /** Lines that need no credentials, in a step before. */
  readonly build: readonly string[];
  readonly deploy: readonly string[];
  /** Bitbucket: the image of the step, and whether it needs Docker. */
  readonly image: string;
  readonly docker?: true;
}

/** Has the AWS CLI, but no Node. */
const AWS_IMAGE = 'amazon/aws-cli';
const NODE_IMAGE = 'node:24';
const INSTALL_AWS_CLI = 'apt-get update && apt-get install -y --no-install-recommends awscli';

function workFor(permission: Permission, registry: string): Work {
  switch (permission.preset) {
    case 's3-sync': {
      const { bucket, prefix, allowDelete } = permission;
      const target = `s3://${bucket}${prefix === undefined ? '' : `/${shellQuoted(prefix)}`}`;
      return {
        build: ['npm ci', 'npm run build'],
        deploy: [`aws s3 sync dist ${target}${allowDelete === false ? '' : ' --delete'}`],
        image: AWS_IMAGE,
      };
    }
    case 'cloudfront-invalidation':
      return {
        build: [],
        deploy: [`aws cloudfront create-invalidation --distribution-id ${permission.distributionId} --paths '/*'`],
        image: AWS_IMAGE,
      };
    case 'ecr-push': {
      const host = registry.replace('<region>', permission.region);
      const image = `${host}/${permission.repository}`;
      return {
        build: [],
        deploy: [
          `aws ecr get-login-password --region ${permission.region} | docker login --username AWS --password-stdin ${host}`,
          `docker build -t ${image}:$COMMIT .`,
          `docker push ${image}:$COMMIT`,
        ],
        image: AWS_IMAGE,
        docker: true,
      };
    }
    case 'cloudformation-deploy': {
      const { stackName, executionRoleArn, region } = permission;
      return {
        build: [],
        deploy: [
          `aws cloudformation deploy --stack-name ${stackName} --template-file template.yaml --role-arn ${executionRoleArn} --region ${region}`,
        ],
        image: AWS_IMAGE,
      };
    }
    case 'cdk-deploy':
      return { build: [], deploy: ['npm ci', 'npx cdk deploy --all --require-approval never'], image: NODE_IMAGE };
  }
}

/** Lines that say who the job is, for a role without permissions. */
const NO_WORK: Work = { build: [], deploy: ['aws sts get-caller-identity'], image: AWS_IMAGE };

function worksOf({ permissions, roleArn }: PipelineRequest): readonly [Work, ...Work[]] {
  const [, partition = 'aws', , , account = ''] = roleArn.split(':');
  const registry = `${account}.dkr.ecr.<region>.${partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const [first = NO_WORK, ...rest] = permissions.map((permission) => workFor(permission, registry));
  return [first, ...rest];
}

function bitbucketPipelines(request: PipelineRequest): string {
  const works = worksOf(request);
  const build = works.flatMap((work) => work.build);
  const images = new Set(works.map(({ image }) => image));
  const lines = works.flatMap(({ deploy }) => deploy).map((line) => line.replaceAll('$COMMIT', '$BITBUCKET_COMMIT'));
  const step = {
    // An environment is allowed in one step of a pipeline only, so that all work is in one step.
    image: images.has(NODE_IMAGE) ? NODE_IMAGE : AWS_IMAGE,
    lines: images.size > 1 ? [INSTALL_AWS_CLI, ...lines] : lines,
    docker: works.some(({ docker }) => docker === true),
  };
  return `# Deploys to AWS without stored keys.
pipelines:
  branches:
    main:
${build.length === 0 ? '' : bitbucketBuild(build)}${bitbucketStep(request, step)}`;
}

function bitbucketBuild(lines: readonly string[]): string {
  return `      - step:
          name: Build
          image: ${NODE_IMAGE}
          script:
${lines.map((line) => `            - ${yamlText(line)}\n`).join('')}          artifacts:
            - dist/**
`;
}

interface BitbucketStep {
  readonly image: string;
  readonly lines: readonly string[];
  readonly docker: boolean;
}

function bitbucketStep(request: PipelineRequest, { image, lines, docker }: BitbucketStep): string {
  const { scope, roleArn, region, pipeVersion } = request;
  const hasEnvironment = scope.provider === 'bitbucket' && scope.deploymentEnvironmentUuid !== undefined;
  const deployment = request.deployment ?? (hasEnvironment ? 'production' : undefined);
  return `      - step:
          name: Deploy
          image: ${image}
          oidc: true
${deployment === undefined ? '' : `          deployment: ${JSON.stringify(deployment)}\n`}${docker ? '          services:\n            - docker\n' : ''}          script:
            - pipe: aws-oidc-assume/aws-oidc-assume:${pipeVersion}
              variables:
                AWS_OIDC_ROLE_ARN: ${roleArn}
                AWS_DEFAULT_REGION: ${region}
            - . ./.aws-oidc/env
${lines.map((line) => `            - ${yamlText(line)}\n`).join('')}`;
}

function azurePipelines(request: PipelineRequest): string {
  const { scope, roleArn, region } = request;
  const works = worksOf(request);
  const connection =
    scope.provider === 'azure-devops' && scope.serviceConnection !== undefined
      ? `      serviceConnection: ${JSON.stringify(scope.serviceConnection)}\n`
      : '';
  const scripts = (lines: readonly string[]) =>
    lines.map((line) => `  - script: ${yamlText(line.replaceAll('$COMMIT', '$(Build.SourceVersion)'))}\n`).join('');
  return `# Deploys to AWS without stored keys.
trigger:
  - main

pool:
  vmImage: ubuntu-latest

steps:
${scripts(works.flatMap(({ build }) => build))}  - task: AwsOidcAssume@1
    inputs:
${connection}      roleArn: ${roleArn}
      region: ${region}
${scripts(works.flatMap(({ deploy }) => deploy))}`;
}

/** Text for a POSIX shell. Prefixes of buckets may have characters that the shell would expand. */
function shellQuoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A line of a script as a value of YAML: plain if it reads the same, quoted as JSON otherwise. */
function yamlText(line: string): string {
  return /^[A-Za-z./][^:#]*(?::(?! )[^:#]*)*$/.test(line) ? line : JSON.stringify(line);
}
