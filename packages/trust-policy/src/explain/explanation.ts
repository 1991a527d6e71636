import type { Claims, ConditionTrace, Context } from '../policy/model.ts';
import type { PolicyDocument, RoleStatement } from '../policy/policy-document.ts';
import type { TokenIdentity } from '../token/statement-for.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import type { CauseId } from './causes.ts';

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
  /**
   * Statement that would admit this token. It keeps the conditions of the nearest statement that cannot be evaluated here.
   * Undefined without a role ARN, or if no policy can admit the token.
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
  readonly identity: TokenIdentity;
  readonly options: ExplainOptions;
  readonly document: PolicyDocument<RoleStatement>;
  /** Provider that AWS looks for. Undefined if the role is unknown. */
  readonly providerArn: string | undefined;
  /** Statement that would admit the token. */
  readonly admitting: TrustStatement;
}

/** An explanation without the statement that would admit the token. */
export interface ExplanationParts extends Omit<Explanation, 'statement'> {
  /** Conditions of the nearest statement that cannot be evaluated here and stay in its replacement. */
  readonly kept?: readonly ConditionTrace[];
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
