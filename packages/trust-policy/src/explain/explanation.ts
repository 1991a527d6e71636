import type { Fix } from '../fix/fix.ts';
import type { Patch } from '../fix/json-patch.ts';
import type { Claims, ConditionTrace, Context } from '../policy/model.ts';
import type { PolicyDocument, RoleStatement } from '../policy/policy-document.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import type { CauseId } from './causes.ts';
import type { Job } from './narrowness.ts';

/** A condition that fails in the explained statement. */
export interface FailingCondition {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** Undefined if the request has no such key. */
  readonly observed: readonly string[] | undefined;
  /** Present if the condition may also hold: the key of the request whose unknown value decides. */
  readonly unknownKey?: string;
}

/**
 * Explanation of an admission or refusal. Its sentences quote the token and the policy: treat them as untrusted text when
 * printing them.
 */
export interface Explanation {
  /** `unknown`: there was no policy, or a key of the request decides whose value is unknown. */
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  readonly cause: CauseId;
  readonly summary: string;
  /** Statement that admits or refuses the token, or comes nearest to admitting it, e.g. `Statement[0]`. */
  readonly path?: string;
  /** Conditions that fail in that statement. For a Deny, those that match; for `request-unknown`, those without a result. */
  readonly conditions: readonly FailingCondition[];
  readonly fix: string;
  /** First part of the fix: the change that does not widen the role. Present if the fix also offers one that does. */
  readonly narrowFix?: string;
  /**
   * Change of the policy document that the fix names, as JSON Patch (RFC 6902). Absent if no change can be applied
   * directly.
   */
  readonly patch?: Patch;
  /**
   * Whether the fix removes a limit of the role, or admits other jobs too. Unknown counts as true. The text of the fix
   * then mentions it, and begins with the better change, e.g. in the job.
   */
  readonly widens: boolean;
  /**
   * Statement that would admit this token. It keeps the conditions of the nearest statement that hold, or may hold.
   * Undefined without a role ARN, if no policy can admit the token, or if the token belongs to another owner.
   */
  readonly statement: TrustStatement | undefined;
}

export interface ExplainOptions {
  readonly roleArn?: string;
  /** Global and request keys in addition to the token's, e.g. `aws:SourceIp`. */
  readonly context?: Context;
}

/** A policy that was evaluated for a token, with its context. */
export interface Question {
  readonly claims: Claims;
  readonly job: Job;
  readonly options: ExplainOptions;
  readonly document: PolicyDocument<RoleStatement>;
  /** Provider that AWS looks for. Undefined if the role is unknown. */
  readonly providerArn: string | undefined;
}

/** An explanation before its parts are put together. */
export interface ExplanationParts extends Pick<Explanation, 'verdict' | 'cause' | 'summary' | 'path' | 'conditions'> {
  readonly fix: Fix;
  /** Statement that would admit the token, if one can be proposed. */
  readonly statement?: TrustStatement;
}

/** Whether a condition holds, or may hold. */
export function mayHold({ matched, unknownKey }: ConditionTrace): boolean {
  return matched || unknownKey !== undefined;
}

/** Whether the result of a condition is unknown. */
export function isUndecided({ unknownKey }: ConditionTrace): boolean {
  return unknownKey !== undefined;
}

export function failingCondition({ operator, key, expected, observed, unknownKey }: ConditionTrace): FailingCondition {
  return { operator, key, expected, observed, ...(unknownKey === undefined ? {} : { unknownKey }) };
}
