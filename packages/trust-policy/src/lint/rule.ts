import { type Issuer, recogniseIssuer } from '../ci-systems/issuer.ts';
import { subjectSubstitute } from '../ci-systems/owner.ts';
import { parseProviderArn } from '../policy/arn.ts';
import { type ConditionOperator, parseOperator } from '../policy/operators.ts';
import type { Condition, PolicyDocument, RoleStatement } from '../policy/policy-document.ts';
import { type ConditionKey, readConditionKey } from '../token/condition-key.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  /** Stable; documented in the README. */
  readonly id: string;
  /** `error`: it cannot work, or is open to strangers. `warning`: it may not mean what it says. `info`: worth knowing. */
  readonly severity: Severity;
  /** JSON pointer (RFC 6901) into the policy, empty for the policy as a whole. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** What is known besides the policy. */
export interface LintOptions {
  /** The role the policy belongs to: providers must lie in its account. */
  readonly roleArn?: string;
  /** Issuer of the tokens that should be admitted, with or without its scheme. */
  readonly issuer?: string;
  /** Whether the sessions are to carry session tags, e.g. in role chaining. */
  readonly sessionTags?: boolean;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** One sentence for the documentation: what is wrong with it. */
  readonly about: string;
  check(policy: LintedPolicy, options: LintOptions): readonly Found[];
}

/** A finding without what the rule itself knows. */
export type Found = Omit<Finding, 'id' | 'severity'>;

export interface LintedPolicy {
  readonly document: PolicyDocument<RoleStatement>;
  readonly statements: readonly LintedStatement[];
}

export interface LintedStatement {
  readonly statement: RoleStatement;
  /** The Federated principals, in order. */
  readonly federated: readonly FederatedPrincipal[];
  /** The issuers of the OIDC providers among them, without scheme. */
  readonly issuers: readonly string[];
  /** Whether it lets web identities in: an Allow with an OIDC provider among its principals. */
  readonly admitsWebIdentity: boolean;
  readonly conditions: readonly LintedCondition[];
}

export interface FederatedPrincipal {
  readonly value: string;
  readonly pointer: string;
  /** The issuer of an OIDC provider's ARN, without its scheme. */
  readonly issuerPath: string | undefined;
  readonly issuer: Issuer | undefined;
  readonly account: string | undefined;
}

export interface LintedCondition {
  readonly condition: Condition;
  /** Undefined where IAM has no such operator. */
  readonly operator: ConditionOperator | undefined;
  readonly key: ConditionKey;
  /** The claim the key is about, also where the issuer before it is written wrongly. */
  readonly claim: string | undefined;
  /** The known issuer the key is about, also where it is written wrongly. */
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
    conditions: statement.conditions.map((condition) => lintedCondition(condition, issuers)),
  };
}

function federatedPrincipal(value: string, pointer: string): FederatedPrincipal {
  const arn = parseProviderArn(value);
  return {
    value,
    pointer,
    issuerPath: arn?.issuerPath,
    issuer: arn && recogniseIssuer(arn.issuerPath),
    account: arn?.account,
  };
}

/** @param issuers without scheme; a key about another one is told as such */
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

/** Whether a condition compares text and is fulfilled where it is equal or alike. */
export function isStringComparison(
  condition: LintedCondition,
): condition is LintedCondition & { readonly operator: ConditionOperator } {
  return condition.operator !== undefined && TEXT_OPERATORS.has(condition.operator.base);
}

const TEXT_OPERATORS: ReadonlySet<string> = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']);

/** Whether a condition demands a value of its claim: not one that also passes without the claim or by not being equal. */
export function demandsValue(condition: LintedCondition): boolean {
  return isStringComparison(condition) && !condition.operator.ifExists && condition.operator.set !== 'ForAllValues';
}

/** Whether a condition is fulfilled where the request lacks its key. */
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
export function takesWildcards({ operator }: LintedCondition): boolean {
  return operator?.base.endsWith('Like') === true;
}

/**
 * Returns the conditions that decide which jobs a statement admits: those on the subject. If none requires a subject, a
 * claim that IAM accepts in its place counts as well.
 */
function subjectConditions({ conditions }: LintedStatement): readonly LintedCondition[] {
  const subjects = conditions.filter(({ claim }) => claim === 'sub');
  return subjects.some(demandsValue)
    ? subjects
    : [...subjects, ...conditions.filter(({ claim }) => subjectSubstitute(claim) !== undefined)];
}

/** Whether a condition on an audience is fulfilled by every audience. */
export function takesAnyValue(condition: LintedCondition): boolean {
  return takesWildcards(condition) && condition.condition.values.some((value) => /^[?*]*\*[?*]*$/.test(value));
}

/** Subjects of wildcards and separators alone. */
export const WILDCARDS_ONLY = /^[*?:/{}]*$/;

/** The statements that let web identities in. */
export function admitting(policy: LintedPolicy): LintedPolicy['statements'] {
  return policy.statements.filter(({ admitsWebIdentity }) => admitsWebIdentity);
}

/** What a rule says of one value. */
type ValueCheck = (
  value: string,
  condition: LintedCondition,
  statement: LintedStatement,
) => Omit<Found, 'path'> | undefined;

/** Checks every condition, whatever statement it is in. */
export function eachCondition(policy: LintedPolicy, check: (condition: LintedCondition) => readonly Found[]): Found[] {
  return policy.statements.flatMap(({ conditions }) => conditions.flatMap((condition) => check(condition)));
}

/** The same in the statements that let web identities in. */
export function eachAllowCondition(
  policy: LintedPolicy,
  check: (condition: LintedCondition) => readonly Found[],
): Found[] {
  return admitting(policy).flatMap(({ conditions }) => conditions.flatMap((condition) => check(condition)));
}

/** Checks every value of every condition on a claim, in the statements that let web identities in. */
export function eachValue(policy: LintedPolicy, claim: string, check: ValueCheck): Found[] {
  return admitting(policy).flatMap((statement) =>
    statement.conditions
      .filter((condition) => condition.claim === claim)
      .flatMap((condition) => valuesFound(condition, statement, check)),
  );
}

/** The same for the conditions that say which jobs a statement admits. */
export function eachSubject(policy: LintedPolicy, check: ValueCheck): Found[] {
  return admitting(policy).flatMap((statement) =>
    subjectConditions(statement).flatMap((condition) => valuesFound(condition, statement, check)),
  );
}

function valuesFound(condition: LintedCondition, statement: LintedStatement, check: ValueCheck): Found[] {
  return condition.condition.values.flatMap((value) => {
    const found = check(value, condition, statement);
    return found === undefined ? [] : [{ path: condition.condition.pointer, ...found }];
  });
}
