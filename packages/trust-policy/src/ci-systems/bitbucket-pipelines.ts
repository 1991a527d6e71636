import { yamlText } from '../text/yaml-text.ts';
import type { BitbucketScope } from './bitbucket.ts';
import { COMMIT, type PipelineFile, type PipelinePlan } from './pipeline-plan.ts';

/** Has the AWS CLI, but no Node. */
const AWS_IMAGE = 'amazon/aws-cli';
const NODE_IMAGE = 'node:24';
const INSTALL_AWS_CLI = 'apt-get update && apt-get install -y --no-install-recommends awscli';

/** Writes `bitbucket-pipelines.yml`. An environment is allowed in one step of a pipeline, so one step does all the work. */
export function bitbucketPipelines(scope: BitbucketScope, plan: PipelinePlan): PipelineFile {
  const { build, tools, roleArn, region, pipeVersion } = plan;
  const hasNode = tools.has('node');
  const deployment = plan.deployment ?? (scope.deploymentEnvironmentUuid === undefined ? undefined : 'production');
  const prepare = [...(hasNode && tools.has('aws') ? [INSTALL_AWS_CLI] : []), ...plan.prepare];
  return {
    path: 'bitbucket-pipelines.yml',
    text: `# Deploys to AWS without stored keys.
pipelines:
  branches:
    main:
${build.length === 0 ? '' : buildStep(build)}      - step:
          name: Deploy
          image: ${hasNode ? NODE_IMAGE : AWS_IMAGE}
          oidc: true
${deployment === undefined ? '' : `          deployment: ${JSON.stringify(deployment)}\n`}${tools.has('docker') ? '          services:\n            - docker\n' : ''}          script:
${script(prepare)}            - pipe: aws-oidc-assume/aws-oidc-assume:${pipeVersion}
              variables:
                AWS_OIDC_ROLE_ARN: ${roleArn}
                AWS_DEFAULT_REGION: ${region}
            - . ./.aws-oidc/env
${script(plan.deploy)}`,
  };
}

function buildStep(lines: readonly string[]): string {
  return `      - step:
          name: Build
          image: ${NODE_IMAGE}
          script:
${script(lines)}          artifacts:
            - dist/**
`;
}

function script(lines: readonly string[]): string {
  return lines.map((line) => `            - ${yamlText(line.replaceAll(COMMIT, '$BITBUCKET_COMMIT'))}\n`).join('');
}
