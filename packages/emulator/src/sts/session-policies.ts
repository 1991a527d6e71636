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
  /** Per cent of the room taken; undefined where nothing takes any, as AWS leaves it out then. */
  readonly packedSize: number | undefined;
}

/**
 * Checks the session policies and measures them.
 * AWS packs them in a form it does not publish; here the size is that of the plain text against its 2048 characters.
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
  if (policySize + tagSize === 0) return { inline, arns: policyArns, packedSize: undefined };
  const packedSize = Math.max(1, Math.round(((policySize + tagSize) / LIMIT) * 100));
  if (policySize + tagSize > LIMIT) {
    const what = policySize === 0 ? 'session tags' : 'session policies and session tags';
    throw new StsError('PackedPolicyTooLarge', `Packed size of ${what} consumes ${packedSize}% of allotted space.`);
  }
  return { inline, arns: policyArns, packedSize };
}

/** What the policy means is for @aws-oidc-assume/trust-policy to say, and so is whether it is one. */
function parsePolicy(text: string): JsonObject {
  const policy = parseObject(text);
  if (policy === undefined) throw new StsError('MalformedPolicyDocument', 'This policy contains invalid Json');
  const problem = policyProblem(() =>
    evaluateSessionPolicy(policy, { action: 'sts:AssumeRole', resource: '*', context: {} }),
  );
  if (problem !== undefined)
    throw new StsError('MalformedPolicyDocument', `Syntax errors in policy. (${problem.reason})`);
  return policy;
}
