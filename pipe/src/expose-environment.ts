import { awsEnvironment } from '@aws-oidc-assume/shared';
import { clearedBeside, type Exposure, type ToExpose } from './exposure.ts';

/** `EXPOSE=environment`: the credentials themselves as variables. */
export function exposeEnvironment({ sessions: [session], options }: ToExpose): Exposure {
  const variables = awsEnvironment(session, options);
  return { files: [], variables, clears: clearedBeside(variables), lines: [] };
}
