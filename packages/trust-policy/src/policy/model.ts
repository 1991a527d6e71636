/**
 * A request as IAM evaluates it against a role's trust policy.
 *
 * Context keys are case-insensitive in IAM; store them as the field writes them (`aws:SourceIp`,
 * `api.bitbucket.org/2.0/…:sub`) and let the evaluator fold case.
 */
export interface AccessRequest {
  /** `sts:AssumeRoleWithWebIdentity`, `sts:AssumeRole`, `sts:TagSession`, … */
  readonly action: string;
  readonly principal: Principal;
  readonly context: Context;
}

/** The requester. `identifiers` are all names that a policy may use for it, e.g. session ARN, role ARN, account root ARN, account id. */
export interface Principal {
  readonly kind: 'Federated' | 'AWS';
  readonly identifiers: readonly string[];
}

/**
 * Condition context: one value, or several for a multivalued key. An absent key is missing, not empty. Keys that AWS fills
 * for every request, e.g. `aws:SourceIp`, are unknown if absent and missing if their list is empty.
 */
export type Context = Readonly<Record<string, string | readonly string[]>>;

export type Decision = 'allow' | 'deny';

/** Result of one condition of one statement. */
export interface ConditionTrace {
  /** Operator as the policy writes it, e.g. `StringLike` or `ForAnyValue:StringEqualsIfExists`. */
  readonly operator: string;
  /** Key as the policy writes it. */
  readonly key: string;
  readonly expected: readonly string[];
  /** Undefined if the request has no such key. */
  readonly observed: readonly string[] | undefined;
  readonly matched: boolean;
  /** Short sentence for people, e.g. `StringEquals takes "*" literally`. */
  readonly note?: string;
  /**
   * Key of the request whose unknown value decides the condition, e.g. `aws:SourceIp`. `matched` then fails closed:
   * false in an Allow, true in a Deny.
   */
  readonly unknownKey?: string;
}

export interface StatementTrace {
  /** `Statement[0]`, or `Statement` if the policy has one statement outside an array. */
  readonly path: string;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principalMatched: boolean;
  readonly actionMatched: boolean;
  readonly conditions: readonly ConditionTrace[];
  readonly matched: boolean;
  readonly note?: string;
}

export interface Evaluation {
  readonly decision: Decision;
  /** `explicit-deny` and `implicit-deny` are IAM's own words. */
  readonly reason: 'allowed' | 'explicit-deny' | 'implicit-deny';
  readonly trace: readonly StatementTrace[];
  /** Reason for a decision that differs from the trace, e.g. a token that AWS refuses under any policy. */
  readonly note?: string;
}

/** Claims of an identity token, as decoded JSON. */
export type Claims = Readonly<Record<string, unknown>>;

/** Question to `evaluate`: is this token admitted to that role? */
export interface WebIdentityRequest {
  readonly claims: Claims;
  /** Decides account and partition of the provider. Absent: any account's provider of that issuer counts. */
  readonly roleArn?: string;
  /** Global and request keys in addition to the token's, e.g. `aws:SourceIp`, `sts:RoleSessionName`. */
  readonly context?: Context;
}
