/**
 * Decides by a role's own permissions whether a call may proceed. The evaluator is `@cloud-copilot/iam-simulate`, an
 * independent implementation. It knows actions, their resource types and their condition keys from AWS's Service
 * Authorization Reference.
 */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, type Needed, REGION } from './call.ts';
import type { Role } from './iam.ts';

/** @throws Error for an action or a resource that AWS does not have */
export async function isAllowed(
  name: string,
  { policies }: Role,
  { action, resource, context }: Needed,
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/${name}`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: {
          'aws:RequestedRegion': REGION,
          'aws:SecureTransport': 'true',
          'aws:ResourceAccount': ACCOUNT,
          ...context,
        },
      },
      identityPolicies: [...policies].map(([policyName, policy]) => ({ name: policyName, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: undefined,
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}

/** Actions that a role's permissions name. */
export function actionsOf({ policies }: Role): string[] {
  const statements = [...policies.values()].flatMap(
    (policy) => (policy as { Statement: unknown }).Statement as Statement[],
  );
  return [...new Set(statements.flatMap(({ Action }) => Action))].sort();
}

interface Statement {
  readonly Action: string | readonly string[];
}
