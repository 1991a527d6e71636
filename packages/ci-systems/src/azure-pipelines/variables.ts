import type { Environment } from '@aws-oidc-assume/shared';

/** Reads a variable of the job by its name in pipelines, such as `Build.BuildId`. Returns undefined when it is empty. */
export type ReadVariable = (name: string) => string | undefined;

/** Reads variables as scripts see them: the agent exports `Build.BuildId` as `BUILD_BUILDID`. */
export function environmentVariables(env: Environment): ReadVariable {
  return (name) => env[environmentName(name)] || undefined;
}

/** Name of a variable in the environment (agent, VarUtil.cs). */
function environmentName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}
