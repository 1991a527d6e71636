import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Context } from '../src/index.ts';
import { GITHUB, providerArn, ROLE_ARN } from './support.ts';

/**
 * Decision of an independent evaluator, `@cloud-copilot/iam-simulate`, for the provider of GitHub Actions. It knows
 * only keys that the Service Authorization Reference lists, so `<issuer>:repository` stands for the subject.
 */
export async function otherDecision(policy: object, context: Context): Promise<'allow' | 'deny'> {
  const contextVariables = Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
  );
  const simulation: Simulation = {
    request: {
      principal: providerArn(GITHUB),
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: { resource: ROLE_ARN, accountId: '123456789012' },
      contextVariables,
    },
    identityPolicies: [],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: policy,
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed' ? 'allow' : 'deny';
}
