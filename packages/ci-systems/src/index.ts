/** Knowledge of each CI system about its own jobs. Publishing credentials is the adapters' part. */
export type { CiJob, CiSystemDefinition } from './ci-job.ts';
export { PLAIN_TOKEN_VARIABLES, parseToken, plainTokenJob } from './plain-token/index.ts';
export { CI_SYSTEMS, ciSystemById, detectCiSystem } from './registry.ts';
export { type SessionRun, sessionRun } from './session-run.ts';
