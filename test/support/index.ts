export { type AgentOptions, AzureAgent, type StepResult } from './azure-agent/agent.ts';
export { jobOf } from './azure-agent/job.ts';
export { unpackVsix } from './azure-agent/vsix.ts';
export { BitbucketStep, type RunResult, type Shell } from './bitbucket-step/step.ts';
export { buildPipeImage } from './docker/base-image.ts';
export { engineAnswers, needsEngine } from './docker/engine.ts';
export { type EmulatorProcess, startEmulatorProcess } from './emulator-process.ts';
export { NODE_20, NODE_24 } from './nodes.ts';
export { SecretWatch } from './secret-watch.ts';
