/**
 * A request as IAM sees it when it evaluates a role's trust policy.
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

/** Who asks. `identifiers` are all the ways a policy may name it, e.g. session ARN, role ARN, account root ARN, account id. */
export interface Principal {
  readonly kind: 'Federated' | 'AWS';
  readonly identifiers: readonly string[];
}

/**
 * Condition context: one value, or several for a multivalued key. A key that is absent is missing, not empty; those that AWS
 * fills for every request, e.g. `aws:SourceIp`, are not known where they are absent, and missing where their list is empty.
 */
export type Context = Readonly<Record<string, string | readonly string[]>>;

export type Decision = 'allow' | 'deny';

/** What became of one condition of one statement. */
export interface ConditionTrace {
  /** As written, e.g. `StringLike` or `ForAnyValue:StringEqualsIfExists`. */
  readonly operator: string;
  /** As written in the policy. */
  readonly key: string;
  readonly expected: readonly string[];
  /** Undefined where the request has no such key. */
  readonly observed: readonly string[] | undefined;
  readonly matched: boolean;
  /** One short sentence for a person, e.g. `StringEquals takes "*" literally`. Present where it adds something. */
  readonly note?: string;
  /**
   * Present where the answer is not known: the key of the request, e.g. `aws:SourceIp`, that AWS fills and whose value the
   * caller did not give. `matched` then fails closed: false in an Allow, true in a Deny.
   */
  readonly unknownKey?: string;
}

export interface StatementTrace {
  /** `Statement[0]`, or `Statement` where the policy has one statement outside an array. */
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
  /** Why the answer differs from what the trace alone says, e.g. a token AWS refuses whatever the policy. */
  readonly note?: string;
}

/** Claims of an identity token, as decoded JSON. */
export type Claims = Readonly<Record<string, unknown>>;

/** What `evaluate` is asked: would this token be admitted to that role? */
export interface WebIdentityRequest {
  readonly claims: Claims;
  /** Needed for the provider ARN: it lies in the role's account and partition. Without it, any account's provider of that issuer counts. */
  readonly roleArn?: string;
  /** Global and request keys on top of the token's, e.g. `aws:SourceIp`, `sts:RoleSessionName`. */
  readonly context?: Context;
}
