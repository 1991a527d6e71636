import { type Issuer, recogniseIssuer } from '../ci-systems/issuer.ts';
import type { Fix } from '../fix/fix.ts';
import type { Patch } from '../fix/json-patch.ts';
import { coversAction } from '../policy/action.ts';
import { parseProviderArn } from '../policy/arn.ts';
import { type ConditionOperator, parseOperator } from '../policy/operators.ts';
import type { Condition, NameElement, PolicyDocument, RoleStatement } from '../policy/policy-document.ts';
import { type ConditionKey, readConditionKey } from '../token/condition-key.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  /** Stable; documented in the README. */
  readonly id: string;
  /**
   * `error`: the policy cannot work, or is open to strangers. `warning`: it may not do what it seems to do. `info`:
   * worth knowing.
   */
  readonly severity: Severity;
  /** JSON pointer (RFC 6901) into the policy, empty for the policy as a whole. */
  readonly path: string;
  readonly message: string;
  /** Full sentences. */
  readonly fix: string;
  /** The fix as a JSON Patch of the policy document, if it can be applied mechanically. */
  readonly patch?: Patch;
  /** Whether the policy may admit more after the fix. Unknown counts as true. */
  readonly widens: boolean;
}

/** Context of the policy. */
export interface LintOptions {
  /** ARN of the policy's role. Providers must be in its account. */
  readonly roleArn?: string;
  /** Issuer of the tokens that should be admitted, with or without its scheme. */
  readonly issuer?: string;
  /** Whether the sessions carry session tags, e.g. in role chaining. */
  readonly sessionTags?: boolean;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** Documentation: a sentence that describes the mistake. */
  readonly about: string;
  check(policy: LintedPolicy, options: LintOptions): readonly RuleFinding[];
}

/** A finding without the id and severity of its rule. */
export interface RuleFinding extends Pick<Finding, 'path' | 'message'> {
  readonly fix: Fix;
}

export interface LintedPolicy {
  readonly document: PolicyDocument<RoleStatement>;
  readonly statements: readonly LintedStatement[];
}

export interface LintedStatement {
  readonly statement: RoleStatement;
  /** Federated principals, in order. */
  readonly federated: readonly FederatedPrincipal[];
  /** Issuers of the OIDC providers among them, without scheme. */
  readonly issuers: readonly string[];
  /** Whether it admits web identities: an Allow with an OIDC provider among its principals. */
  readonly admitsWebIdentity: boolean;
  /**
   * Whether it allows only further actions of a session, e.g. `sts:TagSession`, and therefore lets nobody assume the
   * role.
   */
  readonly extendsSessionsOnly: boolean;
  readonly conditions: readonly LintedCondition[];
}

export interface FederatedPrincipal {
  readonly value: string;
  readonly pointer: string;
  /** Issuer of an OIDC provider's ARN, without its scheme. */
  readonly issuerPath: string | undefined;
  readonly issuer: Issuer | undefined;
  readonly account: string | undefined;
}

export interface LintedCondition {
  readonly condition: Condition;
  /** Undefined if IAM has no such operator. */
  readonly operator: ConditionOperator | undefined;
  readonly key: ConditionKey;
  /** Claim of the key, also if the issuer before it has a mistake. */
  readonly claim: string | undefined;
  /** Recognised issuer of the key, also if its form has a mistake. */
  readonly issuer: Issuer | undefined;
}

export function lintedPolicy(document: PolicyDocument<RoleStatement>): LintedPolicy {
  return { document, statements: document.statements.map(lintedStatement) };
}

function lintedStatement(statement: RoleStatement): LintedStatement {
  const federated = statement.principal.entries
    .filter((entry) => entry.type === 'Federated')
    .flatMap((entry) => entry.values.map((value) => federatedPrincipal(value, entry.pointer)));
  const issuers = federated.flatMap(({ issuerPath }) => (issuerPath === undefined ? [] : [issuerPath]));
  return {
    statement,
    federated,
    issuers,
    admitsWebIdentity: statement.effect === 'Allow' && issuers.length > 0,
    extendsSessionsOnly: extendsSessionsOnly(statement.action),
    conditions: statement.conditions.map((condition) => lintedCondition(condition, issuers)),
  };
}

const ASSUMING_ACTIONS = ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'];
const EXTENDING_ACTIONS = ['sts:TagSession', 'sts:SetSourceIdentity', 'sts:SetContext'];

function extendsSessionsOnly(action: NameElement): boolean {
  const covers = (name: string) => coversAction(action, name);
  return EXTENDING_ACTIONS.some(covers) && !ASSUMING_ACTIONS.some(covers);
}

function federatedPrincipal(value: string, pointer: string): FederatedPrincipal {
  // IAM accepts no wildcard in a principal, so such an ARN names no issuer.
  const arn = /[*?]/.test(value) ? undefined : parseProviderArn(value);
  return {
    value,
    pointer,
    issuerPath: arn?.issuerPath,
    issuer: arn && recogniseIssuer(arn.issuerPath),
    account: arn?.account,
  };
}

/** @param issuers without scheme; a key of any other issuer is of kind `other-issuer` */
export function lintedCondition(condition: Condition, issuers: readonly string[]): LintedCondition {
  const key = readConditionKey(condition.key, issuers);
  return {
    condition,
    operator: parseOperator(condition.operator),
    key,
    claim: 'claim' in key ? key.claim.toLowerCase() : undefined,
    issuer: 'issuer' in key ? recogniseIssuer(key.issuer) : undefined,
  };
}

/** Whether a condition compares text and requires it to be equal or alike. */
export function isStringComparison(
  condition: LintedCondition,
): condition is LintedCondition & { readonly operator: ConditionOperator } {
  return condition.operator !== undefined && TEXT_OPERATORS.has(condition.operator.base);
}

const TEXT_OPERATORS: ReadonlySet<string> = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']);

/**
 * Whether a condition requires a value of its claim. Conditions that pass without the claim and negated conditions do
 * not require one.
 */
export function requiresValue(condition: LintedCondition): boolean {
  return isStringComparison(condition) && !condition.operator.ifExists && condition.operator.set !== 'ForAllValues';
}

/** Whether a condition is fulfilled if the request lacks its key. */
export function passesWithoutKey({ operator, condition }: LintedCondition): boolean {
  if (operator === undefined) return false;
  if (operator.base === 'Null') return condition.values.some((value) => value.toLowerCase() === 'true');
  return operator.ifExists || operator.set === 'ForAllValues' || (operator.negated && operator.set === undefined);
}

/** Whether AWS never fills the key of a condition. */
export function isNeverFilled({ key }: LintedCondition): boolean {
  return key.kind !== 'global' && key.kind !== 'claim';
}

/** Whether `*` and `?` are wildcards in this condition. */
export function hasWildcards({ operator }: LintedCondition): boolean {
  return operator?.base.endsWith('Like') === true;
}

/** Returns the statements that admit web identities. */
export function admittingStatements(policy: LintedPolicy): LintedPolicy['statements'] {
  return policy.statements.filter(
    ({ admitsWebIdentity, extendsSessionsOnly }) => admitsWebIdentity && !extendsSessionsOnly,
  );
}

/** Check of one condition by a rule. */
type ConditionCheck = (condition: LintedCondition, statement: LintedStatement) => readonly RuleFinding[];

/** Checks every condition of every statement. */
export function eachCondition(policy: LintedPolicy, check: ConditionCheck): RuleFinding[] {
  return policy.statements.flatMap((statement) =>
    statement.conditions.flatMap((condition) => check(condition, statement)),
  );
}

/** Checks every condition of the statements that admit web identities. */
export function eachAllowCondition(policy: LintedPolicy, check: ConditionCheck): RuleFinding[] {
  return admittingStatements(policy).flatMap((statement) =>
    statement.conditions.flatMap((condition) => check(condition, statement)),
  );
}
