import { PolicySyntaxError } from '@aws-oidc-assume/trust-policy';

/** Why IAM would refuse the policy that `read` reads; undefined when it would not. */
export function policyProblem(read: () => unknown): PolicySyntaxError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof PolicySyntaxError) return error;
    throw error;
  }
}
