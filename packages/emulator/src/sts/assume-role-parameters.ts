/** What both ways of assuming a role take, checked as AWS checks it. Limits: botocore's STS model 2011-06-15. */
import { parseRoleArn, type RoleArn } from '@aws-oidc-assume/trust-policy';
import type { TextConstraint, Violations } from './constraints.ts';
import type { QueryRequest } from './query-request.ts';
import { StsError } from './sts-error.ts';

export interface AssumeParameters {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly policy: string | undefined;
  readonly policyArns: readonly string[];
}

const arnText: TextConstraint = {
  minimum: 20,
  maximum: 2048,
  // AWS shows U+10000–U+10FFFF as allowed and rejects them all the same.
  pattern: {
    shown: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`,
    test: /^[\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD]+$/u,
  },
};

const sessionName: TextConstraint = {
  minimum: 2,
  maximum: 64,
  pattern: { shown: String.raw`[\w+=,.@-]*`, test: /^[\w+=,.@-]*$/ },
};

const policyText: TextConstraint = {
  minimum: 1,
  maximum: 2048,
  pattern: {
    shown: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+`,
    test: /^[\t\n\r\u0020-\u00FF]*$/u,
  },
};

/** Both limits are AWS's: a role's maximum and a caller's own session come on top of this range. */
const shortest = 900;
const longest = 43_200;
const usual = 3600;

export function assumeParameters(request: QueryRequest, violations: Violations): AssumeParameters {
  const arns = request.members('PolicyArns').map((member) => member.get('arn') ?? '');
  violations.count('PolicyArns', arns.length, 10);
  for (const [index, arn] of arns.entries()) violations.value(`policyArns.${index + 1}.member.arn`, arn, arnText);
  return {
    roleArn: violations.required('RoleArn', arnText),
    sessionName: violations.required('RoleSessionName', sessionName),
    policy: violations.text('Policy', policyText),
    durationSeconds: violations.integer('DurationSeconds', shortest, longest) ?? usual,
    policyArns: arns,
  };
}

/**
 * Returns the role that a request names, whether or not it exists.
 *
 * @throws StsError ValidationError if the text is not the ARN of an IAM role.
 */
export function requestedRole(arn: string): RoleArn {
  const role = parseRoleArn(arn);
  if (role === undefined) throw new StsError('ValidationError', 'Request ARN is invalid');
  return role;
}
