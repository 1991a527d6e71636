import { evaluateSessionPolicy } from '@aws-oidc-assume/trust-policy';
import { type JsonObject, parseObject } from '../json.ts';
import { policyProblem } from '../policy-problem.ts';
import type { AssumeParameters } from './assume-role-parameters.ts';
import { StsError } from './sts-error.ts';

/** STS's limit on the plain text of policy, policy ARNs and tags together, characters. */
const LIMIT = 2048;

export interface SessionPolicies {
  /** The inline policy, parsed. */
  readonly inline: JsonObject | undefined;
  readonly arns: readonly string[];
  /** Characters of policies and tags. */
  readonly length: number;
}

/**
 * Checks the session policies and measures them together with the session tags.
 * @throws StsError MalformedPolicyDocument, PackedPolicyTooLarge or ValidationError
 */
export function sessionPolicies(
  { policy, policyArns }: AssumeParameters,
  tags: Readonly<Record<string, string>>,
): SessionPolicies {
  const inline = policy === undefined ? undefined : parsePolicy(policy);
  for (const arn of policyArns) {
    if (!/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\x21-\x7e]+$/.test(arn)) {
      throw new StsError('ValidationError', `ARN ${arn} is not valid.`);
    }
  }
  const policySize = [policy ?? '', ...policyArns].join('').length;
  const tagSize = Object.entries(tags).flat().join('').length;
  const length = policySize + tagSize;
  if (length > LIMIT) {
    const measured = policySize === 0 ? 'session tags' : 'session policies and session tags';
    const percent = Math.round((length / LIMIT) * 100);
    throw new StsError('PackedPolicyTooLarge', `Packed size of ${measured} consumes ${percent}% of allotted space.`);
  }
  return { inline, arns: policyArns, length };
}

/** @throws StsError MalformedPolicyDocument */
export function parsePolicy(text: string): JsonObject {
  const policy = parseObject(text);
  if (policy === undefined) throw new StsError('MalformedPolicyDocument', 'This policy contains invalid Json');
  const problem = policyProblem(() =>
    evaluateSessionPolicy(policy, { action: 'sts:AssumeRole', resource: '*', context: {} }),
  );
  if (problem !== undefined)
    throw new StsError('MalformedPolicyDocument', `Syntax errors in policy. (${problem.reason})`);
  return policy;
}
