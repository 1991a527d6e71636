import { yamlText } from '../text/yaml-text.ts';
import type { AzureDevOpsScope } from './azure-devops.ts';
import { COMMIT, type PipelineFile, type PipelinePlan } from './pipeline-plan.ts';

/** Writes `azure-pipelines.yml` for an agent that Microsoft hosts, which has Node, Docker and the AWS CLI. */
export function azurePipelines(scope: AzureDevOpsScope, plan: PipelinePlan): PipelineFile {
  const { serviceConnection } = scope;
  const connection =
    serviceConnection === undefined ? '' : `      serviceConnection: ${JSON.stringify(serviceConnection)}\n`;
  return {
    path: 'azure-pipelines.yml',
    text: `# Deploys to AWS without stored keys.
trigger:
  - main

pool:
  vmImage: ubuntu-latest

steps:
${scripts([...new Set([...plan.build, ...plan.prepare])])}  - task: AwsOidcAssume@1
    inputs:
${connection}      roleArn: ${plan.roleArn}
      region: ${plan.region}
${scripts(plan.deploy)}`,
  };
}

function scripts(lines: readonly string[]): string {
  return lines.map((line) => `  - script: ${yamlText(line.replaceAll(COMMIT, '$(Build.SourceVersion)'))}\n`).join('');
}
