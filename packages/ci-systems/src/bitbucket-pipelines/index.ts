/** Parts that the pipe needs. The definition is separate, because it includes the subjects of all CI systems. */
export { runOfStep } from './run.ts';
export { NAME, stepToken, TOKEN_VARIABLE } from './step-token.ts';
