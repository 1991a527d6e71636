/** The other side of the wire and of the process: AWS and token services, an agent, a step runner, a Docker engine. */
export { AzureAgent } from './azure-agent/agent.ts';
export { jobOf } from './azure-agent/job.ts';
export { packedExtension, type UnpackedTask, unpackTask } from './azure-agent/packed-task.ts';
export type { StepResult } from './azure-agent/step.ts';
export { unpackVsix } from './azure-agent/vsix.ts';
export { escapedForYaml as written } from './bitbucket-step/listed-variables.ts';
export type { RunResult } from './bitbucket-step/run.ts';
export { BitbucketStep } from './bitbucket-step/step.ts';
export { needsCdk } from './cdk.ts';
export {
  buildImage,
  buildPipeImage,
  canBuildImages,
  ensureBaseImages,
  imageOfCheckout,
  needsPipeImage,
} from './docker/base-image.ts';
export { engineAnswers, needsEngine } from './docker/engine.ts';
export { type EmulatorProcess, startEmulatorProcess } from './emulator-process.ts';
export { NODE_20, NODE_24 } from './nodes.ts';
export { pnpm } from './pnpm.ts';
export { SecretWatch } from './secret-watch.ts';
export { needsTerraform, type Terraform } from './terraform.ts';
