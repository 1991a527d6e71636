import type { Claims, ConditionTrace, Context } from '../policy/model.ts';
import type { PolicyDocument, RoleStatement } from '../policy/policy-document.ts';
import type { TokenIdentity } from '../token/statement-for.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import type { CauseId } from './causes.ts';

/** One condition that fails in the statement explained. */
export interface FailingCondition {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** Undefined where the request has no such key. */
  readonly observed: readonly string[] | undefined;
  /** Present where it may hold as well: the key of the request whose value would decide, and is not known here. */
  readonly unknownKey?: string;
}

/**
 * Why a token is admitted or refused. Its sentences quote the token and the policy: treat them as untrusted text where
 * they are printed.
 */
export interface Explanation {
  /** `unknown`: there was no policy to compare with, or a key of the request decides whose value is not known. */
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  readonly cause: CauseId;
  readonly summary: string;
  /** The statement that admits or refuses the token, or comes nearest to admitting it, e.g. `Statement[0]`. */
  readonly path?: string;
  /** What fails there; of a Deny, what matches; with the cause `request-unknown`, what cannot be judged. */
  readonly conditions: readonly FailingCondition[];
  readonly fix: string;
  /**
   * The statement that would admit this token, with the conditions of the one it is to replace that cannot be judged here.
   * Undefined without a role ARN, or where no policy can admit the token.
   */
  readonly statement: TrustStatement | undefined;
}

export interface ExplainOptions {
  readonly roleArn?: string;
  /** Global and request keys on top of the token's, e.g. `aws:SourceIp`. */
  readonly context?: Context;
}

/** What is asked about a policy that was evaluated for a token. */
export interface Question {
  readonly claims: Claims;
  readonly identity: TokenIdentity;
  readonly options: ExplainOptions;
  readonly document: PolicyDocument<RoleStatement>;
  /** The provider AWS looks for, where the role is known. */
  readonly providerArn: string | undefined;
  /** The statement that would admit the token. */
  readonly admitting: TrustStatement;
}

/** An explanation before the statement that would admit the token is added. */
export interface Explained extends Omit<Explanation, 'statement'> {
  /** Conditions of the nearest statement that cannot be judged here, to stay where it is replaced. */
  readonly kept?: readonly ConditionTrace[];
}

/** Whether a condition holds, or may hold. */
export function mayHold({ matched, unknownKey }: ConditionTrace): boolean {
  return matched || unknownKey !== undefined;
}

/** Whether it is not known if a condition holds. */
export function isOpen({ unknownKey }: ConditionTrace): boolean {
  return unknownKey !== undefined;
}

export function failing({ operator, key, expected, observed, unknownKey }: ConditionTrace): FailingCondition {
  return { operator, key, expected, observed, ...(unknownKey === undefined ? {} : { unknownKey }) };
}
