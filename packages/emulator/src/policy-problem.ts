import { PolicySyntaxError } from '@aws-oidc-assume/trust-policy';

/** The reason why IAM would refuse the policy that `parse` parses; undefined if it would accept it. */
export function policyProblem(parse: () => unknown): PolicySyntaxError | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof PolicySyntaxError) return error;
    throw error;
  }
}
