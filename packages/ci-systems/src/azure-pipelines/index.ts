/** Parts that the task needs. The definition is separate, because it includes the subjects of all CI systems. */
export { TASK_WORDS } from './advice.ts';
export { inertText, neutralizeLogCommands, neutralizeLogCommandsInJson } from './log-commands.ts';
export { runOfJob } from './run.ts';
export { NAME } from './script-job.ts';
export { requestToken, requireUri, type TokenRequest } from './token-request.ts';
