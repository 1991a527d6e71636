import { azurePipelines } from './azure-pipelines.ts';
import { bitbucketPipelines } from './bitbucket-pipelines.ts';
import type { TrustScope } from './index.ts';
import type { PipelineFile, PipelinePlan } from './pipeline-plan.ts';

/** Writes the pipeline file of a CI system. Undefined for systems that this project has no pipe or task for. */
export function pipelineFile(scope: TrustScope, plan: PipelinePlan): PipelineFile | undefined {
  switch (scope.provider) {
    case 'bitbucket':
      return bitbucketPipelines(scope, plan);
    case 'azure-devops':
      return azurePipelines(scope, plan);
    default:
      return undefined;
  }
}
