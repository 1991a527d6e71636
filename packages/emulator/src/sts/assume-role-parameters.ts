/** Parameters common to both ways of assuming a role. Limits: botocore's STS model 2011-06-15. */
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

const ARN: TextConstraint = {
  minimum: 20,
  maximum: 2048,
  // AWS prints U+10000–U+10FFFF as allowed and still rejects them.
  pattern: {
    text: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`,
    test: /^[\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD]+$/u,
  },
};

const SESSION_NAME: TextConstraint = {
  minimum: 2,
  maximum: 64,
  pattern: { text: String.raw`[\w+=,.@-]*`, test: /^[\w+=,.@-]*$/ },
};

export const POLICY: TextConstraint = {
  minimum: 1,
  maximum: 2048,
  pattern: {
    text: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+`,
    test: /^[\t\n\r\u0020-\u00FF]*$/u,
  },
};

/** Limits of DurationSeconds. A role's maximum and a chained session's limit apply in addition. */
const MIN_DURATION = 900;
const MAX_DURATION = 43_200;
const DEFAULT_DURATION = 3600;

export function assumeParameters(request: QueryRequest, violations: Violations): AssumeParameters {
  const arns = request.members('PolicyArns').map((member) => member.get('arn') ?? '');
  violations.count('PolicyArns', arns.length, 10);
  for (const [index, arn] of arns.entries()) violations.value(`policyArns.${index + 1}.member.arn`, arn, ARN);
  return {
    roleArn: violations.required('RoleArn', ARN),
    sessionName: violations.required('RoleSessionName', SESSION_NAME),
    policy: violations.text('Policy', POLICY),
    durationSeconds: violations.integer('DurationSeconds', MIN_DURATION, MAX_DURATION) ?? DEFAULT_DURATION,
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
